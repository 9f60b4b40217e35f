package dev.priok.database;

/** What the end of a transaction promises; all survive a kill of the process. */
public enum Durability {
    /** On disk when the call returns: it survives a crash of the host. */
    FULL,
    /** Written in order, on disk some time later or with the next {@link #FULL} one: a crash of the host may undo it. */
    RELAXED
}
