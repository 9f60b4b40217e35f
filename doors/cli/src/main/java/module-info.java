/** The priok command; knows the Engine API and a terminal, nothing of the engine. */
module dev.priok.cli {
    requires static transitive org.jspecify;
    requires transitive dev.priok.core;
    requires transitive dev.priok.client;
    requires dev.priok.linux;
    requires jdk.unsupported;

    exports dev.priok.cli;
    exports dev.priok.cli.command;
    exports dev.priok.cli.format;
    exports dev.priok.cli.image;
    exports dev.priok.cli.option;
    exports dev.priok.cli.template;
    exports dev.priok.cli.terminal;
}
