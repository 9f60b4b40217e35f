package dev.priok.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.linux.FileCalls;
import dev.priok.linux.FileStat;
import dev.priok.linux.OpenFlag;
import dev.priok.oci.runtime.LinuxSpec;
import dev.priok.oci.runtime.LinuxSpec.IdMapping;
import dev.priok.oci.runtime.LinuxSpec.Namespace;
import dev.priok.oci.runtime.LinuxSpec.NamespaceType;
import dev.priok.oci.runtime.MountSpec;
import dev.priok.oci.runtime.RuntimeSpec;
import dev.priok.runtime.CgroupJoin;
import dev.priok.runtime.Rootfs;
import dev.priok.runtime.RuntimeProcess;
import dev.priok.runtime.StartRequest;
import dev.priok.runtime.Stdio;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Containers whose root is somebody else outside. */
@Tag("root")
@Tag("v2")
@Timeout(60)
class UserNamespaceIT {
    private static final int BASE = 100_000;
    private static final List<IdMapping> IDS = List.of(new IdMapping(0, BASE, 65_536));

    @TempDir
    Path folder;

    private Box box;
    private Path upper;

    @BeforeEach
    void open() throws Exception {
        box = new Box(folder);
        upper = Files.createDirectories(folder.resolve("upper"));
        Files.createDirectories(folder.resolve("work"));
    }

    @AfterEach
    void close() throws Exception {
        box.close();
    }

    private static LinuxSpec linux(LinuxSpec from, Optional<String> joined) {
        List<Namespace> namespaces = new ArrayList<>(from.namespaces());
        namespaces.add(new Namespace(NamespaceType.USER, joined.orElse(null)));
        return new LinuxSpec(
                joined.isPresent() ? List.of() : IDS,
                joined.isPresent() ? List.of() : IDS,
                Map.of("net.ipv4.ip_unprivileged_port_start", "0"),
                null,
                null,
                namespaces,
                from.devices(),
                null,
                null,
                from.maskedPaths(),
                from.readonlyPaths(),
                null,
                from.timeOffsets());
    }

    private static RuntimeSpec inUserNamespace(RuntimeSpec spec) {
        return change(spec, spec.mounts(), linux(spec.linux(), Optional.empty()));
    }

    private static RuntimeSpec change(RuntimeSpec spec, List<MountSpec> mounts, LinuxSpec linux) {
        return new RuntimeSpec(spec.ociVersion(), spec.process(), null, "box", null, mounts, null, Map.of(), linux);
    }

    private StartRequest request(RuntimeSpec spec) throws Exception {
        Rootfs layers = new Rootfs.Mounted(
                "overlay",
                "overlay",
                List.of(
                        "lowerdir=" + box.rootfs,
                        "upperdir=" + upper,
                        "workdir=" + folder.resolve("work"),
                        "index=off",
                        "metacopy=off"),
                true);
        StartRequest plain = box.request(spec, Stdio.Pipes.ofDaemonsLife(false));
        return new StartRequest(
                plain.id(), spec, layers, plain.stdio(), CgroupJoin.NONE, Optional.empty(), plain.state());
    }

    private RuntimeProcess start(UnaryOperator<RuntimeSpec> change, String... args) throws Exception {
        return box.start(request(change.apply(Box.spec(Box.process(args)))));
    }

    private Box.Outcome shell(UnaryOperator<RuntimeSpec> change, String command) throws Exception {
        return Box.finish(start(change, "sh", "-c", command));
    }

    private Box.Outcome shell(String command) throws Exception {
        return shell(UserNamespaceIT::inUserNamespace, command);
    }

    private static FileStat stat(Path path) throws Exception {
        try (var file = FileCalls.host().open(path.toString(), OpenFlag.PATH | OpenFlag.NOFOLLOW)) {
            return FileCalls.host().stat(file);
        }
    }

    @Test
    void root_isSomebodyElseOutside() throws Exception {
        Box.Outcome out = shell("id -u; cat /proc/self/uid_map /proc/self/gid_map; cat /proc/self/setgroups");
        assertEquals("", out.err());
        List<String> words = out.out()
                .lines()
                .map(line -> line.strip().replaceAll("\\s+", " "))
                .toList();
        assertEquals(List.of("0", "0 100000 65536", "0 100000 65536", "allow"), words);
        RuntimeProcess process = start(UserNamespaceIT::inUserNamespace, "sleep", "100");
        String status = Files.readString(Path.of("/proc/" + process.pid() + "/status"));
        assertTrue(status.contains("Uid:\t100000\t100000\t100000\t100000"), status);
        assertNotEquals(
                Files.readSymbolicLink(Path.of("/proc/self/ns/user")),
                Files.readSymbolicLink(Path.of("/proc/" + process.pid() + "/ns/user")));
    }

    @Test
    void layers_belongToTheRootInside_andSoDoesWhatIsWritten() throws Exception {
        Files.writeString(box.rootfs.resolve("etc/mine"), "x");
        FileCalls.host();
        Path other = Files.writeString(box.rootfs.resolve("etc/theirs"), "x");
        try (var file = FileCalls.host().open(other.toString(), OpenFlag.RDONLY)) {
            FileCalls.host().chown(file, 1000, 1000);
        }
        Box.Outcome out = shell(
                "stat -c '%u:%g' / /etc/mine /etc/theirs /bin/busybox; echo y >> /etc/mine; echo z > /new; mkdir /made;"
                        + " stat -c '%u:%g' /etc/mine /new /made");
        assertEquals("", out.err());
        assertEquals("0:0\n0:0\n1000:1000\n0:0\n0:0\n0:0\n0:0\n", out.out());
        assertEquals(0, stat(upper.resolve("etc/mine")).uid());
        assertEquals(0, stat(upper.resolve("new")).uid());
        assertEquals(0, stat(upper.resolve("made")).gid());
        assertEquals(0, stat(upper).uid());
        assertEquals(0, stat(box.rootfs.resolve("etc/mine")).uid());
        assertEquals("x", Files.readString(box.rootfs.resolve("etc/mine")));
    }

    @Test
    void devices_areTheHostsAndNoOthersCanBeMade() throws Exception {
        Box.Outcome out = shell("echo gone > /dev/null && head -c 3 /dev/zero | wc -c; test -c /dev/tty && echo tty;"
                + " mknod /tmp/sda b 8 0; mknod /dev/kmsg c 1 11; echo $?");
        assertEquals("3\ntty\n1\n", out.out());
        assertEquals(
                2,
                out.err()
                        .lines()
                        .filter(l -> l.contains("Operation not permitted"))
                        .count(),
                out.err());
    }

    @Test
    void deviceInALayer_isHarmless() throws Exception {
        try (var etc = FileCalls.host().open(box.rootfs.resolve("etc").toString(), OpenFlag.RDONLY)) {
            // The host's memory and its kernel log, as a malicious tar may carry them, open to everybody.
            FileCalls.host().mknod(etc, "kmsg", FileStat.CHARACTER_DEVICE | 0666, 1, 11);
            FileCalls.host().mknod(etc, "null", FileStat.CHARACTER_DEVICE | 0666, 1, 3);
            FileCalls.host().chmod(etc, "kmsg", 0600);
        }
        Box.Outcome out = shell("head -c 1 /etc/kmsg | wc -c; echo '<1>harm' > /etc/kmsg");
        assertTrue(out.code() != 0 || out.out().equals("0\n"), out.toString());
    }

    @Test
    void hostsFiles_areOutOfReach() throws Exception {
        Path secret = Files.writeString(folder.resolve("secret"), "host");
        Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
        Path shared = Files.createDirectories(folder.resolve("shared"));
        Files.copy(secret, shared.resolve("secret"));
        Files.setPosixFilePermissions(shared.resolve("secret"), PosixFilePermissions.fromString("rw-------"));
        Box.Outcome out = shell(
                spec -> {
                    List<MountSpec> mounts = new ArrayList<>(spec.mounts());
                    mounts.add(MountSpec.of("/shared", "bind", shared.toString(), "rbind", "rprivate"));
                    return change(spec, mounts, linux(spec.linux(), Optional.empty()));
                },
                "stat -c %u /shared/secret; cat /shared/secret");
        assertEquals("65534\n", out.out());
        assertTrue(out.err().contains("Permission denied"), out.err());
    }

    @Test
    void closedFolderOfTheHost_canStillBeBound() throws Exception {
        Path closed = Files.createDirectories(folder.resolve("closed/inner"));
        Files.writeString(closed.resolve("file"), "seen");
        try (var file = FileCalls.host().open(folder.resolve("closed").toString(), OpenFlag.RDONLY)) {
            FileCalls.host().chown(file, 1234, 1234);
            FileCalls.host().chmod(file, 0700);
        }
        Box.Outcome out = shell(
                spec -> {
                    List<MountSpec> mounts = new ArrayList<>(spec.mounts());
                    mounts.add(MountSpec.of("/inner", "bind", closed.toString(), "rbind", "ro", "rprivate"));
                    return change(spec, mounts, linux(spec.linux(), Optional.empty()));
                },
                "cat /inner/file; touch /inner/x");
        assertEquals("seen", out.out());
        assertTrue(out.err().contains("Read-only"), out.err());
    }

    @Test
    void mappedBind_showsOwnersAsInside() throws Exception {
        Path data = Files.createDirectories(folder.resolve("data"));
        Files.writeString(data.resolve("file"), "x");
        for (UnaryOperator<RuntimeSpec> outer :
                List.<UnaryOperator<RuntimeSpec>>of(UserNamespaceIT::inUserNamespace, UnaryOperator.identity())) {
            Box.Outcome out = shell(
                    spec -> {
                        RuntimeSpec whole = outer.apply(spec);
                        boolean user = whole.linux().uidMappings().equals(IDS);
                        List<MountSpec> mounts = new ArrayList<>(spec.mounts());
                        List<IdMapping> own = user ? List.of() : List.of(new IdMapping(0, 7, 1));
                        mounts.add(new MountSpec(
                                "/data", "bind", data.toString(), List.of("rbind", "idmap", "rprivate"), own, own));
                        return change(whole, mounts, whole.linux());
                    },
                    "stat -c %u /data/file");
            boolean user = outer.apply(Box.spec(Box.process("x")))
                    .linux()
                    .uidMappings()
                    .equals(IDS);
            assertEquals((user ? "0" : "7") + "\n", out.out(), out.err());
        }
    }

    @Test
    void guards_holdInside() throws Exception {
        Box.Outcome out =
                shell("cat /proc/timer_list | wc -c; ls /sys/firmware | wc -l; echo x > /proc/sys/kernel/domainname;"
                        + " cat /proc/sys/net/ipv4/ip_unprivileged_port_start; hostname");
        assertEquals("0\n0\n0\nbox\n", out.out(), out.err());
        assertTrue(out.err().contains("Read-only"), out.err());
        assertEquals("", shell("grep -q 'lo' /proc/net/dev").err());
    }

    @Test
    void exec_joinsTheUserNamespace() throws Exception {
        RuntimeProcess target = start(UserNamespaceIT::inUserNamespace, "sleep", "100");
        RuntimeProcess exec = box.exec(
                target,
                Box.process("sh", "-c", "id -u; echo made > /byexec; cat /proc/self/uid_map"),
                Stdio.Pipes.ofDaemonsLife(false));
        Box.Outcome out = Box.finish(exec);
        assertTrue(out.out().startsWith("0\n"), out.toString());
        assertTrue(out.out().contains("100000"), out.toString());
        assertEquals(0, stat(upper.resolve("byexec")).uid());
    }

    @Test
    void userNamespace_isJoinedByPath() throws Exception {
        RuntimeProcess donor = start(UserNamespaceIT::inUserNamespace, "sleep", "100");
        String user = "/proc/" + donor.pid() + "/ns/user";
        upper = Files.createDirectories(folder.resolve("upper2"));
        Box.Outcome out = shell(
                spec -> change(spec, spec.mounts(), linux(spec.linux(), Optional.of(user))),
                "readlink /proc/self/ns/user; id -u; echo x > /joined");
        assertEquals(Files.readSymbolicLink(Path.of(user)) + "\n0\n", out.out(), out.err());
        assertEquals(0, stat(upper.resolve("joined")).uid());
    }

    @Test
    void terminal_belongsToTheUser() throws Exception {
        RuntimeSpec spec = inUserNamespace(Box.spec(new dev.priok.oci.runtime.ProcessSpec(
                true,
                null,
                Box.process("x").user(),
                List.of("sh", "-c", "tty; stat -c %u:%g /dev/pts/0; echo in > /dev/tty"),
                Box.ENVIRONMENT,
                "/",
                Box.process("x").capabilities(),
                List.of(),
                false,
                null,
                null,
                null,
                null)));
        StartRequest plain = request(spec);
        RuntimeProcess process = box.start(new StartRequest(
                plain.id(),
                spec,
                plain.rootfs(),
                new Stdio.Terminal(Optional.empty(), Stdio.Journals.NONE, true),
                CgroupJoin.NONE,
                Optional.empty(),
                plain.state()));
        String text = Box.read(process.terminal().orElseThrow());
        assertEquals("/dev/pts/0\r\n0:5\r\nin\r\n", text);
    }

    @Test
    void tmpfs_takesOverWhatItCovers() throws Exception {
        Path covered = Files.createDirectories(box.rootfs.resolve("var/cache"));
        Files.writeString(covered.resolve("file"), "up");
        Files.setPosixFilePermissions(covered, PosixFilePermissions.fromString("rwxrwx---"));
        UnaryOperator<RuntimeSpec> with = spec -> {
            List<MountSpec> mounts = new ArrayList<>(spec.mounts());
            mounts.add(MountSpec.of("/var/cache", "tmpfs", "tmpfs", "tmpcopyup", "nosuid"));
            mounts.add(MountSpec.of("/fresh", "tmpfs", "tmpfs", "nosuid"));
            return change(spec, mounts, spec.linux());
        };
        String command = "cat /var/cache/file; stat -c '%a %u' /var/cache /var/cache/file /fresh;"
                + " grep -c ' /var/cache tmpfs' /proc/mounts";
        assertEquals("up770 0\n644 0\n1777 0\n1\n", box.shell(with, command).out());
        // By now the folder is there, made for the first mount.
        assertEquals(
                "up770 0\n644 0\n755 0\n1\n",
                shell(s -> with.apply(inUserNamespace(s)), command).out());
    }

    @Test
    void hostsTreeAndDescriptors_areOutOfSight() throws Exception {
        assertEquals(new Box.Outcome(0, "0\n1\n2\n3\n", ""), shell("ls /proc/self/fd"));
        // The interpreter of the list is a sealed memory file: what the container's root may write is not executed
        // outside.
        Box.Outcome out = shell("echo overwritten > /proc/self/exe; cat /proc/1/root/etc/shadow");
        assertFalse(out.out().contains("root:"), out.out());
        assertTrue(out.err().contains("Text file busy") || out.err().contains("denied"), out.err());
    }
}
