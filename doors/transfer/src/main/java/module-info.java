/** Images between registries, archives and layouts; the daemon has no part in it. */
module dev.priok.transfer {
    requires static transitive org.jspecify;
    requires dev.priok.core;
    requires dev.priok.oci;
    requires dev.priok.archive;
    requires dev.priok.distribution;
    requires dev.priok.client;
    requires transitive dev.priok.cli;
    requires com.fasterxml.jackson.databind;

    exports dev.priok.transfer;
}
