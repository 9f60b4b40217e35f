/** The client of registries: the OCI distribution protocol and Docker's. */
module dev.priok.distribution {
    requires transitive dev.priok.core;
    requires dev.priok.tls;
    requires transitive dev.priok.oci;
    requires dev.priok.archive;
    requires com.fasterxml.jackson.databind;
    requires org.eclipse.jetty.client;
    requires org.eclipse.jetty.http;
    requires org.eclipse.jetty.http2.client;
    requires org.eclipse.jetty.http2.client.transport;
    requires org.eclipse.jetty.io;
    requires org.eclipse.jetty.util;
    requires org.slf4j;

    exports dev.priok.distribution;
}
