package dev.priok.cgroup.internal;

import dev.priok.cgroup.CgroupHierarchy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The control groups that this process sees. */
public final class Host {
    private Host() {}

    public static CgroupHierarchy detect() throws IOException {
        MountTable mounts = MountTable.parse(Files.readAllLines(Path.of("/proc/self/mountinfo")));
        if (mounts.mode().isEmpty()) {
            throw new IOException("no control groups are mounted");
        }
        throw new IOException("control groups: " + mounts);
    }
}
