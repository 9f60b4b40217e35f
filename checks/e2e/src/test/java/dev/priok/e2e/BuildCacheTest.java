package dev.priok.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** Caches of builds that go through a registry, a folder or an image to a builder that has forgotten everything. */
@EnabledIf("isRoot")
class BuildCacheTest {
    /** Each run makes another image, so that equal images show that nothing ran again. */
    private static final String DOCKERFILE = """
            FROM bb AS tool
            RUN cat /proc/sys/kernel/random/uuid > /tool
            FROM bb
            ENV A=b
            COPY file /file
            RUN cat /proc/sys/kernel/random/uuid > /here
            COPY --from=tool /tool /made
            COPY --link --from=tool /tool /linked/
            CMD ["cat", "/here", "/made"]
            """;

    private static TestDaemon daemon;
    private static String registry;

    @TempDir
    Path dir;

    static boolean isRoot() {
        return System.getProperty("user.name").equals("root");
    }

    @BeforeAll
    static void start() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            registry = "127.0.0.1:" + free.getLocalPort();
        }
        daemon = TestDaemon.start("--registry", registry);
        Busybox.into(daemon.docker());
    }

    @AfterAll
    static void stop() {
        if (daemon != null) {
            daemon.close();
        }
    }

    @BeforeEach
    void write() throws IOException {
        Files.createDirectories(dir.resolve("context"));
        Files.writeString(dir.resolve("context/Dockerfile"), DOCKERFILE);
        Files.writeString(dir.resolve("context/file"), "content");
    }

    private Program.Result priok(String... flags) {
        return build(daemon.priok(), flags);
    }

    private Program.Result build(Docker command, String... flags) {
        List<String> line = new ArrayList<>(List.of("build", "-t", "built"));
        line.addAll(List.of(flags));
        line.add(dir.resolve("context").toString());
        return command.run(line.toArray(String[]::new)).ok();
    }

    /** Forgets every step and image but the base, and tells what the image was. */
    private static String forget() {
        String id = daemon.docker().ok("inspect", "-f", "{{.Id}}", "built");
        daemon.docker().ok("rmi", "-f", "built");
        daemon.docker().ok("builder", "prune", "-af");
        return id;
    }

    private static long cached(Program.Result result) {
        return result.out().lines().filter(line -> line.contains("Using cache")).count();
    }

    @Test
    void registry_givesBackEveryStep() {
        String cache = "type=registry,ref=" + registry + "/team/cache:max";
        priok("--cache-to", cache + ",mode=max");
        String image = forget();
        Program.Result again = priok("--cache-from", cache);
        assertEquals(image, forget(), again.out());
        assertFalse(again.out().contains("Running in"), again.out());
        priok();
        assertNotEquals(image, forget());
    }

    @Test
    void whatWasImported_isRememberedHere() {
        String cache = "type=registry,ref=" + registry + "/team/cache:kept";
        priok("--cache-to", cache + ",mode=max");
        String image = forget();
        priok("--cache-from", cache);
        priok();
        assertEquals(image, forget());
    }

    @Test
    void changedStep_runsAgainAloneWithWhatStandsOnIt() throws IOException {
        String cache = "type=registry,ref=" + registry + "/team/cache:part";
        priok("--cache-to", cache + ",mode=max");
        String made = daemon.docker().ok("run", "--rm", "built", "cat", "/made");
        String here = daemon.docker().ok("run", "--rm", "built", "cat", "/here");
        forget();
        Files.writeString(dir.resolve("context/file"), "changed");
        priok("--cache-from", cache);
        assertEquals(made, daemon.docker().ok("run", "--rm", "built", "cat", "/made"));
        assertNotEquals(here, daemon.docker().ok("run", "--rm", "built", "cat", "/here"));
        forget();
    }

    @Test
    void folder_givesBackEveryStep_andHoldsTheOtherStagesOnlyWhenAsked() throws IOException {
        Path max = dir.resolve("max");
        Path min = dir.resolve("min");
        priok("--cache-to", "type=local,mode=max,dest=" + max, "--cache-to", "type=local,dest=" + min);
        String image = forget();
        assertEquals(blobs(min) + 1, blobs(max));
        assertEquals(image, imageOf("--cache-from", "type=local,src=" + max));
        assertEquals(image, imageOf("--cache-from", "type=local,src=" + min));
        Files.writeString(dir.resolve("context/file"), "changed");
        priok("--cache-to", "type=local,dest=" + min);
        assertEquals(blobs(max) - 1, blobs(min), "old blobs are left");
        forget();
    }

    private String imageOf(String... flags) {
        priok(flags);
        return forget();
    }

    private static long blobs(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("blobs/sha256"))) {
            return files.count();
        }
    }

    @Test
    void imageInARegistry_givesItsOwnStepsToDockersCommand() {
        String name = registry + "/team/app:1";
        priok("--cache-to", "type=inline", "-t", name);
        daemon.docker().ok("push", name);
        daemon.docker().ok("rmi", name);
        String image = forget();
        Program.Result again = build(daemon.docker(), "--cache-from", name, "--build-arg", "BUILDKIT_INLINE_CACHE=1");
        assertTrue(cached(again) >= 5, again.out());
        assertEquals(image, forget());
    }

    @Test
    void imageThatIsHere_givesItsHistory() {
        build(daemon.docker(), "-t", "kept:1");
        String here = daemon.docker().ok("run", "--rm", "built", "cat", "/here");
        daemon.docker().ok("rmi", "built");
        daemon.docker().ok("builder", "prune", "-af");
        Program.Result again = build(daemon.docker(), "--cache-from", "kept:1");
        assertTrue(cached(again) >= 3, again.out());
        assertEquals(here, daemon.docker().ok("run", "--rm", "built", "cat", "/here"));
        daemon.docker().ok("rmi", "kept:1");
        forget();
    }

    @Test
    void cacheThatIsNotThere_isOnlyWarnedOf() {
        Program.Result result =
                priok("--progress", "plain", "--cache-from", "type=registry,ref=" + registry + "/team/absent");
        assertTrue(result.out().contains("team/absent"), result.out());
        forget();
    }
}
