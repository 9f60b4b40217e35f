package dev.priok.init;

/** A step that is a system call; a record for each. */
public sealed interface SystemCall extends Step permits FileStep, MountStep, ProcessStep {
    /** Its number and arguments. */
    Call call();
}
