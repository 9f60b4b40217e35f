package dev.priok.runtime;

import java.time.Instant;

/**
 * How a process ended.
 *
 * @param waitStatus as wait(2) encodes it
 * @param at when its monitor saw it
 */
public record ExitStatus(int waitStatus, Instant at) {
    private static final int SIGNALLED = 128;

    /** The exit code; 128 plus the signal's number when a signal ended it, as shells say it. */
    public int code() {
        int signal = signal();
        return signal != 0 ? SIGNALLED + signal : (waitStatus >> 8) & 0xFF;
    }

    /** The signal that ended it, or 0. */
    public int signal() {
        return waitStatus & 0x7F;
    }
}
