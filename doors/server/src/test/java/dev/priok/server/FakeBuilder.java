package dev.priok.server;

import dev.priok.build.BuildCache;
import dev.priok.build.BuildEvent;
import dev.priok.build.BuildRequest;
import dev.priok.build.Builder;
import dev.priok.core.Digest;
import dev.priok.core.Failure;
import java.io.IOException;
import java.util.List;
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
    volatile @Nullable BuildRequest last;
    volatile long contextBytes;

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
    public BuildCache cache() {
        return new BuildCache() {
            @Override
            public List<Entry> entries() {
                return List.of();
            }

            @Override
            public Pruned prune(Predicate<Entry> which) {
                return new Pruned(List.of(), 0);
            }
        };
    }

    private static BuildEvent.Ended tell(Consumer<BuildEvent> events, BuildEvent.Ended ended) {
        events.accept(ended);
        return ended;
    }
}
