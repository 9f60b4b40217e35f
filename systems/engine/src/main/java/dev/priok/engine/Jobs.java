package dev.priok.engine;

import dev.priok.snapshot.Mount;
import java.io.IOException;
import java.util.List;

/**
 * Runs processes that are confined as containers are and are none: those of a build. They are not listed, have no log, and end with
 * the daemon.
 */
public interface Jobs {
    /**
     * Starts one process.
     *
     * @param output gets what it writes, by one thread at a time; it may block and so delay the process
     * @throws dev.priok.runtime.StartException when its program cannot be executed
     * @throws IOException when it could not be made; nothing is left behind then
     */
    Running start(Job job, OutputSink output) throws IOException;

    /**
     * What to run.
     *
     * @param id 64 hexadecimal characters
     * @param rootfs the root file system, one mount
     * @param spec how it is confined; its image, mounts and user are not looked at
     * @param program with its arguments
     * @param uid of the process
     * @param gid of the process
     * @param additionalGids further groups
     * @param mounts besides those that every container has
     */
    record Job(
            String id,
            Mount rootfs,
            ContainerSpec spec,
            List<String> program,
            int uid,
            int gid,
            List<Integer> additionalGids,
            List<StorageSpec.Mount> mounts) {
        public Job {
            program = List.copyOf(program);
            additionalGids = List.copyOf(additionalGids);
            mounts = List.copyOf(mounts);
        }
    }

    /** A process that was started. */
    interface Running {
        /** Waits until it and everything that it started is gone and nothing of it is left; its exit code, 128 plus a signal's number. */
        int await() throws IOException, InterruptedException;

        /** Kills it with everything that it started. */
        void kill() throws IOException;
    }
}
