package dev.priok.runtime;

import java.nio.file.Path;
import java.util.List;

/** Where the root file system comes from; mounted in the container's own mount namespace, so nothing is left to unmount. */
public sealed interface Rootfs {
    /** A folder of the host, bound. */
    record Directory(Path path) implements Rootfs {}

    /**
     * A mount as mount(8) is told it; type {@code overlay} with {@code lowerdir=}, {@code upperdir=} and {@code workdir=} among
     * the options, or {@code bind}.
     *
     * @param type file system
     * @param source device or folder
     * @param options file system options, {@code key=value} or flags
     * @param mapped whether owners on disk are those inside the container's user namespace, which sees them through a mapping, and
     *     writes through it
     */
    record Mounted(String type, String source, List<String> options, boolean mapped) implements Rootfs {
        /** A mount whose owners are as they are on disk. */
        public Mounted(String type, String source, List<String> options) {
            this(type, source, options, false);
        }

        public Mounted {
            options = List.copyOf(options);
        }
    }
}
