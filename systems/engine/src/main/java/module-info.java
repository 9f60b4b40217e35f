/** The life of containers: create, start, stop, exec, health, restart policies, events, prune, and what the daemon knows of itself. */
module dev.priok.engine {
    requires static transitive org.jspecify;
    requires transitive dev.priok.core;
    requires transitive dev.priok.oci;
    requires transitive dev.priok.cgroup;
    requires transitive dev.priok.database;
    requires transitive dev.priok.snapshot;
    requires transitive dev.priok.content;
    requires transitive dev.priok.distribution;
    requires transitive dev.priok.image;
    requires transitive dev.priok.runtime;
    requires transitive dev.priok.logs;
    requires transitive dev.priok.network;
    requires dev.priok.archive;
    requires dev.priok.init;
    requires dev.priok.linux;
    requires dev.priok.ext4;
    requires dev.priok.volume;
    requires org.slf4j;
    requires org.snakeyaml.engine;

    exports dev.priok.engine;

    opens dev.priok.engine to
            com.fasterxml.jackson.databind;
    opens dev.priok.engine.device to
            com.fasterxml.jackson.databind;
    opens dev.priok.engine.state to
            com.fasterxml.jackson.databind;
    opens dev.priok.engine.spec to
            com.fasterxml.jackson.databind;
}
