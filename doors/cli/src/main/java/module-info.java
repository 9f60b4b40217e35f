/** The priok command; knows the Engine API and a terminal, nothing of the engine. */
module dev.priok.cli {
    requires static transitive org.jspecify;
    requires dev.priok.core;
    requires dev.priok.client;
    requires dev.priok.linux;
    requires jdk.unsupported;

    exports dev.priok.cli;
}
