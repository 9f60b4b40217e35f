package dev.priok.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What one worker of a soak does; each operation checks what comes of it and leaves nothing. */
final class SoakOperations {
    private static final int LINES = 200;
    private static final String EXPECTED =
            IntStream.rangeClosed(1, LINES).mapToObj(i -> i + "\n").collect(Collectors.joining());

    private final TestDaemon daemon;
    private final Docker docker;
    private final String base;
    private final String prefix;
    private final List<Operation> all = List.of(
            this::run,
            this::run,
            this::exec,
            this::exec,
            this::followLog,
            this::stats,
            this::copy,
            this::build,
            this::restart,
            this::network,
            this::volume,
            this::list);
    private int number;

    @FunctionalInterface
    private interface Operation {
        void run() throws IOException;
    }

    SoakOperations(TestDaemon daemon, int worker) {
        this.daemon = daemon;
        this.docker = daemon.docker();
        this.base = base(worker);
        this.prefix = "soak-" + worker + "-";
    }

    /** The container that a worker has all the time. */
    static String base(int worker) {
        return "soak-base-" + worker;
    }

    /** Does one of them. */
    void one(Random random) throws IOException {
        number++;
        all.get(random.nextInt(all.size())).run();
    }

    private String name() {
        return prefix + number;
    }

    private void run() {
        Program.Result result = docker.run("run", "--rm", Busybox.IMAGE, "sh", "-c", "echo " + name() + "; exit 3");
        assertEquals(3, result.exit(), result.err());
        assertEquals(name(), result.line());
    }

    private void exec() {
        assertEquals(name(), docker.feed(name(), "exec", "-i", base, "cat").ok().line());
    }

    private void followLog() {
        String id = docker.ok("run", "-d", Busybox.IMAGE, "seq", "1", Integer.toString(LINES));
        assertEquals(EXPECTED, docker.run("logs", "-f", id).ok().out());
        docker.ok("rm", "-f", id);
    }

    private void stats() {
        assertTrue(docker.ok("stats", "--no-stream", "--format", "{{.MemUsage}}", base)
                .contains("iB"));
    }

    private void copy() throws IOException {
        Path file = Files.writeString(daemon.root().resolve(name()), "copied " + name());
        docker.ok("cp", file.toString(), base + ":/tmp/in");
        Files.delete(file);
        docker.ok("cp", base + ":/tmp/in", file.toString());
        assertEquals("copied " + name(), Files.readString(file));
        Files.delete(file);
    }

    private void build() throws IOException {
        Path folder = Files.createDirectory(daemon.root().resolve(name()));
        Path dockerfile = Files.writeString(
                folder.resolve("Dockerfile"),
                "FROM " + Busybox.IMAGE + "\nCOPY Dockerfile /d\nRUN echo " + name()
                        + " > /made\nCMD [\"cat\", \"/made\"]\n");
        docker.ok("build", "-q", "-t", name(), folder.toString());
        assertEquals(name(), docker.ok("run", "--rm", name()));
        docker.ok("rmi", name());
        Files.delete(dockerfile);
        Files.delete(folder);
    }

    private void restart() {
        docker.ok("restart", "-t", "5", base);
        assertEquals("true", docker.ok("inspect", "-f", "{{.State.Running}}", base));
    }

    private void network() {
        docker.ok("network", "create", name());
        docker.ok("run", "-d", "--name", name(), "--network", name(), Busybox.IMAGE, "sleep", "60");
        docker.ok("network", "connect", name(), base);
        assertTrue(docker.ok("exec", base, "nslookup", name()).contains("Address"));
        docker.ok("network", "disconnect", name(), base);
        docker.ok("rm", "-f", name());
        docker.ok("network", "rm", name());
    }

    private void volume() {
        docker.ok("volume", "create", name());
        docker.ok("run", "--rm", "-v", name() + ":/v", Busybox.IMAGE, "sh", "-c", "echo " + name() + " > /v/f");
        assertEquals(name(), docker.ok("run", "--rm", "-v", name() + ":/v:ro", Busybox.IMAGE, "cat", "/v/f"));
        docker.ok("volume", "rm", name());
    }

    private void list() {
        assertTrue(docker.ok("ps", "-a", "--format", "{{.Names}}").contains(base));
        docker.ok("system", "df");
    }
}
