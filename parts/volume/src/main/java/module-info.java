/** What volumes are copied with: incremental copies of trees. */
module dev.priok.volume {
    requires transitive dev.priok.core;
    requires transitive dev.priok.linux;

    exports dev.priok.volume;
}
