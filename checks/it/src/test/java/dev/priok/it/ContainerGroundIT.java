package dev.priok.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.cgroup.Cgroup;
import dev.priok.cgroup.CgroupHierarchy;
import dev.priok.cgroup.CgroupPlacement;
import dev.priok.cgroup.CgroupView;
import dev.priok.cgroup.Limits;
import dev.priok.linux.seccomp.DefaultProfile;
import dev.priok.oci.runtime.LinuxSpec;
import dev.priok.oci.runtime.LinuxSpec.NamespaceType;
import dev.priok.oci.runtime.MountSpec;
import dev.priok.oci.runtime.RuntimeSpec;
import dev.priok.runtime.CgroupJoin;
import dev.priok.runtime.ExecRequest;
import dev.priok.runtime.Rootfs;
import dev.priok.runtime.RuntimeProcess;
import dev.priok.runtime.SeccompFilter;
import dev.priok.runtime.StartException;
import dev.priok.runtime.StartRequest;
import dev.priok.runtime.Stdio;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What containers stand on: overlay file systems, control groups, filters of system calls. */
@Tag("root")
@Tag("v2")
@Timeout(60)
class ContainerGroundIT {
    @TempDir
    Path folder;

    private Box box;

    @BeforeEach
    void open() throws Exception {
        box = new Box(folder);
    }

    @AfterEach
    void close() throws Exception {
        box.close();
    }

    private StartRequest request(RuntimeSpec spec, Rootfs rootfs, CgroupJoin cgroup, Optional<SeccompFilter> seccomp)
            throws IOException {
        return new StartRequest(
                "ground", spec, rootfs, Stdio.Pipes.ofDaemonsLife(false), cgroup, seccomp, box.newState());
    }

    private Box.Outcome onRoot(Rootfs rootfs, String command) throws Exception {
        return Box.finish(box.start(
                request(Box.spec(Box.process("sh", "-c", command)), rootfs, CgroupJoin.NONE, Optional.empty())));
    }

    @Test
    void overlay_readsBelowAndWritesAbove() throws Exception {
        Path top = Files.createDirectories(folder.resolve("top"));
        Files.createDirectories(top.resolve("etc"));
        Files.writeString(top.resolve("etc/which"), "top");
        Files.writeString(box.rootfs.resolve("etc/which"), "bottom");
        Files.writeString(box.rootfs.resolve("etc/gone"), "x");
        Path upper = Files.createDirectories(folder.resolve("upper"));
        Path work = Files.createDirectories(folder.resolve("work"));
        Rootfs overlay = new Rootfs.Mounted(
                "overlay",
                "overlay",
                List.of("lowerdir=" + top + ":" + box.rootfs, "upperdir=" + upper, "workdir=" + work, "index=off"));
        assertEquals(
                new Box.Outcome(0, "top\n", ""),
                onRoot(overlay, "cat /etc/which; echo; echo new > /etc/new; busybox rm /etc/gone"));
        assertEquals("new\n", Files.readString(upper.resolve("etc/new")));
        Object device =
                Files.getAttribute(upper.resolve("etc/gone"), "unix:rdev", java.nio.file.LinkOption.NOFOLLOW_LINKS);
        assertEquals(0L, device, "a whiteout");
        assertFalse(
                Files.readString(Path.of("/proc/self/mountinfo")).contains(upper.toString()), "nothing on the host");
    }

    @Test
    void overlay_withoutUpper_isReadonly() throws Exception {
        Path top = Files.createDirectories(folder.resolve("top"));
        Rootfs overlay = new Rootfs.Mounted("overlay", "overlay", List.of("lowerdir=" + top + ":" + box.rootfs, "ro"));
        // The places of the mounts are there already, so nothing needs to be made.
        assertTrue(onRoot(overlay, "touch /x").err().contains("Read-only"));
    }

    @Test
    void overlay_manyLongLayers_areMounted() throws Exception {
        StringBuilder lowers = new StringBuilder();
        for (int i = 0; i < 60; i++) {
            Path layer = Files.createDirectories(folder.resolve("l" + i));
            Files.writeString(layer.resolve("f" + i), "");
            lowers.append(layer).append(':');
        }
        Rootfs overlay = new Rootfs.Mounted("overlay", "overlay", List.of("lowerdir=" + lowers + box.rootfs));
        assertEquals("60\n", onRoot(overlay, "echo /f* | wc -w").out());
    }

    @Test
    void overlay_missingLayer_isNamed() {
        Rootfs overlay = new Rootfs.Mounted("overlay", "overlay", List.of("lowerdir=/nonesuch:" + box.rootfs));
        StartException failure = assertThrows(StartException.class, () -> onRoot(overlay, "true"));
        assertTrue(failure.getMessage().startsWith("mounting the overlay root file system: "), failure.getMessage());
        assertTrue(failure.getMessage().contains("no such file or directory"), failure.getMessage());
    }

    @Test
    void rootPropagation_isAsConfigured() throws Exception {
        for (String propagation :
                List.of("rslave", "private", "rprivate", "slave", "rshared", "shared", "unbindable")) {
            LinuxSpec linux = new LinuxSpec(
                    List.of(),
                    List.of(),
                    Map.of(),
                    null,
                    null,
                    Box.dockerLinux().namespaces(),
                    List.of(),
                    null,
                    propagation,
                    List.of(),
                    List.of(),
                    null,
                    Map.of());
            RuntimeSpec spec = new RuntimeSpec(
                    null,
                    Box.process("cat", "/proc/self/mountinfo"),
                    null,
                    null,
                    null,
                    Box.dockerMounts(),
                    null,
                    Map.of(),
                    linux);
            Box.Outcome out = Box.finish(
                    box.start(request(spec, new Rootfs.Directory(box.rootfs), CgroupJoin.NONE, Optional.empty())));
            assertEquals(0, out.code());
            assertEquals(propagation.endsWith("shared"), out.out().contains("shared:"), propagation + ": " + out.out());
            assertFalse(Files.readString(Path.of("/proc/self/mountinfo")).contains(folder.toString()), propagation);
        }
    }

    static CgroupJoin join(Cgroup group, CgroupPlacement placement) {
        CgroupJoin.View view = switch (group.view()) {
            case CgroupView.Unified(Path directory) -> new CgroupJoin.View.Unified(directory);
            case CgroupView.Legacy(var hierarchies, var links) ->
                new CgroupJoin.View.Legacy(
                        hierarchies.stream()
                                .map(h -> new CgroupJoin.Hierarchy(h.name(), h.options(), h.hostDirectory()))
                                .toList(),
                        links.stream()
                                .map(link -> new CgroupJoin.Link(link.name(), link.target()))
                                .toList());
        };
        return new CgroupJoin(placement.tasksFiles(), placement.v2Directory(), Optional.of(view));
    }

    private static RuntimeSpec withCgroupMount(boolean ownNamespace, String command) {
        List<MountSpec> mounts = new ArrayList<>(Box.dockerMounts());
        mounts.add(MountSpec.of("/sys/fs/cgroup", "cgroup", "cgroup", "ro", "nosuid", "noexec", "nodev"));
        LinuxSpec l = Box.dockerLinux();
        List<LinuxSpec.Namespace> namespaces = new ArrayList<>(l.namespaces());
        if (ownNamespace) {
            namespaces.add(LinuxSpec.Namespace.of(NamespaceType.CGROUP));
        }
        return new RuntimeSpec(
                null,
                Box.process("sh", "-c", command),
                null,
                null,
                null,
                mounts,
                null,
                Map.of(),
                LinuxSpec.ofNamespaces(namespaces));
    }

    @Test
    void cgroup_isJoinedBeforeAnythingElse() throws Exception {
        CgroupHierarchy host = CgroupHierarchy.detect();
        String path = "/priok-it-" + ProcessHandle.current().pid() + "-ground";
        for (boolean own : List.of(false, true)) {
            Cgroup group = host.create(path, Limits.NONE.withPids(50));
            try (CgroupPlacement placement = group.placement()) {
                CgroupJoin join = join(group, placement);
                RuntimeProcess process = box.start(request(
                        withCgroupMount(
                                own,
                                "cat /proc/self/cgroup; ls /sys/fs/cgroup; touch /sys/fs/cgroup/x; busybox rmdir /sys/fs/cgroup/* ; sleep 100"),
                        new Rootfs.Directory(box.rootfs),
                        join,
                        Optional.empty()));
                String first = Box.read(
                        process.stdout().orElseThrow(), text -> text.contains("pids") || text.contains("cgroup.procs"));
                assertEquals(own, !first.contains(path), first);
                assertEquals(
                        List.of(process.pid()),
                        group.pids().stream()
                                .filter(pid -> pid == process.pid())
                                .toList());
                Box.Outcome exec = Box.finish(box.runtime.exec(new ExecRequest(
                        "exec",
                        process,
                        Box.process("cat", "/proc/self/cgroup"),
                        Stdio.Pipes.ofDaemonsLife(false),
                        join,
                        Optional.empty(),
                        box.newState())));
                assertTrue(
                        exec.out()
                                .lines()
                                .allMatch(line -> line.endsWith(own ? ":/" : path)
                                        || line.contains("::")
                                        || !Files.isDirectory(Path.of("/sys/fs/cgroup/" + line.split(":")[1] + path))),
                        exec.out());
                group.kill();
                assertEquals(137, Box.status(process).code());
                process.drained();
            }
            group.remove();
        }
    }

    @Test
    void seccomp_isInForce() throws Exception {
        SeccompFilter filter = SeccompFilter.of(DefaultProfile.compiled(Set.copyOf(Box.DOCKER_CAPABILITIES)), 0);
        for (boolean noNewPrivileges : List.of(false, true)) {
            RuntimeSpec spec = Box.spec(Box.process(
                            "sh", "-c", "grep Seccomp: /proc/self/status; busybox unshare -m true; busybox date -s 0")
                    .withNoNewPrivileges(noNewPrivileges));
            Box.Outcome out = Box.finish(
                    box.start(request(spec, new Rootfs.Directory(box.rootfs), CgroupJoin.NONE, Optional.of(filter))));
            assertEquals("Seccomp:\t2\n", out.out().lines().findFirst().orElse("") + "\n", out.err());
            assertTrue(out.err().contains("Operation not permitted"), out.err());
        }
    }
}
