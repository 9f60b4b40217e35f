/** The distribution specification over HTTP. */
module dev.priok.registryserver {
    requires transitive dev.priok.core;
    requires dev.priok.tls;
    requires transitive dev.priok.registry;
    requires static transitive org.jspecify;
    requires com.fasterxml.jackson.databind;
    requires dev.priok.web;
    requires java.management;
    requires org.eclipse.jetty.http;
    requires org.eclipse.jetty.io;
    requires org.eclipse.jetty.server;
    requires org.eclipse.jetty.util;
    requires org.slf4j;

    exports dev.priok.registryserver;
}
