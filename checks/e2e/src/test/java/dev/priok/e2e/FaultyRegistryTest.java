package dev.priok.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.e2e.FaultProxy.Fault;
import dev.priok.e2e.FaultProxy.Seen;
import dev.priok.e2e.RegistryHost.Guard;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/**
 * Pulls through a proxy that does harm. Each one gives the right image or a clear message, within bounds, and leaves nothing that
 * hinders the next one. {@code -Dpriok.fault.seed} repeats one round, {@code -Dpriok.fault.rounds} says how many.
 */
@EnabledIf("isRoot")
class FaultyRegistryTest {
    private static final Pattern LAYER = Pattern.compile("\"digest\": \"(sha256:[0-9a-f]+)\",\\s+\"size\": (\\d+)");
    private static final int LAYER_BYTES = 3 << 20;
    /** More than every attempt with its longest pauses, on a busy machine. */
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    @TempDir
    static Path shared;

    private static TestDaemon daemon;
    private static Docker docker;
    private static RegistryHost registry;
    private static FaultProxy proxy;
    private static String first;
    private static String second;
    private static String id;
    private static int harmed;

    static boolean isRoot() {
        return System.getProperty("user.name").equals("root");
    }

    @BeforeAll
    static void start() throws IOException {
        registry = RegistryHost.ours("127.0.0.1", shared.resolve("registry"), Guard.NONE);
        proxy = FaultProxy.before(registry);
        daemon = TestDaemon.start();
        docker = daemon.docker();
        Busybox.into(docker);
        first = proxy.address() + "/team/first:1";
        second = proxy.address() + "/team/second:1";
        build(first, 1);
        build(second, 2);
        id = docker.ok("image", "inspect", "-f", "{{.Id}}", first);
        docker.ok("push", first);
        docker.ok("push", second);
        clean();
    }

    /** An image of the base, a layer that both share, and one of its own. */
    private static void build(String name, int number) throws IOException {
        Path context = Files.createDirectories(shared.resolve("context" + number));
        byte[] bytes = new byte[LAYER_BYTES];
        new Random(7).nextBytes(bytes);
        Files.write(context.resolve("shared"), bytes);
        Files.setLastModifiedTime(context.resolve("shared"), java.nio.file.attribute.FileTime.fromMillis(0));
        Files.writeString(context.resolve("own"), "number " + number);
        Files.writeString(
                context.resolve("Dockerfile"),
                "FROM " + Busybox.IMAGE + "\nCOPY shared /shared\nCOPY own /own\nCMD [\"cat\", \"/own\"]\n");
        docker.ok("build", "-t", name, context.toString());
    }

    /** Nothing is left of the images but what the registry has. */
    private static void clean() {
        docker.run("rmi", "-f", first, second, Busybox.IMAGE);
        docker.ok("builder", "prune", "-a", "-f");
        docker.ok("image", "prune", "-a", "-f");
        assertEquals("", docker.ok("images", "-q"));
    }

    @AfterAll
    static void stop() throws IOException {
        if (daemon != null) {
            daemon.close();
        }
        if (proxy != null) {
            proxy.close();
        }
        if (registry != null) {
            registry.close();
        }
    }

    @AfterEach
    void doNoHarm() {
        proxy.doing(_ -> Fault.NONE);
        clean();
        proxy.forget();
    }

    private static List<Seen> blobs() {
        return proxy.seen().stream()
                .filter(seen -> seen.isBlob() && seen.method().equals("GET"))
                .toList();
    }

    /** The bytes of the layers as they lie in the registry. */
    private static String largest() {
        String manifest = docker.ok("manifest", "inspect", "--insecure", first);
        return largest(manifest);
    }

    private static String largest(String manifest) {
        Matcher layer = LAYER.matcher(manifest);
        String digest = "";
        while (layer.find()) {
            digest = Long.parseLong(layer.group(2)) > LAYER_BYTES ? layer.group(1) : digest;
        }
        assertFalse(digest.isEmpty(), manifest);
        return digest;
    }

    private static void assertWhole(String name) {
        assertEquals(id, docker.ok("image", "inspect", "-f", "{{.Id}}", name));
        assertEquals("number 1", docker.ok("run", "--rm", name));
    }

    @Test
    void everyPull_isRightOrRefusedClearly() {
        int rounds = Integer.getInteger("priok.fault.rounds", 12);
        long only = Long.getLong("priok.fault.seed", -1);
        int right = 0;
        harmed = 0;
        for (long seed = only < 0 ? 0 : only; seed < (only < 0 ? rounds : only + 1); seed++) {
            right += round(seed) ? 1 : 0;
        }
        System.out.printf("%d pulls, %d faults: %d pulls right, the others refused%n", rounds, harmed, right);
        assertTrue(harmed > 0, "no harm was done");
    }

    private static boolean round(long seed) {
        Random random = new Random(seed);
        Fault[] kinds = Fault.values();
        List<Fault> planned = new ArrayList<>();
        int share = 20 + random.nextInt(60);
        for (int i = 0; i < 200; i++) {
            planned.add(random.nextInt(100) < share ? kinds[random.nextInt(kinds.length)] : Fault.NONE);
        }
        proxy.cutAfter(1 + random.nextInt(LAYER_BYTES));
        proxy.speed(4 << 20);
        proxy.forget();
        proxy.doing(_ -> planned.get(proxy.seen().size() % planned.size()));
        long begun = System.nanoTime();
        Program.Result result = docker.run("pull", first);
        Duration took = Duration.ofNanos(System.nanoTime() - begun);
        String what = "seed " + seed + ": " + result.err() + "\n" + proxy.seen();
        assertTrue(took.compareTo(PATIENCE) < 0, took + " " + what);
        harmed += (int)
                proxy.seen().stream().filter(seen -> seen.fault() != Fault.NONE).count();
        proxy.doing(_ -> Fault.NONE);
        if (result.exit() == 0) {
            assertEquals(id, docker.ok("image", "inspect", "-f", "{{.Id}}", first), what);
        } else {
            assertFalse(result.err().isBlank(), what);
            assertFalse(result.err().contains("Exception") || result.err().contains("null"), what);
            assertNotEquals(0, docker.run("image", "inspect", first).exit(), what);
            docker.ok("pull", first);
        }
        assertWhole(first);
        assertFalse(daemon.log().contains("\tat "), what + daemon.log());
        clean();
        return result.exit() == 0;
    }

    @Test
    void aCutDownload_goesOnWhereItStopped() {
        String blob = largest();
        proxy.cutAfter(1 << 20);
        ConcurrentHashMap.KeySetView<String, Boolean> cut = ConcurrentHashMap.newKeySet();
        proxy.doing(request -> request.path().endsWith(blob) && cut.add("once") ? Fault.CUT : Fault.NONE);
        docker.ok("pull", first);
        assertWhole(first);
        assertEquals(
                List.of(0L, (long) (1 << 20)),
                blobs().stream()
                        .filter(seen -> seen.path().endsWith(blob))
                        .map(Seen::from)
                        .toList());
    }

    @Test
    void aKilledPull_isResumedByTheNext() throws IOException {
        String blob = largest();
        proxy.speed(2 << 20);
        proxy.doing(request -> request.path().endsWith(blob) ? Fault.SLOW : Fault.NONE);
        Process pull = docker.start("pull", first);
        Path ingest = daemon.dataRoot().resolve("content/ingest");
        Await.until(() -> partial(ingest, blob) > LAYER_BYTES / 3);
        daemon.kill();
        pull.destroyForcibly();
        daemon.launch();
        assertEquals("", docker.ok("images", "-q"));
        assertEquals(List.of(), Leftovers.mounts(daemon.root()));
        proxy.doing(_ -> Fault.NONE);
        proxy.forget();
        docker.ok("pull", first);
        assertWhole(first);
        List<Long> offsets = blobs().stream()
                .filter(seen -> seen.path().endsWith(blob))
                .map(Seen::from)
                .toList();
        assertEquals(1, offsets.size());
        assertTrue(offsets.getFirst() > LAYER_BYTES / 4, "asked for all again: " + offsets);
        // What a pull brought is used at once, and put in its place when the disk has it.
        Await.until(() -> files(ingest).isEmpty());
    }

    private static List<Path> files(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How much of a blob is here. */
    private static long partial(Path ingest, String blob) {
        try {
            return Files.size(ingest.resolve("partial-" + blob.replace(':', '-')));
        } catch (IOException e) {
            return 0;
        }
    }

    @Test
    void aSharedLayer_comesOnce() throws Exception {
        String blob = largest();
        proxy.speed(8 << 20);
        proxy.doing(request -> request.path().endsWith(blob) ? Fault.SLOW : Fault.NONE);
        List<Process> pulls = new ArrayList<>();
        for (String name : List.of(first, second, first)) {
            pulls.add(docker.start("pull", "-q", name));
        }
        for (Process pull : pulls) {
            assertEquals(0, pull.waitFor());
        }
        assertWhole(first);
        assertEquals(
                1, blobs().stream().filter(seen -> seen.path().endsWith(blob)).count(), blobs().toString());
    }

    @Test
    void aFullDisk_isToldAndForgotten() {
        Path ingest = daemon.dataRoot().resolve("content/ingest");
        Program.run(
                        Map.of(),
                        new byte[0],
                        List.of("mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", ingest.toString()))
                .ok();
        try {
            Program.Result refused = docker.run("pull", first);
            assertEquals(1, refused.exit());
            assertTrue(refused.err().toLowerCase(Locale.ROOT).contains("no space left on device"), refused.err());
            assertEquals("", docker.ok("images", "-q"));
        } finally {
            Program.run(Map.of(), new byte[0], List.of("umount", ingest.toString()))
                    .ok();
        }
        docker.ok("pull", first);
        assertWhole(first);
    }

    @Test
    void prune_leavesNothingOfAnImage() throws IOException {
        docker.ok("pull", first);
        docker.ok("image", "prune", "-f");
        assertWhole(first);
        Path blobs = daemon.dataRoot().resolve("content/blobs/sha256");
        // Three layers and a manifest, each in its place once it is on disk.
        Await.until(() -> countOf(blobs) == 4);
        String told = docker.ok("image", "prune", "-a", "-f");
        assertTrue(told.contains("untagged: " + first.toLowerCase(Locale.ROOT)) || told.contains("Untagged"), told);
        assertFalse(told.contains("reclaimed space: 0B"), told);
        try (Stream<Path> left = Files.list(blobs)) {
            assertEquals(List.of(), left.toList());
        }
    }

    private static long countOf(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void anEndlessManifest_isRefused() {
        proxy.doing(request -> request.path().contains("/manifests/") ? Fault.ENDLESS : Fault.NONE);
        Program.Result refused = docker.run("pull", first);
        assertEquals(1, refused.exit());
        assertTrue(refused.err().contains("answered more than"), refused.err());
    }

    @Test
    void aRateLimit_isTold() {
        proxy.doing(request -> request.path().contains("/manifests/") ? Fault.BUSY_FOR_LONG : Fault.NONE);
        Program.Result refused = docker.run("pull", first);
        assertEquals(1, refused.exit());
        assertTrue(refused.err().contains("toomanyrequests"), refused.err());
        assertTrue(refused.err().contains("86400"), refused.err());
    }
}
