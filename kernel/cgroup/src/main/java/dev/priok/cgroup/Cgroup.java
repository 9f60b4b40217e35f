package dev.priok.cgroup;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * One control group, on every hierarchy that matters. A handle without a life of its own: the group stays until
 * {@link #remove}, whatever becomes of this process. Safe for use by several threads.
 */
public interface Cgroup {
    /** Its path on the hierarchies, such as {@code /priok/0123abc}. */
    String path();

    /** What could not be limited when it was made, in Docker's words; empty when all holds. */
    List<String> warnings();

    /** Opens what a starting process needs to get into this group; the caller closes it. */
    CgroupPlacement placement() throws IOException;

    /**
     * Changes limits, for running processes too; may block while the kernel gives memory back.
     *
     * @return what could not be limited, in Docker's words
     * @throws dev.priok.core.Failure INVALID when the kernel refuses a value, CONFLICT when more memory is in use than the
     *     new ceiling allows
     */
    List<String> update(Limits limits) throws IOException;

    /** Reads all counters; costs the kernel some work for memory, so ask only for what is watched. */
    CgroupStats stats() throws IOException;

    /**
     * Suspends every process, and waits until all stand still.
     *
     * @throws IOException when they do not stand still in time; they run on then
     */
    void freeze(Duration patience) throws IOException;

    /** Lets suspended processes run on. */
    void thaw() throws IOException;

    boolean frozen() throws IOException;

    /** Kills every process in it and below it, frozen ones too, and those that are being forked; does not wait. */
    void kill() throws IOException;

    /** The processes in it and below it, as this process's pid namespace numbers them. */
    List<Integer> pids() throws IOException;

    /** How many processes were killed because memory ran out, since the group was made; 0 where the kernel does not count. */
    long oomKills() throws IOException;

    /** Tells {@code listener} whenever the group runs out of memory, until it is closed or the group is gone. */
    OomWatch watchOom(OomListener listener) throws IOException;

    /** What a process inside should find at {@code /sys/fs/cgroup}. */
    CgroupView view();

    /**
     * Removes it and all groups below it; they must have no process left but dying ones, which are waited for. What is
     * gone already is no error.
     *
     * @throws dev.priok.core.Failure CONFLICT when processes remain
     */
    void remove() throws IOException;

    /** Ends the watching when closed. */
    interface OomWatch extends AutoCloseable {
        @Override
        void close();
    }
}
