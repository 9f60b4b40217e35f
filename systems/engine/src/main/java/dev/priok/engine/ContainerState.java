package dev.priok.engine;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where in its life a container is.
 *
 * @param status the one word
 * @param pid of the first process on the host; 0 when none runs
 * @param exitCode of the last run
 * @param error why the last start failed; empty otherwise
 * @param oomKilled whether the kernel killed a process of the last run for want of memory
 * @param startedAt of the last start; null before the first
 * @param finishedAt of the last end; null before the first
 * @param health null without a health check
 */
public record ContainerState(
        Status status,
        int pid,
        int exitCode,
        String error,
        boolean oomKilled,
        @Nullable Instant startedAt,
        @Nullable Instant finishedAt,
        @Nullable Health health) {
    /** Fresh from create. */
    public static final ContainerState CREATED = new ContainerState(Status.CREATED, 0, 0, "", false, null, null, null);

    /** Docker's status words. */
    public enum Status {
        CREATED,
        RUNNING,
        PAUSED,
        RESTARTING,
        REMOVING,
        EXITED,
        DEAD;

        /** The word on the wire. */
        public String word() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /** Whether Docker calls it running: paused and restarting containers count. */
    public boolean running() {
        return status == Status.RUNNING || status == Status.PAUSED || status == Status.RESTARTING;
    }

    public boolean paused() {
        return status == Status.PAUSED;
    }

    public boolean restarting() {
        return status == Status.RESTARTING;
    }

    /** Whether a process lives. */
    public boolean live() {
        return status == Status.RUNNING || status == Status.PAUSED;
    }

    /** This state under another word. */
    public ContainerState withStatus(Status newStatus) {
        return new ContainerState(newStatus, pid, exitCode, error, oomKilled, startedAt, finishedAt, health);
    }

    /** This state without a process. */
    public ContainerState withoutProcess() {
        return new ContainerState(status, 0, exitCode, error, oomKilled, startedAt, finishedAt, health);
    }

    public ContainerState withHealth(@Nullable Health newHealth) {
        return new ContainerState(status, pid, exitCode, error, oomKilled, startedAt, finishedAt, newHealth);
    }

    /** This state, with the mark that memory ran out. */
    public ContainerState withOutOfMemory() {
        return new ContainerState(status, pid, exitCode, error, true, startedAt, finishedAt, health);
    }

    /**
     * What the probes say.
     *
     * @param status {@code starting}, {@code healthy} or {@code unhealthy}
     * @param failingStreak failures in a row
     * @param log the last five results, oldest first
     */
    public record Health(String status, int failingStreak, List<Probe> log) {
        public Health {
            log = Copies.list(log);
        }
    }

    /** One probe; an exit code of -1 is a timeout or a failure to start. */
    public record Probe(Instant start, Instant end, int exitCode, String output) {}
}
