package dev.priok.init;

import dev.priok.linux.Fd;

/** A word that is known when the list runs: mostly a descriptor, sometimes the number of a process. */
public sealed interface Slot {
    /** The current directory of the running list (AT_FDCWD). */
    Slot CURRENT_DIRECTORY = new Fixed("AT_FDCWD", Fd.AT_FDCWD);

    /** How the list is printed. */
    String name();

    /** What an earlier step returned. Two results of the same name are the same word. */
    static Slot result(String name) {
        return new Result(name);
    }

    /** A descriptor that the new process inherits from this one under the same number. */
    static Slot inherited(String name, Fd fd) {
        return new Fixed(name, fd.number());
    }

    /** A number that is known beforehand. */
    static Slot fixed(String name, int number) {
        return new Fixed(name, number);
    }

    /**
     * What an earlier step returned.
     *
     * @param name identifies it within a program
     */
    record Result(String name) implements Slot {}

    /**
     * Known beforehand.
     *
     * @param name for printing
     * @param number what it is
     */
    record Fixed(String name, int number) implements Slot {}
}
