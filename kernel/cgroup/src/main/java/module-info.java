/** Control groups: one interface over cgroup v1, v2 and hosts that have both. */
module dev.priok.cgroup {
    requires transitive dev.priok.linux;
    requires org.slf4j;

    exports dev.priok.cgroup;
}
