package dev.priok.runtime;

/** What starting a process consists of, in order. */
public enum StartPhase {
    /** Pipes or a terminal, namespaces that are joined, the mount of the root. */
    PREPARE,
    /** The list of system calls, and its encoding. */
    PROGRAM,
    /** The record for a later daemon, and the monitor's posix_spawn(3). */
    SPAWN,
    /** The system calls, performed by the new process, up to its execve(2). */
    RUN
}
