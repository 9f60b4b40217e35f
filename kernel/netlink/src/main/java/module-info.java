/** Netlink: links, addresses, routes, neighbours, nftables and connection tracking of the kernel. */
module dev.priok.netlink {
    requires transitive dev.priok.linux;

    exports dev.priok.netlink;
}
