/** The Docker Engine API over HTTP, on unix sockets and TCP. */
module dev.priok.server {
    requires transitive dev.priok.api;
    requires transitive dev.priok.build;
    requires transitive dev.priok.core;
    requires dev.priok.tls;
    requires transitive dev.priok.engine;
    requires static transitive org.jspecify;
    requires java.management;
    requires jdk.management;
    requires org.eclipse.jetty.http;
    requires org.eclipse.jetty.io;
    requires org.eclipse.jetty.server;
    requires org.eclipse.jetty.unixdomain.server;
    requires org.eclipse.jetty.util;
    requires org.slf4j;

    exports dev.priok.server;
}
