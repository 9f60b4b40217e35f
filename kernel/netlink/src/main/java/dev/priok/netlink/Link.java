package dev.priok.netlink;

import java.util.Optional;

/**
 * A network interface as the kernel reports it.
 *
 * @param kind {@code bridge}, {@code veth}, ...; empty for hardware
 * @param mac empty where the link has no address of six bytes
 * @param master index of the bridge that it is a port of; 0 for none
 * @param lower index of the link below (macvlan, VLAN) or of the other end (veth); 0 for none
 * @param alias what its maker wrote on it, or empty
 */
public record Link(
        int index,
        String name,
        boolean up,
        int mtuBytes,
        Optional<byte[]> mac,
        int master,
        int lower,
        String kind,
        String alias) {}
