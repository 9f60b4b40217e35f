/** What volumes are made of: file systems of a bounded size, project quotas, and incremental copies of trees. */
module dev.priok.volume {
    requires transitive dev.priok.core;
    requires transitive dev.priok.linux;

    exports dev.priok.volume;
}
