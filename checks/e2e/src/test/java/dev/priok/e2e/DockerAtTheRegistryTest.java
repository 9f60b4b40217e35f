package dev.priok.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Docker's own command logs in to our registry, pushes and pulls: through our daemon, and through Debian's. */
@Tag("conformance")
class DockerAtTheRegistryTest {
    @TempDir
    Path folder;

    @Test
    void throughOurDaemon() throws IOException {
        assumeTrue(System.getProperty("user.name").equals("root"), "daemons need root");
        try (TestDaemon daemon = TestDaemon.start()) {
            pushAndPull(daemon.docker());
        }
    }

    @Test
    void throughDebiansDaemon() throws Exception {
        String peers = System.getenv("PRIOK_PEERS");
        assumeTrue(System.getProperty("user.name").equals("root"), "daemons need root");
        assumeTrue(peers != null, "PRIOK_PEERS names no folder with real Docker (make conformance sets it)");
        Path root = Files.createTempDirectory(Path.of("/tmp"), Leftovers.PREFIX);
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
        Process dockerd = builder.redirectErrorStream(true)
                .redirectOutput(root.resolve("log").toFile())
                .start();
        try {
            Docker docker =
                    new Docker(List.of(Docker.command()), Map.of("DOCKER_HOST", "unix://" + root.resolve("d.sock")));
            Await.until(() -> docker.run("version").exit() == 0);
            pushAndPull(docker);
        } finally {
            dockerd.destroy();
            if (!dockerd.waitFor(30, TimeUnit.SECONDS)) {
                dockerd.destroyForcibly();
            }
            Leftovers.remove(root);
        }
    }

    private void pushAndPull(Docker plain) throws IOException {
        Map<String, String> environment = new HashMap<>(plain.environment());
        environment.put(
                "DOCKER_CONFIG",
                Files.createDirectories(folder.resolve("config")).toString());
        Docker docker = new Docker(plain.program(), environment);
        Busybox.into(docker);
        try (ServedRegistry open = ServedRegistry.open(folder.resolve("open"));
                ServedRegistry closed = ServedRegistry.closed(folder.resolve("closed"))) {
            there(docker, open.address() + "/docker/app:v1");
            String name = closed.address() + "/docker/app:v1";
            docker.run("tag", Busybox.IMAGE, name).ok();
            assertNotEquals(0, docker.run("push", name).exit());
            assertNotEquals(
                    0,
                    docker.feed("guess", "login", "-u", ServedRegistry.USER, "--password-stdin", closed.address())
                            .exit());
            assertTrue(docker.feed(
                            ServedRegistry.PASSWORD,
                            "login",
                            "-u",
                            ServedRegistry.USER,
                            "--password-stdin",
                            closed.address())
                    .ok()
                    .out()
                    .contains("Login Succeeded"));
            there(docker, name);
            docker.run("logout", closed.address()).ok();
            assertNotEquals(0, docker.run("pull", name).exit());
        }
    }

    private static void there(Docker docker, String name) {
        docker.run("tag", Busybox.IMAGE, name).ok();
        String id = docker.ok("image", "inspect", "--format", "{{.Id}}", name);
        assertTrue(docker.run("push", name).ok().out().contains("digest: sha256:"));
        docker.run("rmi", name).ok();
        assertTrue(docker.run("pull", name).ok().out().contains("Downloaded newer image"));
        assertEquals(id, docker.ok("image", "inspect", "--format", "{{.Id}}", name));
        docker.run("rmi", name).ok();
    }
}
