package dev.priok.init;

/** One thing that a new process does: a system call, or a turn in the list. */
public sealed interface Step permits Flow, SystemCall {}
