package dev.priok.engine;

import dev.priok.core.Platform;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Every operation on containers. {@code ref} is a whole id, a name (with or without slash), or a unique prefix of an id. */
public interface Containers {
    /** Makes a container. {@code platform} is the one wanted, empty for this machine's. */
    Created create(ContainerSpec spec, Optional<Platform> platform);

    /** What create answers. */
    record Created(String id, List<String> warnings) {}

    /** Starts it; NOT_MODIFIED when it runs. */
    void start(String ref);

    /** Stops it; NOT_MODIFIED when it does not run. */
    void stop(String ref, StopOptions options);

    /** How to stop; null for what the container says. */
    record StopOptions(@Nullable String signal, @Nullable Integer timeoutSeconds) {
        public static final StopOptions DEFAULT = new StopOptions(null, null);
    }

    void restart(String ref, StopOptions options);

    /** Sends a signal, by name or number; empty for SIGKILL, which waits for the end. */
    void kill(String ref, String signal);

    void pause(String ref);

    void unpause(String ref);

    void rename(String ref, String newName);

    /** Changes limits and the restart policy; zero and null keep what is. Returns warnings. */
    List<String> update(String ref, Limits limits, @Nullable RestartPolicy restart);

    void remove(String ref, RemoveOptions options);

    /** How to remove: kill it first, take anonymous volumes along, remove a legacy link instead. */
    record RemoveOptions(boolean force, boolean volumes, boolean link) {}

    /** Completes when the condition holds; cancelling it is allowed and frees it. */
    CompletableFuture<ExitStatus> wait(String ref, WaitCondition condition);

    /** What wait waits for. */
    enum WaitCondition {
        NOT_RUNNING,
        NEXT_EXIT,
        REMOVED
    }

    /** How it ended; {@code error} is null unless waiting itself failed. */
    record ExitStatus(int exitCode, @Nullable String error) {}

    /** Checks, and prepares to join a client to the container's streams. */
    Session attach(String ref, AttachRequest request);

    /** Which streams, whether to replay the log first, whether to follow, and the keys that detach (null for ctrl-p ctrl-q). */
    record AttachRequest(
            boolean stdin,
            boolean stdout,
            boolean stderr,
            boolean stream,
            boolean logs,
            @Nullable String detachKeys) {}

    /** Checks, and opens the container's log. */
    Cursor<LogLine> logs(String ref, LogQuery query);

    /** Which lines; {@code tail} is negative for all. */
    record LogQuery(
            boolean stdout,
            boolean stderr,
            boolean follow,
            @Nullable Instant since,
            @Nullable Instant until,
            long tail) {}

    /** One piece of a log. */
    final class LogLine {
        private final Instant time;
        private final OutputSink.Channel channel;
        private final byte[] bytes;
        private final Map<String, String> attributes;

        /** The bytes become this object's. */
        public LogLine(Instant time, OutputSink.Channel channel, byte[] bytes, Map<String, String> attributes) {
            this.time = time;
            this.channel = channel;
            this.bytes = bytes;
            this.attributes = Map.copyOf(attributes);
        }

        public Instant time() {
            return time;
        }

        public OutputSink.Channel channel() {
            return channel;
        }

        /** With its line end, unless it is the part of a longer line; not a copy. */
        public byte[] bytes() {
            return bytes;
        }

        /** What {@code --details} shows. */
        public Map<String, String> attributes() {
            return attributes;
        }
    }

    void resize(String ref, int height, int width);

    /** The container's processes as {@code ps} with these arguments would show them. */
    ProcessTable top(String ref, String psArguments);

    /** Column titles and rows. */
    record ProcessTable(List<String> titles, List<List<String>> rows) {}

    /** Samples once a second; without {@code stream} one sample (two readings, one with {@code oneShot}). */
    Cursor<Stats> stats(String ref, boolean stream, boolean oneShot);

    /** Paths that differ from the image, sorted. */
    List<Change> changes(String ref);

    /** One changed path. */
    record Change(String path, Kind kind) {
        /** In the order of Docker's numbers. */
        public enum Kind {
            MODIFIED,
            ADDED,
            DELETED
        }
    }

    /** Writes the root file system as a tar; {@code out} stays open. */
    void export(String ref, OutputStream out) throws IOException;

    PathStat statPath(String ref, String path);

    /** A file in a container; {@code mode} has Go's FileMode bits, as the header wants them. */
    record PathStat(String name, long size, long mode, Instant modified, String linkTarget) {}

    /** Writes the path as a tar; {@code out} stays open. */
    void copyOut(String ref, String path, OutputStream out) throws IOException;

    /** Unpacks a tar, plain or compressed, into the directory. */
    void copyIn(String ref, String path, InputStream tar, boolean noOverwriteDirNonDir, boolean copyOwner)
            throws IOException;

    /** Makes an image of the container's state; returns its id. */
    String commit(String ref, CommitRequest request) throws IOException;

    /** What the new image is called, and instructions in Dockerfile syntax that change its configuration. */
    record CommitRequest(
            String repository,
            String tag,
            String comment,
            String author,
            boolean pause,
            List<String> changes,
            @Nullable ImageSettings settings) {}

    PruneResult prune(Filters filters);

    List<ContainerView> list(ListQuery query);

    /** Which containers; a limit of 0 or less means all of them. */
    record ListQuery(boolean all, int limit, boolean size, Filters filters) {}

    ContainerView inspect(String ref, boolean size);

    /** The system calls that made the container, one a line. */
    String stepsText(String ref);
}
