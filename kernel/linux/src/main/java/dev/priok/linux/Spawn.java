package dev.priok.linux;

import dev.priok.linux.internal.PosixSpawn;
import java.util.List;

/** Starts a program by posix_spawn(3): the one way to make a process that is safe in a JVM of many threads. */
public final class Spawn {
    private Spawn() {}

    /**
     * Starts {@code executable} with an empty environment, default signal handling and no blocked signal. The new
     * process inherits exactly the descriptors in {@code inherited}, under the same numbers (close-on-exec is cleared in
     * the child), besides those of this JVM that lack close-on-exec: what must not leak is closed by the program itself.
     *
     * @param executable opened program, such as a sealed memory file
     * @return the new process's number; it is a child of this process and must be reaped
     */
    public static int start(Fd executable, List<String> arguments, List<Fd> inherited) throws SyscallException {
        int[] numbers = inherited.stream().mapToInt(Fd::number).toArray();
        return PosixSpawn.start(executable.procPath(), arguments, numbers);
    }
}
