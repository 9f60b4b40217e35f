/** A small HTTP/1.1 client for the Docker Engine API over unix sockets and TCP; knows no command and no terminal. */
module dev.priok.client {
    requires static transitive org.jspecify;
    requires transitive dev.priok.core;
    requires dev.priok.tls;

    exports dev.priok.client;
}
