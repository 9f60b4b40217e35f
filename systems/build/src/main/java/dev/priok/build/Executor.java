package dev.priok.build;

import java.io.IOException;

/**
 * Runs the processes of RUN. The daemon gives the builder one that uses the container runtime; tests give one that only
 * pretends.
 */
public interface Executor {
    /**
     * Runs one process in a container of its own and waits until it and everything it started is gone. The container is
     * removed before this returns, whatever happened.
     *
     * @param output gets what the process writes, by one thread at a time
     * @param cancel when it fires, the container is killed and {@link java.util.concurrent.CancellationException} thrown
     * @return the exit code, 128 and the signal's number when a signal ended it; 126 or 127 when the program could not be
     *     started, with the reason in {@code output}
     * @throws IOException when the container could not be made
     */
    int run(ProcessSpec process, OutputSink output, CancelSignal cancel) throws IOException;

    /** Takes the output of a process. */
    interface OutputSink {
        /** {@code length} bytes of {@code buffer} from {@code offset}; the buffer is the caller's again afterwards. */
        void write(BuildEvent.Channel channel, byte[] buffer, int offset, int length);
    }
}
