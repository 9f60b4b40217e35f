/** Ids, digests, image references, sizes, failures, events and counts of durations; knows no file, socket or thread. */
module dev.priok.core {
    requires static transitive org.jspecify;

    exports dev.priok.core;
}
