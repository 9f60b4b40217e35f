package dev.priok.it;

import dev.priok.linux.DescriptorCalls;
import dev.priok.linux.Errno;
import dev.priok.linux.Fd;
import dev.priok.linux.SyscallException;
import dev.priok.oci.runtime.LinuxSpec;
import dev.priok.oci.runtime.LinuxSpec.Namespace;
import dev.priok.oci.runtime.LinuxSpec.NamespaceType;
import dev.priok.oci.runtime.MountSpec;
import dev.priok.oci.runtime.ProcessSpec;
import dev.priok.oci.runtime.RuntimeSpec;
import dev.priok.runtime.CgroupJoin;
import dev.priok.runtime.ContainerRuntime;
import dev.priok.runtime.ExecRequest;
import dev.priok.runtime.ExitStatus;
import dev.priok.runtime.Rootfs;
import dev.priok.runtime.RuntimeProcess;
import dev.priok.runtime.SeccompFilter;
import dev.priok.runtime.StartRequest;
import dev.priok.runtime.Stdio;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** A busybox in a folder, with a configuration like Docker's, to be run in many ways. */
final class Box {
    static final Path BUSYBOX = Path.of("/bin/busybox");
    static final long PATIENCE_SECONDS = 20;

    static final List<String> DOCKER_CAPABILITIES = List.of(
            "CAP_CHOWN",
            "CAP_DAC_OVERRIDE",
            "CAP_FSETID",
            "CAP_FOWNER",
            "CAP_MKNOD",
            "CAP_NET_RAW",
            "CAP_SETGID",
            "CAP_SETUID",
            "CAP_SETFCAP",
            "CAP_SETPCAP",
            "CAP_NET_BIND_SERVICE",
            "CAP_SYS_CHROOT",
            "CAP_KILL",
            "CAP_AUDIT_WRITE");

    static final List<String> ENVIRONMENT = List.of("PATH=/usr/bin:/bin", "HOME=/root");

    final ContainerRuntime runtime;
    final Path folder;
    final Path rootfs;
    private final List<RuntimeProcess> processes = new ArrayList<>();
    private int states;

    Box(Path folder) throws IOException {
        this.folder = folder;
        rootfs = Files.createDirectories(folder.resolve("rootfs"));
        fill(rootfs);
        runtime = ContainerRuntime.open(folder.resolve("run"), InstantSource.system());
    }

    static void fill(Path rootfs) throws IOException {
        Path bin = Files.createDirectories(rootfs.resolve("bin"));
        Files.copy(BUSYBOX, bin.resolve("busybox"));
        for (String name : List.of(
                "sh",
                "echo",
                "cat",
                "ls",
                "true",
                "false",
                "sleep",
                "id",
                "hostname",
                "mount",
                "stat",
                "readlink",
                "kill",
                "tty",
                "stty",
                "grep",
                "ps",
                "head",
                "wc",
                "dd",
                "seq",
                "umask",
                "pwd",
                "touch",
                "test",
                "ip",
                "yes",
                "mknod",
                "nproc")) {
            Files.createSymbolicLink(bin.resolve(name), Path.of("busybox"));
        }
        for (String name : List.of("etc", "tmp", "root", "proc", "sys", "dev")) {
            Files.createDirectories(rootfs.resolve(name));
        }
    }

    static List<MountSpec> dockerMounts() {
        return List.of(
                MountSpec.of("/proc", "proc", "proc", "nosuid", "noexec", "nodev"),
                MountSpec.of("/dev", "tmpfs", "tmpfs", "nosuid", "strictatime", "mode=755", "size=65536k"),
                MountSpec.of(
                        "/dev/pts",
                        "devpts",
                        "devpts",
                        "nosuid",
                        "noexec",
                        "newinstance",
                        "ptmxmode=0666",
                        "mode=0620",
                        "gid=5"),
                MountSpec.of("/sys", "sysfs", "sysfs", "nosuid", "noexec", "nodev", "ro"),
                MountSpec.of("/dev/mqueue", "mqueue", "mqueue", "nosuid", "noexec", "nodev"),
                MountSpec.of("/dev/shm", "tmpfs", "shm", "nosuid", "noexec", "nodev", "mode=1777", "size=67108864"));
    }

    static LinuxSpec dockerLinux() {
        return new LinuxSpec(
                List.of(),
                List.of(),
                Map.of("net.ipv4.ip_unprivileged_port_start", "0", "net.ipv4.ping_group_range", "0 2147483647"),
                null,
                null,
                Stream.of(
                                NamespaceType.MOUNT,
                                NamespaceType.NETWORK,
                                NamespaceType.UTS,
                                NamespaceType.PID,
                                NamespaceType.IPC)
                        .map(Namespace::of)
                        .toList(),
                List.of(),
                null,
                null,
                List.of(
                        "/proc/acpi",
                        "/proc/asound",
                        "/proc/interrupts",
                        "/proc/kcore",
                        "/proc/keys",
                        "/proc/latency_stats",
                        "/proc/sched_debug",
                        "/proc/scsi",
                        "/proc/timer_list",
                        "/proc/timer_stats",
                        "/sys/devices/virtual/powercap",
                        "/sys/firmware"),
                List.of("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"),
                null,
                Map.of());
    }

    static ProcessSpec process(String... args) {
        return ProcessSpec.of(List.of(args), ENVIRONMENT)
                .withCapabilities(ProcessSpec.Capabilities.of(DOCKER_CAPABILITIES));
    }

    static RuntimeSpec spec(ProcessSpec process) {
        return new RuntimeSpec(
                RuntimeSpec.VERSION, process, null, "box", null, dockerMounts(), null, Map.of(), dockerLinux());
    }

    Path newState() throws IOException {
        return Files.createDirectories(folder.resolve("state" + states++));
    }

    StartRequest request(RuntimeSpec spec, Stdio stdio) throws IOException {
        return new StartRequest(
                "box" + states,
                spec,
                new Rootfs.Directory(rootfs),
                stdio,
                CgroupJoin.NONE,
                Optional.<SeccompFilter>empty(),
                newState());
    }

    RuntimeProcess start(StartRequest request) throws IOException {
        RuntimeProcess process = runtime.start(request);
        processes.add(process);
        return process;
    }

    RuntimeProcess start(String... args) throws IOException {
        return start(request(spec(process(args)), Stdio.Pipes.ofDaemonsLife(false)));
    }

    RuntimeProcess exec(RuntimeProcess target, ProcessSpec process, Stdio stdio) throws IOException {
        RuntimeProcess result = runtime.exec(new ExecRequest(
                "exec" + states, target, process, stdio, CgroupJoin.NONE, Optional.empty(), newState()));
        processes.add(result);
        return result;
    }

    /** What one run gave. */
    record Outcome(int code, String out, String err) {}

    Outcome run(String... args) throws Exception {
        return finish(start(args));
    }

    /** Runs a shell command with a changed configuration. */
    Outcome shell(UnaryOperator<RuntimeSpec> change, String command) throws Exception {
        return finish(
                start(request(change.apply(spec(process("sh", "-c", command))), Stdio.Pipes.ofDaemonsLife(false))));
    }

    Outcome shell(String command) throws Exception {
        return shell(UnaryOperator.identity(), command);
    }

    static Outcome finish(RuntimeProcess process) throws Exception {
        String out = read(process.stdout().orElseThrow());
        String err = read(process.stderr().orElseThrow());
        ExitStatus status = status(process);
        process.drained();
        return new Outcome(status.code(), out, err);
    }

    static ExitStatus status(RuntimeProcess process) throws Exception {
        return process.exit().toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    /** Reads to the end, which is EIO for terminals. */
    static String read(Fd fd) throws Exception {
        return read(fd, text -> false);
    }

    /** Reads until {@code enough} or the end. */
    static String read(Fd fd, java.util.function.Predicate<String> enough) throws Exception {
        StringBuilder text = new StringBuilder();
        ByteBuffer buffer = ByteBuffer.allocateDirect(65536);
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (System.nanoTime() < deadline) {
            buffer.clear();
            int n;
            try {
                n = DescriptorCalls.host().read(fd, buffer);
            } catch (SyscallException e) {
                if (e.errno() == Errno.EIO) {
                    return text.toString();
                }
                throw e;
            }
            if (n == 0) {
                return text.toString();
            }
            if (n < 0) {
                Thread.sleep(1);
                continue;
            }
            text.append(StandardCharsets.UTF_8.decode(buffer.flip()));
            if (enough.test(text.toString())) {
                return text.toString();
            }
        }
        throw new AssertionError("no end in time of: " + text);
    }

    void close() throws Exception {
        for (RuntimeProcess process : processes) {
            process.signal(9);
            if (process.pid() != 0) {
                status(process);
            }
            process.drained();
        }
        runtime.close();
    }
}
