package dev.priok.cli.command;

import dev.priok.core.Failure;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/** Does the same to several objects at once and reports in the order asked. */
public final class Targets {
    /** How many calls run at the same time, as docker's client does. */
    private static final int MAXIMUM_PARALLEL = 50;

    /** Acts on one object; returns the line to print, or nothing. */
    @FunctionalInterface
    public interface Action {
        String apply(String target) throws IOException;
    }

    /** A line for standard output, or for standard error. */
    private record Outcome(String line, boolean isFailure) {}

    private Targets() {}

    /** Acts on every object, printing lines and then errors; the exit code is 1 when any failed. */
    public static int each(Session session, List<String> targets, Action action) {
        List<Outcome> outcomes =
                targets.size() == 1 ? List.of(apply(action, targets.getFirst())) : all(targets, action);
        List<String> errors = new ArrayList<>();
        for (Outcome outcome : outcomes) {
            if (outcome.isFailure()) {
                errors.add(outcome.line());
            } else if (!outcome.line().isEmpty()) {
                session.out().println(outcome.line());
            }
        }
        session.out().flush();
        errors.forEach(session.err()::println);
        return errors.isEmpty() ? 0 : CommandFailed.FAILURE;
    }

    /** What is printed for a failure of the daemon, of a connection, or of this side. */
    public static String message(Exception e) {
        return e instanceof Failure failure
                ? "Error response from daemon: " + failure.message()
                : String.valueOf(e.getMessage());
    }

    private static List<Outcome> all(List<String> targets, Action action) {
        AtomicReferenceArray<@Nullable Outcome> outcomes = new AtomicReferenceArray<>(targets.size());
        Semaphore permits = new Semaphore(MAXIMUM_PARALLEL);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < targets.size(); i++) {
            int index = i;
            permits.acquireUninterruptibly();
            threads.add(Thread.ofPlatform().daemon().start(() -> {
                outcomes.set(index, apply(action, targets.get(index)));
                permits.release();
            }));
        }
        List<Outcome> ordered = new ArrayList<>();
        try {
            for (int i = 0; i < threads.size(); i++) {
                threads.get(i).join();
                Outcome outcome = outcomes.get(i);
                ordered.add(outcome == null ? new Outcome("interrupted: " + targets.get(i), true) : outcome);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailed("interrupted");
        }
        return ordered;
    }

    private static Outcome apply(Action action, String target) {
        try {
            return new Outcome(action.apply(target), false);
        } catch (IOException | Failure | CommandFailed e) {
            return new Outcome(message(e), true);
        }
    }
}
