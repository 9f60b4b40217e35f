package dev.priok.cgroup.internal;

import java.io.IOException;
import java.time.Duration;

/** Waits for a group to stand still. */
final class Waiting {
    private static final long LONGEST_PAUSE_MILLIS = 20;

    private Waiting() {}

    /** A question to the kernel. */
    @FunctionalInterface
    interface Question {
        boolean answer() throws IOException;
    }

    /** Asks until the answer is yes; thaws and gives up when patience runs out. */
    static void until(Question question, Duration patience, Freezing freezing) throws IOException {
        long deadline = System.nanoTime() + patience.toNanos();
        long pause = 1;
        while (!question.answer()) {
            if (System.nanoTime() - deadline > 0) {
                freezing.thaw();
                throw new IOException("the processes do not stand still after " + patience);
            }
            Groups.pause(pause);
            pause = Math.min(pause * 2, LONGEST_PAUSE_MILLIS);
        }
    }
}
