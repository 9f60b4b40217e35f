package dev.priok.server;

import dev.priok.build.BuildCache;
import dev.priok.build.BuildEvent;
import dev.priok.build.BuildHistory;
import dev.priok.build.BuildRequest;
import dev.priok.build.Builder;
import dev.priok.build.CheckFinding;
import dev.priok.build.CheckReport;
import dev.priok.build.ImageAnalysis;
import dev.priok.core.Digest;
import dev.priok.core.Failure;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Reads a context and tells a story about it; the target says which: {@code early} fails before anything is read,
 * {@code exit7} in a step, {@code hang} waits to be cancelled.
 */
final class FakeBuilder implements Builder {
    final CountDownLatch cancelled = new CountDownLatch(1);
    final List<BuildCache.Entry> cached = new CopyOnWriteArrayList<>(
            List.of(entry(3, "RUN old", "2026-01-01T00:00:00Z"), entry(4, "RUN new", "2026-01-02T03:05:00Z")));
    volatile @Nullable BuildRequest last;
    volatile long contextBytes;

    private static BuildCache.Entry entry(int seed, String description, String used) {
        Instant time = Instant.parse(used);
        return new BuildCache.Entry(
                Digest.sha256(new byte[] {(byte) seed}),
                Optional.empty(),
                description,
                time,
                time,
                1,
                1000,
                BuildCache.Entry.REGULAR,
                false,
                false);
    }

    @Override
    public BuildEvent.Ended build(BuildRequest request, Consumer<BuildEvent> events) {
        last = request;
        String story = request.target().orElse("");
        if (story.equals("early")) {
            return tell(events, new BuildEvent.Failed(Failure.Kind.INVALID, "the Dockerfile cannot be empty", 1));
        }
        events.accept(new BuildEvent.StepStarted(1, 2, "FROM fake"));
        try {
            contextBytes = request.context().transferTo(java.io.OutputStream.nullOutputStream());
        } catch (IOException e) {
            return tell(events, new BuildEvent.Failed(Failure.Kind.INTERNAL, String.valueOf(e.getMessage()), 1));
        }
        events.accept(new BuildEvent.Committed(Digest.sha256(new byte[] {1})));
        events.accept(new BuildEvent.StepStarted(2, 2, "RUN make"));
        events.accept(new BuildEvent.RunningIn("f".repeat(64)));
        events.accept(new BuildEvent.Output(BuildEvent.Channel.STDOUT, "made\n"));
        if (story.equals("exit7")) {
            return tell(
                    events,
                    new BuildEvent.Failed(
                            Failure.Kind.INVALID, "The command '/bin/sh -c make' returned a non-zero code: 7", 7));
        }
        if (story.equals("hang")) {
            var done = new CountDownLatch(1);
            request.cancel().onCancel(done::countDown);
            try {
                done.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            cancelled.countDown();
            return tell(events, new BuildEvent.Failed(Failure.Kind.INTERNAL, "the build was cancelled", 1));
        }
        events.accept(new BuildEvent.Removed("f".repeat(64)));
        events.accept(new BuildEvent.Committed(Digest.sha256(new byte[] {2})));
        return tell(events, new BuildEvent.Done(Digest.sha256(new byte[] {2}), request.tags()));
    }

    @Override
    public ImageAnalysis analyze(String image) {
        return new ImageAnalysis(image, 100, 10, 90, List.of(), List.of(), List.of(), List.of());
    }

    @Override
    public CheckReport check(BuildRequest request) {
        return new CheckReport(
                "Dockerfile", List.of(new CheckFinding("PB999", "Fake", "is no fake", "is one", 1, 2)), false);
    }

    @Override
    public BuildHistory history() {
        return new BuildHistory() {
            @Override
            public List<Build> list() {
                return List.of(new Build(
                        "b1",
                        "fake:1",
                        "done",
                        Instant.EPOCH,
                        Optional.of(Instant.EPOCH.plusSeconds(2)),
                        Optional.empty(),
                        "",
                        List.of()));
            }

            @Override
            public Build find(String id) {
                return list().stream()
                        .filter(b -> b.id().equals(id))
                        .findFirst()
                        .orElseThrow(() -> Failure.notFound("No such build: %s", id));
            }

            @Override
            public java.io.InputStream log(String id) {
                find(id);
                return new java.io.ByteArrayInputStream(
                        "#1 RUN make\n".getBytes(java.nio.charset.StandardCharsets.UTF_8));
            }
        };
    }

    @Override
    public BuildCache cache() {
        return new BuildCache() {
            @Override
            public List<Entry> entries() {
                return List.copyOf(cached);
            }

            @Override
            public Pruned shrink(Predicate<Entry> which, long keepBytes) {
                return prune(which);
            }

            @Override
            public Pruned prune(Predicate<Entry> which) {
                List<Digest> keys =
                        cached.stream().filter(which).map(Entry::key).toList();
                cached.removeIf(which);
                return new Pruned(keys, 1000L * keys.size());
            }
        };
    }

    private static BuildEvent.Ended tell(Consumer<BuildEvent> events, BuildEvent.Ended ended) {
        events.accept(ended);
        return ended;
    }
}
