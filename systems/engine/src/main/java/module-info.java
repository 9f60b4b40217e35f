/** The life of containers: create, start, stop, exec, health, restart policies, events, prune, and what the daemon knows of itself. */
module dev.priok.engine {
    requires static transitive org.jspecify;
    requires transitive dev.priok.core;

    exports dev.priok.engine;
}
