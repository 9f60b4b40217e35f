/** The daemon: configuration and wiring. */
module dev.priok.daemon {
    requires ch.qos.logback.classic;
    requires ch.qos.logback.core;
    requires com.fasterxml.jackson.databind;
    requires dev.priok.build;
    requires dev.priok.cgroup;
    requires dev.priok.content;
    requires dev.priok.core;
    requires dev.priok.database;
    requires dev.priok.distribution;
    requires dev.priok.engine;
    requires dev.priok.image;
    requires dev.priok.linux;
    requires dev.priok.logs;
    requires dev.priok.network;
    requires dev.priok.registry;
    requires dev.priok.registryserver;
    requires dev.priok.runtime;
    requires dev.priok.server;
    requires dev.priok.snapshot;
    requires dev.priok.tls;
    requires org.slf4j;
}
