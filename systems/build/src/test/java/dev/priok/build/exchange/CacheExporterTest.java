package dev.priok.build.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.core.Digest;
import dev.priok.core.Failure;
import dev.priok.core.Platform;
import dev.priok.oci.image.ChainId;
import dev.priok.oci.image.Descriptor;
import dev.priok.oci.image.Index;
import dev.priok.oci.image.Manifest;
import dev.priok.oci.image.MediaTypes;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CacheExporterTest {
    private static final Platform PLATFORM = Platform.current();

    private final AtomicInteger compressed = new AtomicInteger();
    private final CacheExporter exporter = new CacheExporter(chain -> {
        compressed.incrementAndGet();
        byte[] bytes = ("layer " + chain).getBytes(StandardCharsets.UTF_8);
        return new CacheExporter.Blob(
                new Descriptor(MediaTypes.OCI_LAYER_GZIP, Digest.sha256(bytes), bytes.length),
                () -> new ByteArrayInputStream(bytes));
    });

    private static Digest digest(String text) {
        return Digest.sha256(text.getBytes(StandardCharsets.UTF_8));
    }

    /** A line of steps, each on the layers of the one before it. */
    private static List<CachedStep> line(int length) {
        List<CachedStep> steps = new ArrayList<>();
        ChainId below = ChainId.of(digest("base"));
        for (int i = 0; i < length; i++) {
            CachedStep step = new CachedStep(
                    digest("key " + i),
                    Optional.of(digest("definition " + i)),
                    below.toString(),
                    Optional.of(digest("diff " + i)),
                    Instant.ofEpochSecond(i),
                    "RUN " + i);
            steps.add(step);
            below = step.chain();
        }
        return steps;
    }

    @Test
    void export_costsEachStepOnce_andOnlyWhatIsNewTheNextTime() throws IOException {
        CountingPlace place = new CountingPlace();
        List<CachedStep> steps = line(1000);
        exporter.export(steps, place);
        assertEquals(1000, compressed.get());
        assertEquals(1001, place.puts.get());
        assertTrue(place.asked.get() <= 1001, place.asked.toString());
        place.forgetCounts();
        exporter.export(steps, place);
        assertEquals(0, place.puts.get());
        assertEquals(0, place.asked.get());
        place.forgetCounts();
        exporter.export(line(1001), place);
        assertEquals(2, place.puts.get());
        assertEquals(2, place.asked.get());
    }

    @Test
    void read_findsWhatWasExported(@TempDir Path folder) throws IOException {
        List<CachedStep> steps = line(3);
        FolderPlace place = new FolderPlace(folder.resolve("cache"), "latest");
        exporter.export(steps, place);
        ImportedCache imported = new ImportedCache();
        imported.read(place, PLATFORM);
        for (CachedStep step : steps) {
            assertEquals(Optional.of(step), imported.find(step.key()));
            assertEquals(
                    Optional.of(step), imported.findDefinition(step.definition().orElseThrow(), step.parent()));
            ImportedCache.Layer layer = imported.layer(step.chain()).orElseThrow();
            assertEquals(step.below(), layer.parent());
            try (InputStream blob = layer.place().open(layer.blob())) {
                assertEquals("layer " + step.chain(), new String(blob.readAllBytes(), StandardCharsets.UTF_8));
            }
        }
        assertEquals(Optional.empty(), imported.findDefinition(digest("definition 1"), "elsewhere"));
        assertFalse(imported.isEmpty());
    }

    @Test
    void read_damagedCacheIsRefused(@TempDir Path folder) throws IOException {
        FolderPlace place = new FolderPlace(folder, "latest");
        exporter.export(line(1), place);
        Manifest manifest = place.manifest(_ -> Optional.empty()).orElseThrow();
        Path config = folder.resolve(
                "blobs/sha256/" + Digest.parse(manifest.config().digest()).hex());
        byte[] bytes = Files.readAllBytes(config);
        bytes[10] ^= 1;
        Files.write(config, bytes);
        Failure failure = assertThrows(Failure.class, () -> new ImportedCache().read(place, PLATFORM));
        assertTrue(failure.message().contains("is damaged"), failure.message());
        assertThrows(Failure.class, () -> new ImportedCache().read(new FolderPlace(folder, "other"), PLATFORM));
    }

    @Test
    void within_keepsTheStepsOfAnImage() {
        List<CachedStep> steps = line(4);
        List<Digest> image = List.of(digest("base"), digest("diff 0"), digest("diff 1"));
        assertEquals(steps.subList(0, 2), CacheExporter.within(steps, image));
    }

    /** A place in memory that counts what it is asked. */
    private static final class CountingPlace implements CachePlace {
        final AtomicInteger puts = new AtomicInteger();
        final AtomicInteger asked = new AtomicInteger();
        private final Map<Digest, Descriptor> blobs = new ConcurrentHashMap<>();
        private Optional<Manifest> manifest = Optional.empty();

        void forgetCounts() {
            puts.set(0);
            asked.set(0);
        }

        @Override
        public String name() {
            return "memory";
        }

        @Override
        public Optional<Manifest> manifest(Function<Index, Optional<Index.Entry>> choose) {
            return manifest;
        }

        @Override
        public byte[] small(Descriptor blob, int limitBytes) {
            throw new IllegalStateException("not read here");
        }

        @Override
        public InputStream open(Descriptor blob) {
            throw new IllegalStateException("not read here");
        }

        @Override
        public boolean has(Digest blob) {
            asked.incrementAndGet();
            return blobs.containsKey(blob);
        }

        @Override
        public void put(Descriptor blob, Bytes bytes) {
            puts.incrementAndGet();
            blobs.put(blob.parsedDigest(), blob);
        }

        @Override
        public void publish(Manifest newManifest) {
            manifest = Optional.of(newManifest);
        }
    }
}
