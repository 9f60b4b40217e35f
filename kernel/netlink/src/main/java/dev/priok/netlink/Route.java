package dev.priok.netlink;

import java.net.InetAddress;
import java.util.Optional;

/**
 * A route of the main table.
 *
 * @param destination first address of the range that it leads to
 * @param bits length of the range's prefix; 0 for a default route
 * @param gateway empty for what is reached on the link itself
 * @param link index of the link; 0 when it has several or none
 */
public record Route(InetAddress destination, int bits, Optional<InetAddress> gateway, int link) {}
