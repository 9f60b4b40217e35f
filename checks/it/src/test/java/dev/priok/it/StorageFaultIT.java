package dev.priok.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.content.ContentStore;
import dev.priok.content.Expected;
import dev.priok.core.Leases;
import dev.priok.core.Platform;
import dev.priok.database.Database;
import dev.priok.image.Image;
import dev.priok.image.ImageStore;
import dev.priok.image.Import;
import dev.priok.linux.MountCalls;
import dev.priok.snapshot.Snapshotter;
import dev.priok.snapshot.TarBytes;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Storage that is killed, and storage that has no room. */
@Tag("root")
@Timeout(180)
class StorageFaultIT {
    private static final int KILLS = 6;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    Path temp;

    private static Set<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).collect(Collectors.toSet());
        }
    }

    private static void await(Path folder, Set<String> names) throws IOException, InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!names(folder).equals(names) && System.nanoTime() < end) {
            Thread.onSpinWait();
        }
        assertEquals(names, names(folder), folder.toString());
    }

    @Test
    void kill_atAnyInstant_leavesWholeImagesAndNothingElse() throws Exception {
        Random random = new Random(11);
        int seen = 0;
        for (int i = 0; i < KILLS; i++) {
            killOne("working", random.nextInt(20, 700));
            seen += check();
        }
        // On a slow machine none of them came so far as to have an image.
        killOne("worked", 1);
        seen += check();
        assertTrue(seen > 0, "no image survived any kill: the victim did not work");
    }

    private void killOne(String after, int millis) throws Exception {
        Process victim = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        StorageVictim.class.getName(),
                        temp.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(victim.getInputStream(), StandardCharsets.UTF_8))) {
            String line = out.readLine();
            while (line != null && !line.equals(after)) {
                line = out.readLine();
            }
            assertEquals(after, line);
            // It ends by itself only when it fails.
            assertTrue(!victim.waitFor(millis, TimeUnit.MILLISECONDS), "the victim died of itself");
        } finally {
            victim.destroyForcibly().waitFor();
        }
    }

    /** Opens what the victim left, and returns how many images are whole. */
    private int check() throws Exception {
        Leases leases = new Leases();
        try (Database database = Database.open(temp.resolve("priok.db"))) {
            ContentStore content = ContentStore.open(temp.resolve("content"), leases);
            try (Snapshotter snapshotter = Snapshotter.overlay(temp.resolve("snapshots"), database, leases)) {
                ImageStore images = ImageStore.open(database, content, snapshotter, leases, InstantSource.system());
                for (Image image : images.list()) {
                    assertEquals(List.of(), images.verify(image.id()));
                }
                snapshotter.remove("step");
                images.collect();
                assertEquals(List.of(), snapshotter.snapshots());
                assertEquals(Set.of(), names(temp.resolve("content/ingest")));
                assertEquals(Set.of(), names(temp.resolve("content/blobs/sha256")));
                Set<String> layers = snapshotter.layers().stream()
                        .map(layer -> layer.folder().getParent().getFileName().toString())
                        .collect(Collectors.toSet());
                await(temp.resolve("snapshots/trash"), Set.of());
                await(temp.resolve("snapshots/layers"), layers);
                await(temp.resolve("snapshots/l"), layers);
                await(temp.resolve("snapshots/active"), Set.of());
                await(temp.resolve("snapshots/incoming"), Set.of());
                return images.list().size();
            }
        }
    }

    @Test
    void fullDisk_anyStep_leavesNothingAndGoesOnAfter() throws Exception {
        Path small = Files.createDirectory(temp.resolve("small"));
        MountCalls.host().mount("tmpfs", small.toString(), "tmpfs", 0, "size=12m");
        try {
            work(small);
        } finally {
            MountCalls.host().unmount(small.toString(), MountCalls.MNT_DETACH);
        }
    }

    private static void work(Path small) throws Exception {
        Leases leases = new Leases();
        byte[] big = new byte[16 << 20];
        new Random(1).nextBytes(big);
        try (Database database = Database.open(small.resolve("priok.db"))) {
            ContentStore content = ContentStore.open(small.resolve("content"), leases);
            try (Snapshotter snapshotter = Snapshotter.overlay(small.resolve("snapshots"), database, leases);
                    Leases.Lease lease = leases.open()) {
                ImageStore images = ImageStore.open(database, content, snapshotter, leases, InstantSource.system());
                assertThrows(
                        IOException.class,
                        () -> content.ingest(new ByteArrayInputStream(big), Expected.ANYTHING, lease));
                assertEquals(Set.of(), names(small.resolve("content/ingest")));
                String text = new String(big, StandardCharsets.ISO_8859_1);
                byte[] tar = new TarBytes().file("big", text).bytes();
                Import how = new Import(Optional.empty(), List.of(), "", Platform.current());
                assertThrows(IOException.class, () -> images.importRoot(new ByteArrayInputStream(tar), how));
                await(small.resolve("snapshots/trash"), Set.of());
                assertEquals(List.of(), snapshotter.snapshots());
                assertEquals(List.of(), images.list());
                Image image = images.importRoot(new TarBytes().file("small", "x").stream(), how);
                assertEquals(List.of(), images.verify(image.id()));
            }
        }
    }
}
