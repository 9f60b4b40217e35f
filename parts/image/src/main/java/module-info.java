/** Images: names, configurations, layers, archives, garbage. */
module dev.priok.image {
    requires transitive dev.priok.core;
    requires transitive dev.priok.oci;
    requires transitive dev.priok.archive;
    requires transitive dev.priok.database;
    requires transitive dev.priok.content;
    requires transitive dev.priok.snapshot;
    requires dev.priok.linux;
    requires org.slf4j;

    exports dev.priok.image;
}
