package dev.priok.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The examples that stand on Debian's packages: built, run, built again. {@code make conformance} runs them. */
@Tag("conformance")
@ExtendWith(SharedDaemon.class)
class DebianExampleTest {
    private static final Path EXAMPLES =
            Path.of("..", "..", "examples").toAbsolutePath().normalize();
    private static final String BASE = "debian:examples";

    private static Docker docker;

    @BeforeAll
    static void importBase() {
        docker = SharedDaemon.get().docker();
        String tar = System.getenv("PRIOK_EXAMPLES_BASE");
        assertNotNull(tar, "PRIOK_EXAMPLES_BASE is the archive that examples/base makes; make conformance sets it");
        docker.ok("import", "--change", "ENV PATH=/usr/local/bin:/usr/bin:/bin", tar, BASE);
    }

    private static void build(String example) {
        String first = build(example, "first");
        assertEquals(first, build(example, "again"), "an image is the same each time, also without the cache");
    }

    private static String build(String example, String tag) {
        String name = example + ":" + tag;
        Program.Result result = tag.equals("first")
                ? docker.run("build", "-t", name, "--build-arg", "BASE=" + BASE, folder(example))
                : docker.run("build", "-t", name, "--no-cache", "--build-arg", "BASE=" + BASE, folder(example));
        result.ok();
        return docker.ok("inspect", "--format", "{{.Id}}", name);
    }

    private static String folder(String example) {
        return EXAMPLES.resolve(example).toString();
    }

    @Test
    void c_leavesNothingButTheProgram() {
        build("c");
        assertEquals("hello you from user 65534", docker.ok("run", "--rm", "--network", "none", "c:first", "you"));
        assertEquals("1", docker.ok("inspect", "--format", "{{len .RootFS.Layers}}", "c:first"));
    }

    @Test
    void java_serves() {
        build("java");
        String id = docker.ok("run", "-d", "--network", "none", "java:first");
        Await.until(() ->
                docker.ok("inspect", "--format", "{{.State.Health.Status}}", id).equals("healthy"));
        assertEquals("hello from Java, path /", docker.ok("exec", id, "java", "-cp", "/app", "Service", "check"));
        docker.ok("rm", "-f", id);
    }

    @Test
    void node_runsWhatNpmInstalled() {
        build("node");
        assertEquals(
                "hello you from Node", docker.ok("run", "--rm", "--network", "none", "-e", "NAME=you", "node:first"));
    }

    @Test
    void python_isCompiledForEveryDay() {
        build("python");
        assertEquals("hello you from Python", docker.ok("run", "--rm", "--network", "none", "python:first", "you"));
        assertTrue(docker.ok("run", "--rm", "--network", "none", "--entrypoint", "ls", "python:first", "greeting")
                .contains("__pycache__"));
    }
}
