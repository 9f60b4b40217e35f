/** Keys and certificates from PEM files, for servers and clients alike. */
module dev.priok.tls {
    requires dev.priok.core;
    requires static transitive org.jspecify;

    exports dev.priok.tls;
}
