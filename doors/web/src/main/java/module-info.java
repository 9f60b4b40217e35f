/** Pages for people: files that a browser runs as they are. */
module dev.priok.web {
    requires dev.priok.core;
    requires static transitive org.jspecify;

    exports dev.priok.web;
}
