/** Empty ext4 file systems of a bounded size, in files behind loop devices. */
module dev.priok.ext4 {
    requires transitive dev.priok.core;
    requires transitive dev.priok.linux;

    exports dev.priok.ext4;
}
