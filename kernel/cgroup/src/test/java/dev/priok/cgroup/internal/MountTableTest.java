package dev.priok.cgroup.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.cgroup.CgroupMode;
import dev.priok.cgroup.Controller;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MountTableTest {
    @Test
    void hybrid_hasControllersOnV1AndAnEmptyV2() {
        MountTable table = MountTable.parse(List.of(
                "31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755",
                "32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:9 - cgroup cgroup rw,cpu,cpuacct",
                "35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory",
                "40 31 0:37 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,xattr,release_agent=/lib/agent,name=systemd",
                "99 31 0:32 / /mnt/again rw,relatime - cgroup cgroup rw,memory",
                "41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw"));
        assertEquals(Optional.of(CgroupMode.HYBRID), table.mode());
        assertEquals(Path.of("/sys/fs/cgroup/unified"), table.v2().orElseThrow());
        assertEquals(
                List.of("cpu,cpuacct", "memory", "name=systemd"),
                table.v1().stream().map(MountTable.V1Mount::options).toList());
        assertEquals(
                Set.of(Controller.CPU, Controller.CPUACCT),
                table.mountOf(Controller.CPUACCT).orElseThrow().controllers());
        assertTrue(table.mountOf(Controller.PIDS).isEmpty());
    }

    @Test
    void v2_isOneMountWhoseNameMayHaveBlanks() {
        MountTable table =
                MountTable.parse(List.of("30 23 0:26 / /sys/fs/c\\040group rw - cgroup2 cgroup2 rw,nsdelegate"));
        assertEquals(Optional.of(CgroupMode.V2), table.mode());
        assertEquals(Path.of("/sys/fs/c group"), table.v2().orElseThrow());
    }

    @Test
    void systemdAlone_isNoControlGroupsToUse() {
        assertTrue(MountTable.parse(List.of("1 0 0:1 / /c rw - cgroup cgroup rw,name=systemd", "garbage", "1 2 - x"))
                .mode()
                .isEmpty());
    }
}
