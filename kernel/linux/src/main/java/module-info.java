/** System calls, descriptors, mounts and terminals of Linux; the only module besides the rest of kernel that is native. */
module dev.priok.linux {
    requires transitive dev.priok.core;

    exports dev.priok.linux;
    exports dev.priok.linux.seccomp;
}
