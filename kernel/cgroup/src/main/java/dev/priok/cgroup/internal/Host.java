package dev.priok.cgroup.internal;

import dev.priok.cgroup.CgroupHierarchy;
import dev.priok.cgroup.CgroupMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The control groups that this process sees. */
public final class Host {
    private Host() {}

    public static CgroupHierarchy detect() throws IOException {
        Path proc = Path.of("/proc");
        MountTable mounts = MountTable.parse(Files.readAllLines(proc.resolve("self/mountinfo")));
        HostFiles files = new HostFiles();
        return of(mounts, files, new HostUsage(files, proc), new UnifiedHierarchy.BpfPolicy());
    }

    static CgroupHierarchy of(
            MountTable mounts, ControlFiles files, HostUsage host, UnifiedHierarchy.DevicePolicy devices)
            throws IOException {
        CgroupMode mode = mounts.mode().orElseThrow(() -> new IOException("no control groups are mounted"));
        return switch (mode) {
            case V1, HYBRID -> new LegacyHierarchy(mounts, files, host, new OomWatcher());
            case V2 -> new UnifiedHierarchy(mounts.v2().orElseThrow(), files, host, new OomWatcher(), devices);
        };
    }
}
