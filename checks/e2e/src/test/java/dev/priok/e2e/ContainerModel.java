package dev.priok.e2e;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** One container as Docker's documents describe its life: what state it is in, and what each request answers there. */
final class ContainerModel {
    enum State {
        ABSENT,
        CREATED,
        RUNNING,
        PAUSED,
        EXITED;

        boolean live() {
            return this == RUNNING || this == PAUSED;
        }
    }

    /** What its first process does. */
    enum Kind {
        /** Ends by itself, with 3. */
        SHORT("[\"sh\",\"-c\",\"exit 3\"]", false, 3),
        /** Process 1 of its namespace without a handler: SIGTERM does not reach it, a stop ends with SIGKILL. */
        STUBBORN("[\"sleep\",\"1000\"]", false, 137),
        /** Below an init, which hands SIGTERM on. */
        OBEDIENT("[\"sleep\",\"1000\"]", true, 143);

        final String command;
        final boolean init;
        final int stopped;

        Kind(String command, boolean init, int stopped) {
            this.command = command;
            this.init = init;
            this.stopped = stopped;
        }
    }

    final Map<String, Integer> tally = new TreeMap<>();
    State state = State.ABSENT;
    Kind kind = Kind.SHORT;
    String id = "";
    String name = "";
    int exitCode;

    /** Status of the answer to {@code POST start}. */
    int start() {
        return switch (state) {
            case ABSENT -> 404;
            case CREATED, EXITED -> {
                run();
                yield 204;
            }
            case RUNNING -> 304;
            case PAUSED -> 409;
        };
    }

    private void run() {
        state = State.RUNNING;
        exitCode = 0;
    }

    /** The process has ended. */
    void ended(int code) {
        state = State.EXITED;
        exitCode = code;
    }

    int stop() {
        return switch (state) {
            case ABSENT -> 404;
            case CREATED, EXITED -> 304;
            case RUNNING, PAUSED -> {
                ended(kind.stopped);
                yield 204;
            }
        };
    }

    int kill() {
        return switch (state) {
            case ABSENT -> 404;
            case CREATED, EXITED -> 409;
            case RUNNING, PAUSED -> {
                ended(137);
                yield 204;
            }
        };
    }

    /** A signal that the process ignores; without a stop signal of its own each may be the end, and wakes a paused container. */
    int signal() {
        return switch (state) {
            case ABSENT -> 404;
            case CREATED, EXITED -> 409;
            case RUNNING, PAUSED -> {
                state = State.RUNNING;
                yield 204;
            }
        };
    }

    int restart() {
        if (state == State.ABSENT) {
            return 404;
        }
        run();
        return 204;
    }

    int pause() {
        return switch (state) {
            case ABSENT -> 404;
            case RUNNING -> {
                state = State.PAUSED;
                yield 204;
            }
            case CREATED, EXITED, PAUSED -> 409;
        };
    }

    int unpause() {
        return switch (state) {
            case ABSENT -> 404;
            case PAUSED -> {
                state = State.RUNNING;
                yield 204;
            }
            // Docker's own, for an error that has no kind.
            case CREATED, EXITED, RUNNING -> 500;
        };
    }

    int remove(boolean force) {
        if (state == State.ABSENT) {
            return 404;
        }
        if (state.live() && !force) {
            return 409;
        }
        state = State.ABSENT;
        return 204;
    }

    int exec() {
        return switch (state) {
            case ABSENT -> 404;
            case RUNNING -> 201;
            case CREATED, EXITED, PAUSED -> 409;
        };
    }

    int top() {
        return state == State.ABSENT ? 404 : state.live() ? 200 : 409;
    }

    int update() {
        return state == State.ABSENT ? 404 : 200;
    }

    /** Notes an answer, for who wants to know that all were met. */
    void count(String operation, int status) {
        tally.merge(operation + " " + status, 1, Integer::sum);
    }

    @Override
    public String toString() {
        return "%s (%s, %s, exit code %d)".formatted(name, kind, state, exitCode);
    }

    /** Names of a worker's containers: few, so that they collide. */
    static String[] names(String prefix, int count) {
        return IntStream.range(0, count).mapToObj(i -> prefix + i).toArray(String[]::new);
    }
}
