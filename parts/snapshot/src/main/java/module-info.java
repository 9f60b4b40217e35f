/** Layers and snapshots of root file systems as overlay mounts, and tars out of and into them. */
module dev.priok.snapshot {
    requires transitive dev.priok.core;
    requires transitive dev.priok.linux;
    requires dev.priok.ext4;
    requires transitive dev.priok.oci;
    requires transitive dev.priok.archive;
    requires transitive dev.priok.database;
    requires org.slf4j;

    exports dev.priok.snapshot;
}
