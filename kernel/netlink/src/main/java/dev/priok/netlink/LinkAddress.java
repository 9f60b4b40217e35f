package dev.priok.netlink;

import java.net.InetAddress;

/**
 * An address of a link.
 *
 * @param link index of the link
 * @param bits length of the prefix
 * @param automatic whether the kernel made it by itself (link-local IPv6)
 */
public record LinkAddress(int link, InetAddress address, int bits, boolean automatic) {}
