/** Networks of containers: namespaces, bridges, endpoints, the firewall and published ports. */
module dev.priok.network {
    requires transitive dev.priok.core;
    requires transitive dev.priok.linux;
    requires dev.priok.netlink;
    requires org.dnsjava;
    requires org.slf4j;

    exports dev.priok.network;
    exports dev.priok.network.dns;
    exports dev.priok.network.ipam;
}
