package dev.priok.build.solve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.build.BuildCache;
import dev.priok.core.Digest;
import dev.priok.database.Database;
import dev.priok.oci.image.ChainId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatabaseCacheTest {
    private static final Instant CREATED = Instant.parse("2026-01-02T03:04:05.123456789Z");
    private static final Instant NOW = Instant.parse("2026-05-06T07:08:09Z");

    private static final DatabaseCache.Collector LAYERS = new DatabaseCache.Collector() {
        @Override
        public long collect() {
            return 42;
        }

        @Override
        public Map<ChainId, Long> sizes() {
            return Map.of(ChainId.of(digest("big")), 100L, ChainId.of(digest("small")), 10L);
        }

        @Override
        public Set<ChainId> chainsOfImages() {
            return Set.of(ChainId.of(digest("chain")));
        }
    };

    @TempDir
    Path folder;

    private static Digest digest(String text) {
        return Digest.sha256(text.getBytes(StandardCharsets.UTF_8));
    }

    private Database open() throws IOException {
        return Database.open(folder.resolve("priok.db"));
    }

    @Test
    void put_isFoundAfterReopening() throws IOException {
        StepCache.Hit layer = new StepCache.Hit(Optional.of(digest("diff")), CREATED);
        StepCache.Hit none = new StepCache.Hit(Optional.empty(), CREATED);
        try (Database database = open()) {
            DatabaseCache cache = new DatabaseCache(database, () -> NOW, LAYERS);
            cache.put(List.of(
                    new StepCache.Entry(
                            digest("a"),
                            Optional.of(digest("d")),
                            "below",
                            layer,
                            Optional.of(digest("chain")),
                            "RUN a"),
                    new StepCache.Entry(digest("b"), Optional.empty(), "below", none, Optional.empty(), "ENV b")));
        }
        try (Database database = open()) {
            DatabaseCache cache = new DatabaseCache(database, () -> NOW, LAYERS);
            assertEquals(Optional.of(layer), cache.find(digest("a")));
            assertEquals(Optional.of(none), cache.find(digest("b")));
            assertEquals(Optional.empty(), cache.find(digest("c")));
            assertEquals(
                    Optional.of(new StepCache.Found(digest("a"), layer, "RUN a")),
                    cache.findDefinition(digest("d"), "below"));
            assertEquals(Optional.empty(), cache.findDefinition(digest("d"), "elsewhere"));
            assertEquals(Set.of(ChainId.of(digest("chain"))), cache.chains());
            BuildCache.Entry entry = cache.entries().stream()
                    .filter(e -> e.key().equals(digest("a")))
                    .findFirst()
                    .orElseThrow();
            assertEquals(2, entry.uses());
            assertTrue(entry.inImage());
            assertEquals(NOW, entry.lastUsed());
            assertEquals(
                    new BuildCache.Pruned(List.of(digest("a")), 42),
                    cache.prune(e -> e.description().equals("RUN a")));
            assertTrue(cache.find(digest("a")).isEmpty());
            assertTrue(cache.findDefinition(digest("d"), "below").isEmpty());
            assertEquals(Set.of(), cache.chains());
        }
    }

    @Test
    void shrink_forgetsTheOldestUntilTheRestFits() throws IOException {
        try (Database database = open()) {
            long[] second = {1000};
            DatabaseCache cache = new DatabaseCache(database, () -> Instant.ofEpochSecond(second[0]++), LAYERS);
            for (String name : List.of("big", "small", "chain")) {
                cache.put(List.of(new StepCache.Entry(
                        digest("key of " + name),
                        Optional.empty(),
                        "below",
                        new StepCache.Hit(Optional.of(digest("diff")), CREATED),
                        Optional.of(digest(name)),
                        name)));
            }
            assertEquals(List.of(), cache.shrink(_ -> true, 110).keys());
            assertEquals(
                    List.of(),
                    cache.shrink(e -> e.description().equals("chain"), 0).keys());
            assertEquals(
                    List.of(digest("key of big")), cache.shrink(_ -> true, 109).keys());
            assertEquals(
                    List.of(digest("key of small")), cache.shrink(_ -> true, 0).keys());
            assertEquals(1, cache.entries().size());
        }
    }

    @Test
    void put_replaces() throws IOException {
        try (Database database = open()) {
            DatabaseCache cache = new DatabaseCache(database, () -> NOW, LAYERS);
            cache.put(List.of(new StepCache.Entry(
                    digest("a"),
                    Optional.empty(),
                    "below",
                    new StepCache.Hit(Optional.of(digest("1")), CREATED),
                    Optional.empty(),
                    "x".repeat(5000))));
            StepCache.Hit second = new StepCache.Hit(Optional.of(digest("2")), CREATED);
            cache.put(
                    List.of(new StepCache.Entry(digest("a"), Optional.empty(), "below", second, Optional.empty(), "")));
            assertEquals(Optional.of(second), cache.find(digest("a")));
            assertEquals(1, cache.entries().size());
        }
    }
}
