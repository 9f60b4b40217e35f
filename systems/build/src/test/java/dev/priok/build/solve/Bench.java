package dev.priok.build.solve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.build.BuildEvent;
import dev.priok.build.BuildExtras;
import dev.priok.build.BuildRequest;
import dev.priok.build.CancelSignal;
import dev.priok.build.RunSettings;
import dev.priok.build.Secret;
import dev.priok.core.Digest;
import dev.priok.core.ImageReference;
import dev.priok.core.Platform;
import dev.priok.database.Database;
import dev.priok.oci.image.ImageConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;

/** A builder over fakes, and what one build of it came to. */
final class Bench {
    final MemoryStore store = new MemoryStore();
    final FakeExecutor executor = new FakeExecutor(store);
    final MemoryTree base = MemoryTree.empty();
    final LayerBuilder builder;
    private final Path root;
    private long seconds = 1_700_000_000;

    Map<String, String> buildArgs = new HashMap<>();
    Map<String, String> labels = new HashMap<>();
    Map<String, Secret> secrets = new HashMap<>();
    Optional<String> target = Optional.empty();
    List<ImageReference> tags = List.of();
    boolean noCache;
    BuildExtras extras = BuildExtras.NONE;
    CancelSignal cancel = new CancelSignal();
    List<BuildEvent> events = new ArrayList<>();

    Bench(Path root) {
        this.root = root;
        base.write("etc/passwd", "root:x:0:0::/root:/bin/sh\napp:x:1000:1001::/home/app:/bin/sh\n");
        base.write("etc/group", "root:x:0:\napp:x:1001:\nextra:x:55:app,other\n");
        store.base("base", base, ImageConfig.empty(Platform.current()));
        InstantSource clock = () -> Instant.ofEpochSecond(seconds++);
        MemoryCache cache = new MemoryCache();
        try {
            Files.createDirectories(root);
            Database database = Database.open(root.resolve("builds.db"));
            Journals journals = new Journals(database, root.resolve("logs"), clock, new Random(2));
            builder = new LayerBuilder(
                    executor,
                    clock,
                    new Random(1),
                    root,
                    cache,
                    cache,
                    journals,
                    new StepTraces(database, clock),
                    Long.MAX_VALUE,
                    Optional.empty(),
                    () -> store);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Moves this bench's clock on. */
    void later(long bySeconds) {
        seconds += bySeconds;
    }

    BuildEvent.Ended run(Context context) {
        events = new ArrayList<>();
        BuildRequest request = new BuildRequest(
                context.stream(),
                "Dockerfile",
                target,
                buildArgs,
                labels,
                tags,
                Optional.empty(),
                noCache,
                false,
                secrets,
                RunSettings.DEFAULT,
                cancel,
                extras);
        BuildEvent.Ended end = builder.build(request, events::add);
        assertEquals(end, events.getLast());
        assertNothingLeft();
        return end;
    }

    /** Builds, and expects an image. */
    Digest image(Context context) {
        BuildEvent.Ended end = run(context);
        return assertInstanceOf(BuildEvent.Done.class, end, () -> end.toString())
                .imageId();
    }

    /** Builds, and expects a failure whose message holds {@code text}. */
    BuildEvent.Failed failure(Context context, String text) {
        BuildEvent.Ended end = run(context);
        BuildEvent.Failed failed = assertInstanceOf(BuildEvent.Failed.class, end, () -> end.toString());
        assertTrue(failed.message().contains(text), failed.message());
        return failed;
    }

    MemoryTree tree(Context context) {
        return store.tree(image(context));
    }

    ImageConfig config(Context context) {
        return store.config(image(context));
    }

    long cachedSteps() {
        return events.stream().filter(e -> e instanceof BuildEvent.StepCached).count();
    }

    List<String> history(Digest image) {
        return store.config(image).history().stream().map(h -> h.createdBy()).toList();
    }

    private void assertNothingLeft() {
        assertEquals(Map.of(), store.drafts);
        assertTrue(store.open.isEmpty());
        try (Stream<Path> left = Files.list(root.resolve("scratch"))) {
            assertEquals(List.of(), left.toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
