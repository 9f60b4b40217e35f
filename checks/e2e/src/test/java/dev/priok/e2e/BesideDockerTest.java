package dev.priok.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The same container by real Docker and by Priok, on the same machine, compared line by line. */
@Tag("conformance")
@ExtendWith(SharedDaemon.class)
class BesideDockerTest {
    /** What is a property of the moment or of the parent, not of the container. */
    private static final Set<String> PASSING = Set.of(
            "Name",
            "State",
            "Tgid",
            "Ngid",
            "Pid",
            "FDSize",
            "VmPeak",
            "VmSize",
            "VmHWM",
            "VmRSS",
            "RssAnon",
            "RssFile",
            "RssShmem",
            "VmData",
            "VmStk",
            "VmPTE",
            "SigQ",
            "SigIgn",
            "voluntary_ctxt_switches",
            "nonvoluntary_ctxt_switches");

    private static Docker real;
    private static Docker ours;
    private static Process dockerd;
    private static Path root;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        String peers = System.getenv("PRIOK_PEERS");
        assumeTrue(peers != null, "PRIOK_PEERS names no folder with real Docker (make conformance sets it)");
        root = Files.createTempDirectory(Path.of("/tmp"), Leftovers.PREFIX);
        Files.writeString(
                root.resolve("owner"), Long.toString(ProcessHandle.current().pid()));
        ProcessBuilder builder = new ProcessBuilder(
                peers + "/usr/sbin/dockerd",
                "--config-file",
                Files.writeString(root.resolve("daemon.json"), "{}").toString(),
                "--data-root",
                root.resolve("data").toString(),
                "--exec-root",
                root.resolve("run").toString(),
                "--pidfile",
                root.resolve("pid").toString(),
                "--cgroup-parent",
                "/" + root.getFileName(),
                "-H",
                "unix://" + root.resolve("d.sock"),
                "--iptables=false",
                "--ip6tables=false",
                "--bridge=none");
        builder.environment().put("PATH", peers + "/usr/sbin:" + peers + "/usr/bin:" + System.getenv("PATH"));
        dockerd = builder.redirectErrorStream(true)
                .redirectOutput(root.resolve("log").toFile())
                .start();
        real = new Docker(List.of(Docker.command()), Map.of("DOCKER_HOST", "unix://" + root.resolve("d.sock")));
        Await.until(() -> real.run("version").exit() == 0);
        Busybox.into(real);
        ours = SharedDaemon.get().docker();
    }

    @AfterAll
    static void stop() throws InterruptedException {
        if (dockerd != null) {
            dockerd.destroy();
            if (!dockerd.waitFor(30, TimeUnit.SECONDS)) {
                dockerd.destroyForcibly();
            }
            Leftovers.remove(root);
        }
    }

    private static List<String> lines(Docker docker, String script) {
        return docker.run("run", "--rm", "--network", "none", "--hostname", "same", Busybox.IMAGE, "sh", "-c", script)
                .ok()
                .out()
                .lines()
                .toList();
    }

    @Test
    void status_isTheSame() {
        String script = "exec cat /proc/self/status";
        assertEquals(lasting(lines(real, script)), lasting(lines(ours, script)));
    }

    private static List<String> lasting(List<String> status) {
        return status.stream().filter(l -> !PASSING.contains(l.split(":")[0])).toList();
    }

    @Test
    void mounts_areTheSame() {
        assertEquals(mounts(real), mounts(ours));
    }

    /** Target, type and options that isolate; not the source, sizes chosen elsewhere, or the host's own options. */
    private static Set<String> mounts(Docker docker) {
        Set<String> mounts = new TreeSet<>();
        for (String line : lines(docker, "cat /proc/self/mounts")) {
            String[] parts = line.split(" ");
            Set<String> options = new TreeSet<>(List.of(parts[3].split(",")));
            options.retainAll(Set.of("ro", "rw", "nosuid", "nodev", "noexec"));
            boolean mask = parts[1].startsWith("/proc/") || parts[1].startsWith("/sys/firmware");
            mounts.add(parts[1] + (mask ? "" : " " + parts[2] + " " + options));
        }
        // Newer lists of masked paths than Debian's Docker has may be longer, never shorter.
        mounts.removeIf(
                m -> Set.of("/proc/interrupts", "/proc/latency_stats").contains(m) || m.contains("/sys/devices"));
        // Docker shows every hierarchy of cgroup v1, Priok those that the container is in, in a folder that is
        // read-only.
        mounts.removeIf(m -> m.startsWith("/sys/fs/cgroup tmpfs")
                || m.startsWith("/sys/fs/cgroup/freezer ")
                || m.startsWith("/sys/fs/cgroup/systemd "));
        return mounts;
    }

    @Test
    void devices_areTheSame() {
        String script =
                "ls -lR --color=never /dev | sed 's/  */ /g' | awk '{print $1, $3, $4, $5, $6, $(NF-2), $(NF-1), $NF}' | sed 's/[A-Z][a-z][a-z] [0-9]* *[0-9:]* *//; s/[0-9][0-9]:[0-9][0-9]//'";
        assertEquals(lines(real, script), lines(ours, script));
    }

    @Test
    void environment_limitsAndFilesAreTheSame() {
        for (String script : List.of(
                "env | sort",
                "ulimit -a",
                "cat /etc/hostname",
                "id",
                "umask",
                "pwd",
                "ls -a /",
                "cat /proc/sys/net/ipv4/ip_unprivileged_port_start",
                "stat -c '%a %u %g' /tmp /etc/hosts /etc/hostname /dev /dev/shm /proc /sys")) {
            assertEquals(lines(real, script), lines(ours, script), script);
        }
    }
}
