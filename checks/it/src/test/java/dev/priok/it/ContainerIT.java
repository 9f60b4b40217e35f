package dev.priok.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.core.Failure;
import dev.priok.linux.DescriptorCalls;
import dev.priok.linux.Fd;
import dev.priok.linux.TerminalCalls;
import dev.priok.oci.runtime.LinuxSpec;
import dev.priok.oci.runtime.LinuxSpec.NamespaceType;
import dev.priok.oci.runtime.MountSpec;
import dev.priok.oci.runtime.ProcessSpec;
import dev.priok.oci.runtime.RuntimeSpec;
import dev.priok.runtime.ExitStatus;
import dev.priok.runtime.RuntimeProcess;
import dev.priok.runtime.StartException;
import dev.priok.runtime.StartRequest;
import dev.priok.runtime.Stdio;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Containers of the real kernel, with a configuration like Docker's. */
@Tag("root")
@Tag("v2")
@Timeout(60)
class ContainerIT {
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

    @Test
    void echo_isHeard() throws Exception {
        assertEquals(new Box.Outcome(0, "hello\n", ""), box.run("echo", "hello"));
    }

    @Test
    void exitCode_isKept() throws Exception {
        assertEquals(new Box.Outcome(42, "", "oops\n"), box.shell("echo oops >&2; exit 42"));
    }

    @Test
    void process_isFirstAndAlone() throws Exception {
        Box.Outcome out = box.shell("echo $$; echo /proc/[0-9]*; hostname; echo $HOME; pwd");
        assertEquals("1\n/proc/1\nbox\n/root\n/\n", out.out());
    }

    @Test
    void descriptors_noneLeaks() throws Exception {
        assertEquals("0\n1\n2\n3\n", box.run("ls", "/proc/self/fd").out());
        assertEquals("/dev/null\n", box.run("readlink", "/proc/self/fd/0").out());
    }

    @Test
    void mounts_areThoseOfTheConfiguration() throws Exception {
        String mounts = box.run("cat", "/proc/self/mountinfo").out();
        List<String> points = mounts.lines().map(line -> line.split(" ")[4]).toList();
        assertEquals(
                List.of("/", "/proc", "/dev", "/dev/pts", "/sys", "/dev/mqueue", "/dev/shm"), points.subList(0, 7));
        assertTrue(
                points.stream()
                        .allMatch(point -> point.equals("/")
                                || point.startsWith("/proc")
                                || point.startsWith("/dev")
                                || point.startsWith("/sys")),
                mounts);
        assertFalse(mounts.contains(folder.resolve("state0").toString()), mounts);
        assertTrue(
                mounts.lines().filter(l -> l.contains(" /sys ")).allMatch(l -> l.contains(" ro,nosuid,nodev,noexec")),
                mounts);
        assertTrue(mounts.contains("size=65536k"), mounts);
    }

    @Test
    void maskedPaths_showNothing() throws Exception {
        assertEquals(
                new Box.Outcome(0, "0\n0\n0\n", ""),
                box.shell("cat /proc/timer_list | wc -c; cat /proc/keys | wc -c; ls /sys/firmware | wc -l"));
        Box.Outcome out =
                box.shell("touch /sys/firmware/x; echo x > /proc/sys/kernel/domainname; echo x > /sys/kernel/x");
        assertEquals(
                3, out.err().lines().filter(line -> line.contains("Read-only")).count(), out.err());
    }

    @Test
    void maskedPath_isNotOpenedByItsRealDevice() throws Exception {
        assertEquals("1:3\n", box.shell("stat -c %t:%T /proc/timer_list").out());
    }

    @Test
    void devices_areTheUsualOnes() throws Exception {
        List<String> names = new ArrayList<>(box.run("ls", "/dev").out().lines().toList());
        names.remove("core");
        assertEquals(
                List.of(
                        "fd", "full", "mqueue", "null", "ptmx", "pts", "random", "shm", "stderr", "stdin", "stdout",
                        "tty", "urandom", "zero"),
                names);
        assertEquals(
                "666 character special file 1:5\n",
                box.shell("stat -c '%a %F %t:%T' /dev/zero").out());
        assertEquals(new Box.Outcome(0, "5\n", ""), box.shell("head -c 5 /dev/urandom | wc -c; echo gone > /dev/null"));
    }

    @Test
    void capabilities_areDockers() throws Exception {
        String status = box.run("cat", "/proc/self/status").out();
        assertEquals("00000000a80425fb", field(status, "CapEff"));
        assertEquals("00000000a80425fb", field(status, "CapPrm"));
        assertEquals("00000000a80425fb", field(status, "CapBnd"));
        assertEquals("0000000000000000", field(status, "CapInh"));
        assertEquals("0000000000000000", field(status, "CapAmb"));
        assertEquals("0", field(status, "NoNewPrivs"));
        assertEquals("0000000000000000", field(status, "SigIgn"));
        assertEquals("0000000000000000", field(status, "SigBlk"));
        assertEquals("0022", field(status, "Umask"));
    }

    private static String field(String status, String name) {
        return status.lines()
                .filter(line -> line.startsWith(name + ":"))
                .map(line -> line.substring(name.length() + 1).strip())
                .findFirst()
                .orElseThrow();
    }

    @Test
    void user_hasItsIdsAndNothingMore() throws Exception {
        Box.Outcome out = box.shell(
                spec -> with(
                        spec,
                        spec.process()
                                .withUser(new ProcessSpec.User(1000, 1001, 0077, List.of(5, 6)))
                                .withNoNewPrivileges(true)),
                "cat /proc/self/status; touch /dev/shm/mine; stat -c %a /dev/shm/mine; echo again > /dev/stderr");
        assertEquals(0, out.code(), out.err());
        assertEquals("again\n", out.err());
        assertEquals("1000\t1000\t1000\t1000", field(out.out(), "Uid"));
        assertEquals("1001\t1001\t1001\t1001", field(out.out(), "Gid"));
        assertEquals("5 6", field(out.out(), "Groups"));
        assertEquals("0000000000000000", field(out.out(), "CapEff"));
        assertEquals("00000000a80425fb", field(out.out(), "CapBnd"));
        assertEquals("1", field(out.out(), "NoNewPrivs"));
        assertTrue(out.out().endsWith("600\n"), out.out());
    }

    @Test
    void signal_endsIt() throws Exception {
        RuntimeProcess process = box.start("sleep", "100");
        assertTrue(process.signal(9));
        ExitStatus status = Box.status(process);
        assertEquals(137, status.code());
        assertEquals(9, status.signal());
        process.drained();
        assertFalse(process.signal(9));
    }

    @Test
    void program_notThere_is127() throws Exception {
        StartException inPath = assertThrows(StartException.class, () -> box.run("nonesuch"));
        assertEquals(StartException.Reason.NOT_FOUND, inPath.reason());
        assertEquals("exec: \"nonesuch\": executable file not found in $PATH: unknown", inPath.getMessage());
        StartException byPath = assertThrows(StartException.class, () -> box.run("/nonesuch"));
        assertEquals(127, byPath.reason().exitCode());
        assertEquals("exec: \"/nonesuch\": stat /nonesuch: no such file or directory: unknown", byPath.getMessage());
    }

    @Test
    void program_notExecutable_is126() throws Exception {
        Files.writeString(box.rootfs.resolve("etc/text"), "just text");
        StartException plain = assertThrows(StartException.class, () -> box.run("/etc/text"));
        assertEquals(StartException.Reason.NOT_EXECUTABLE, plain.reason());
        assertEquals("exec: \"/etc/text\": permission denied: unknown", plain.getMessage());
        StartException directory = assertThrows(StartException.class, () -> box.run("/etc"));
        assertEquals(126, directory.reason().exitCode());
    }

    @Test
    void stepThatFails_isNamed() throws Exception {
        StartException cwd = assertThrows(
                StartException.class,
                () -> box.shell(spec -> with(spec, spec.process().withCwd("/bin/busybox")), "true"));
        assertEquals(StartException.Reason.STEP_FAILED, cwd.reason());
        assertEquals("chdir to cwd (\"/bin/busybox\") set in config.json failed: not a directory", cwd.getMessage());
        StartException bind = assertThrows(
                StartException.class,
                () -> box.shell(spec -> mounting(spec, MountSpec.of("/data", "bind", "/nonesuch", "rbind")), "true"));
        assertEquals("mounting /nonesuch on /data: no such file or directory", bind.getMessage());
    }

    @Test
    void cwd_isMade() throws Exception {
        assertEquals(
                "/srv/deep\n",
                box.shell(s -> with(s, s.process().withCwd("/srv/deep")), "pwd").out());
    }

    @Test
    void cwd_ofALeakedDescriptor_isRefused() {
        for (int fd = 3; fd < 12; fd++) {
            String cwd = "/proc/self/fd/" + fd;
            assertThrows(
                    StartException.class,
                    () -> box.shell(s -> with(s, s.process().withCwd(cwd)), "pwd"));
        }
    }

    @Test
    void readonlyRoot_cannotBeWritten() throws Exception {
        Box.Outcome out = box.shell(
                spec -> new RuntimeSpec(
                        spec.ociVersion(),
                        spec.process(),
                        new RuntimeSpec.Root("", true),
                        spec.hostname(),
                        null,
                        spec.mounts(),
                        null,
                        Map.of(),
                        spec.linux()),
                "touch /x; touch /dev/shm/x && echo fine");
        assertEquals("fine\n", out.out());
        assertTrue(out.err().contains("Read-only"), out.err());
    }

    @Test
    void binds_keepTheirOptions() throws Exception {
        Path data = Files.createDirectories(folder.resolve("data"));
        Path file = Files.writeString(folder.resolve("file"), "text");
        Box.Outcome out = box.shell(
                spec -> mounting(
                        spec,
                        MountSpec.of("/deep/rw", "bind", data.toString(), "rbind", "rprivate"),
                        MountSpec.of("/deep/ro", "bind", data.toString(), "rbind", "ro", "rro", "rprivate"),
                        MountSpec.of("/etc/file", "bind", file.toString(), "rbind", "ro"),
                        MountSpec.of("/run", "tmpfs", "tmpfs", "nosuid", "size=1m", "mode=755")),
                "echo 1 > /deep/rw/x; cat /deep/ro/x /etc/file; echo; touch /deep/ro/y; echo x > /etc/file; touch /run/x");
        assertEquals("1\ntext\n", out.out());
        assertEquals(
                2, out.err().lines().filter(line -> line.contains("Read-only")).count(), out.err());
        assertTrue(Files.exists(data.resolve("x")));
    }

    @Test
    void destinationThroughALink_staysInside() throws Exception {
        Path data = Files.createDirectories(folder.resolve("data"));
        Files.writeString(data.resolve("mark"), "");
        Path outside = Files.createDirectories(folder.resolve("outside"));
        Files.createSymbolicLink(box.rootfs.resolve("link"), outside);
        Files.createSymbolicLink(box.rootfs.resolve("up"), Path.of("../../../.."));
        Box.Outcome out = box.shell(
                spec -> mounting(
                        spec,
                        MountSpec.of("/up/inside", "bind", data.toString(), "rbind"),
                        MountSpec.of("/proc/../esc", "bind", data.toString(), "rbind")),
                "ls /inside /esc");
        assertEquals("/esc:\nmark\n\n/inside:\nmark\n", out.out());
        assertFalse(Files.exists(folder.resolve("inside")));
        // The link's target does not exist inside, so it cannot be mounted on, and nothing happens outside.
        assertThrows(
                StartException.class,
                () -> box.shell(s -> mounting(s, MountSpec.of("/link/x", "bind", data.toString(), "rbind")), "true"));
        try (var entries = Files.list(outside)) {
            assertEquals(0, entries.count());
        }
    }

    @Test
    void procAndSysAndDev_asLinks_doNotEscape() throws Exception {
        Path outside = Files.createDirectories(folder.resolve("outside"));
        Files.delete(box.rootfs.resolve("proc"));
        Files.createSymbolicLink(box.rootfs.resolve("proc"), outside);
        StartException refused = assertThrows(StartException.class, () -> box.shell("true"));
        assertTrue(refused.getMessage().startsWith("mounting proc on /proc: "), refused.getMessage());
        Files.delete(box.rootfs.resolve("proc"));
        Files.createDirectory(box.rootfs.resolve("proc"));
        Files.delete(box.rootfs.resolve("dev"));
        Files.createSymbolicLink(box.rootfs.resolve("dev"), Path.of("/" + outside));
        assertThrows(StartException.class, () -> box.shell("true"));
        try (var entries = Files.list(outside)) {
            assertEquals(0, entries.count());
        }
    }

    @Test
    void mountInsideProc_isRefused() {
        assertThrows(
                Failure.class, () -> box.shell(s -> mounting(s, MountSpec.of("/proc/self", "tmpfs", "tmpfs")), "true"));
    }

    @Test
    void network_hasOnlyLo() throws Exception {
        Box.Outcome out =
                box.shell("ls /sys/class/net; cat /sys/class/net/lo/flags; cat /proc/sys/net/ipv4/ping_group_range");
        assertEquals("lo\n0x9\n0\t2147483647\n", out.out());
    }

    @Test
    void namespaces_areJoinedByPath() throws Exception {
        RuntimeProcess donor = box.start("sleep", "100");
        String ns = "/proc/" + donor.pid() + "/ns/";
        LinuxSpec linux = Box.dockerLinux();
        List<LinuxSpec.Namespace> joined = List.of(
                LinuxSpec.Namespace.of(NamespaceType.MOUNT),
                new LinuxSpec.Namespace(NamespaceType.PID, ns + "pid"),
                new LinuxSpec.Namespace(NamespaceType.NETWORK, ns + "net"),
                new LinuxSpec.Namespace(NamespaceType.IPC, ns + "ipc"),
                new LinuxSpec.Namespace(NamespaceType.UTS, ns + "uts"));
        RuntimeProcess process = box.start(box.request(
                new RuntimeSpec(
                        RuntimeSpec.VERSION,
                        Box.process("sh", "-c", "cat /proc/1/cmdline; readlink /proc/self/ns/net"),
                        null,
                        null,
                        null,
                        Box.dockerMounts(),
                        null,
                        Map.of(),
                        new LinuxSpec(
                                List.of(),
                                List.of(),
                                Map.of(),
                                null,
                                null,
                                joined,
                                List.of(),
                                null,
                                null,
                                linux.maskedPaths(),
                                linux.readonlyPaths(),
                                null,
                                Map.of())),
                Stdio.Pipes.ofDaemonsLife(false)));
        Box.Outcome out = Box.finish(process);
        assertEquals("sleep\u0000100\u0000" + Files.readSymbolicLink(Path.of(ns + "net")) + "\n", out.out(), out.err());
    }

    @Test
    void timeNamespace_hasItsOffsets() throws Exception {
        LinuxSpec base = Box.dockerLinux();
        List<LinuxSpec.Namespace> namespaces = new ArrayList<>(base.namespaces());
        namespaces.add(LinuxSpec.Namespace.of(NamespaceType.TIME));
        Box.Outcome out = box.shell(
                spec -> new RuntimeSpec(
                        spec.ociVersion(),
                        spec.process(),
                        null,
                        "box",
                        null,
                        spec.mounts(),
                        null,
                        Map.of(),
                        new LinuxSpec(
                                List.of(),
                                List.of(),
                                Map.of(),
                                null,
                                null,
                                namespaces,
                                List.of(),
                                null,
                                null,
                                List.of(),
                                List.of(),
                                null,
                                Map.of("boottime", new LinuxSpec.TimeOffset(1_000_000_000L, 0)))),
                "cat /proc/uptime");
        assertTrue(Double.parseDouble(out.out().split(" ")[0]) > 1_000_000_000, out.toString());
    }

    @Test
    void limits_areSetAsFarAsTheyCan() throws Exception {
        RuntimeProcess process = box.start(box.request(
                Box.spec(Box.process("cat", "/proc/self/limits", "/proc/self/oom_score_adj")
                        .withRlimits(List.of(
                                new ProcessSpec.Rlimit("RLIMIT_NOFILE", 300, 200),
                                new ProcessSpec.Rlimit("RLIMIT_CORE", 0, 0)))
                        .withOomScoreAdj(500)),
                Stdio.Pipes.ofDaemonsLife(false)));
        String out = Box.finish(process).out();
        assertTrue(out.contains("Max open files            200                  300"), out);
        assertTrue(out.endsWith("500\n"), out);
        assertEquals(List.of(), process.warnings());
    }

    @Test
    void input_isReadToItsEnd() throws Exception {
        RuntimeProcess process =
                box.start(box.request(Box.spec(Box.process("wc", "-c")), Stdio.Pipes.ofDaemonsLife(true)));
        DescriptorCalls.host().writeAll(process.stdin().orElseThrow(), new byte[1234]);
        process.closeStdin();
        assertEquals("1234\n", Box.finish(process).out());
    }

    @Test
    void terminal_isItsOwn() throws Exception {
        RuntimeProcess process = box.start(box.request(
                Box.spec(Box.process(
                                "sh", "-c", "tty; stty size; ls -l /dev/console /dev/pts; read x; echo got $x; echo $$")
                        .withTerminal(true, null)),
                new Stdio.Terminal(Optional.of(new TerminalCalls.Size(24, 80)), Stdio.Journals.NONE, false)));
        Fd terminal = process.terminal().orElseThrow();
        String first = Box.read(terminal, text -> text.contains("ptmx"));
        assertTrue(first.startsWith("/dev/pts/0\r\n24 80\r\n"), first);
        assertTrue(first.contains("136,   0"), first);
        DescriptorCalls.host().writeAll(terminal, "word\n".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        String rest = Box.read(terminal);
        assertTrue(rest.contains("got word\r\n1\r\n"), rest);
        assertEquals(0, Box.status(process).code());
    }

    @Test
    void terminal_isResizedAndHangsUp() throws Exception {
        RuntimeProcess process = box.start(box.request(
                Box.spec(Box.process("sh", "-c", "trap 'stty size' WINCH; echo ready; while :; do sleep 1; done")
                        .withTerminal(true, null)),
                new Stdio.Terminal(Optional.empty(), Stdio.Journals.NONE, false)));
        Fd terminal = process.terminal().orElseThrow();
        Box.read(terminal, text -> text.contains("ready"));
        process.resize(new TerminalCalls.Size(50, 132));
        String size = Box.read(terminal, text -> text.contains("132"));
        assertTrue(size.contains("50 132"), size);
        DescriptorCalls.host().writeAll(terminal, new byte[] {3});
        assertEquals(130, Box.status(process).code());
    }

    @Test
    void exec_joins() throws Exception {
        RuntimeProcess target = box.start("sleep", "100");
        Box.Outcome out = Box.finish(box.exec(
                target,
                Box.process("sh", "-c", "cat /proc/1/cmdline; hostname; ls /proc/self/fd; pwd; exit 3")
                        .withCwd("/etc"),
                Stdio.Pipes.ofDaemonsLife(false)));
        assertEquals("sleep\u0000100\u0000box\n0\n1\n2\n3\n/etc\n", out.out(), out.err());
        assertEquals(3, out.code());
        String status = Box.finish(
                        box.exec(target, Box.process("cat", "/proc/self/status"), Stdio.Pipes.ofDaemonsLife(false)))
                .out();
        assertEquals("00000000a80425fb", field(status, "CapBnd"));
        for (String type : List.of("pid", "net", "mnt", "uts", "ipc")) {
            RuntimeProcess reader = box.exec(
                    target, Box.process("readlink", "/proc/self/ns/" + type), Stdio.Pipes.ofDaemonsLife(false));
            assertEquals(
                    Files.readSymbolicLink(Path.of("/proc/" + target.pid() + "/ns/" + type)) + "\n",
                    Box.finish(reader).out());
        }
    }

    @Test
    void exec_failuresAreTold() throws Exception {
        RuntimeProcess target = box.start("sleep", "100");
        StartException missing = assertThrows(
                StartException.class,
                () -> box.exec(target, Box.process("nonesuch"), Stdio.Pipes.ofDaemonsLife(false)));
        assertEquals(127, missing.reason().exitCode());
        target.signal(9);
        Box.status(target);
        Failure ended = assertThrows(
                Failure.class, () -> box.exec(target, Box.process("true"), Stdio.Pipes.ofDaemonsLife(false)));
        assertEquals(Failure.Kind.CONFLICT, ended.kind());
    }

    @Test
    void exec_hasATerminalOfTheContainer() throws Exception {
        RuntimeProcess target = box.start("sleep", "100");
        RuntimeProcess process = box.exec(
                target,
                Box.process("sh", "-c", "tty; stty size").withTerminal(true, null),
                new Stdio.Terminal(Optional.of(new TerminalCalls.Size(10, 20)), Stdio.Journals.NONE, false));
        assertEquals("/dev/pts/0\r\n10 20\r\n", Box.read(process.terminal().orElseThrow()));
        assertEquals(0, Box.status(process).code());
    }

    @Test
    void steps_arePrinted() throws Exception {
        String steps = String.join(
                "\n",
                box.runtime.stepsOf(box.request(Box.spec(Box.process("true")), Stdio.Pipes.ofDaemonsLife(false))));
        assertTrue(steps.contains("pivot_root(\".\", \".\")"), steps);
        assertTrue(steps.contains("execve(\"/bin/true\", [true], /* 2 vars */)"), steps);
        assertFalse(steps.contains("HOME=/root"), "environments are not shown");
    }

    @Test
    void ownProgram_cannotBeOverwritten() throws Exception {
        // What CVE-2019-5736 did: the container runs the runtime's own file and writes to it.
        assertEquals(120, box.run("/proc/self/exe").code());
        RuntimeProcess target = box.start("sleep", "100");
        assertEquals(
                120,
                Box.finish(box.exec(target, Box.process("/proc/self/exe"), Stdio.Pipes.ofDaemonsLife(false)))
                        .code());
        assertEquals(new Box.Outcome(0, "still\n", ""), box.run("echo", "still"));
    }

    @Test
    void manyAtOnce_leaveNothingBehind() throws Exception {
        box.run("true");
        long mounts = count("/proc/self/mountinfo");
        long descriptors = descriptors();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Box.Outcome>> outcomes = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                StartRequest request =
                        box.request(Box.spec(Box.process("echo", "word" + i)), Stdio.Pipes.ofDaemonsLife(false));
                outcomes.add(threads.submit(() -> echoed(request)));
            }
            for (int i = 0; i < 40; i++) {
                assertEquals(
                        new Box.Outcome(0, "word" + i + "\n", ""),
                        outcomes.get(i).get());
            }
        }
        for (int i = 0; i < 5; i++) {
            assertThrows(StartException.class, () -> box.run("nonesuch"));
        }
        assertEquals(mounts, count("/proc/self/mountinfo"));
        long deadline = System.nanoTime() + 5_000_000_000L;
        while (descriptors() > descriptors && System.nanoTime() < deadline) {
            Thread.sleep(5);
        }
        assertTrue(descriptors() <= descriptors, "descriptors are closed");
    }

    private Box.Outcome echoed(StartRequest request) throws Exception {
        return Box.finish(box.runtime.start(request));
    }

    private static long count(String file) throws Exception {
        return Files.readString(Path.of(file)).lines().count();
    }

    private static long descriptors() throws Exception {
        try (var all = Files.list(Path.of("/proc/self/fd"))) {
            return all.count();
        }
    }

    static RuntimeSpec with(RuntimeSpec spec, ProcessSpec process) {
        return new RuntimeSpec(
                spec.ociVersion(),
                process,
                spec.root(),
                spec.hostname(),
                null,
                spec.mounts(),
                null,
                Map.of(),
                spec.linux());
    }

    static RuntimeSpec mounting(RuntimeSpec spec, MountSpec... mounts) {
        List<MountSpec> all = new ArrayList<>(spec.mounts());
        all.addAll(List.of(mounts));
        return new RuntimeSpec(
                spec.ociVersion(),
                spec.process(),
                spec.root(),
                spec.hostname(),
                null,
                all,
                null,
                Map.of(),
                spec.linux());
    }
}
