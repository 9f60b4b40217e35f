package dev.priok.build.solve;

import dev.priok.build.BuildEvent;
import dev.priok.build.CancelSignal;
import dev.priok.core.Digest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Lets equal steps of all builds that run be done once: the first one works, the others wait and see what it writes. When the one
 * that works is cancelled, one of the others takes its place.
 */
final class Flights {
    /** What those who come late see of the text that was written before. */
    private static final int MAXIMUM_CHARACTERS = 1 << 20;

    private final Map<Digest, Flight> flying = new HashMap<>();

    /** Work that may be shared. */
    interface Work {
        StepCache.Hit execute(Consumer<BuildEvent> events) throws IOException, StepFailure;
    }

    /**
     * Does the work, or waits for another who does the same.
     *
     * @param key what makes two works equal
     * @return what it came to; nothing when another did it and it came to nothing that can be used, so that the caller must try again
     */
    Optional<StepCache.Hit> fly(Digest key, Consumer<BuildEvent> events, CancelSignal cancel, Work work)
            throws IOException, StepFailure {
        Flight mine = new Flight(events);
        Flight other;
        synchronized (flying) {
            other = flying.putIfAbsent(key, mine);
        }
        if (other != null) {
            return other.await(events, cancel);
        }
        try {
            StepCache.Hit hit = work.execute(mine::tell);
            mine.land(hit, null);
            return Optional.of(hit);
        } catch (StepFailure e) {
            mine.land(null, e);
            throw e;
        } finally {
            synchronized (flying) {
                flying.remove(key);
            }
            mine.land(null, null);
        }
    }

    private static final class Flight {
        private final List<Consumer<BuildEvent>> listeners = new ArrayList<>();
        private final List<BuildEvent> told = new ArrayList<>();
        private int characters;
        private boolean landed;
        private StepCache.@Nullable Hit hit;
        private @Nullable StepFailure failure;

        Flight(Consumer<BuildEvent> first) {
            listeners.add(first);
        }

        synchronized void tell(BuildEvent event) {
            if (characters < MAXIMUM_CHARACTERS) {
                told.add(event);
                characters += event instanceof BuildEvent.Output output
                        ? output.text().length()
                        : 1;
            }
            listeners.getFirst().accept(event);
            listeners.subList(1, listeners.size()).removeIf(listener -> {
                try {
                    listener.accept(event);
                    return false;
                } catch (CancellationException _) {
                    // Only its own build hears no more.
                    return true;
                }
            });
        }

        synchronized void land(StepCache.@Nullable Hit result, @Nullable StepFailure why) {
            if (!landed) {
                hit = result;
                failure = why;
                landed = true;
                notifyAll();
            }
        }

        private synchronized void wake() {
            notifyAll();
        }

        Optional<StepCache.Hit> await(Consumer<BuildEvent> listener, CancelSignal cancel) throws StepFailure {
            try (CancelSignal.Registration _ = cancel.onCancel(this::wake)) {
                return wait(listener, cancel);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                cancel.cancel();
                throw new CancellationException("the build was interrupted");
            }
        }

        private synchronized Optional<StepCache.Hit> wait(Consumer<BuildEvent> listener, CancelSignal cancel)
                throws StepFailure, InterruptedException {
            told.forEach(listener);
            listeners.add(listener);
            try {
                while (!landed) {
                    cancel.check();
                    wait();
                }
            } finally {
                listeners.remove(listener);
            }
            if (failure != null) {
                throw new StepFailure(String.valueOf(failure.getMessage()), failure.exitCode());
            }
            return Optional.ofNullable(hit);
        }
    }
}
