package dev.priok.init;

import dev.priok.init.internal.Encoder;
import dev.priok.init.internal.Printer;
import dev.priok.linux.Architecture;
import java.util.List;

/** A list of steps in the form that priok-init performs (src/main/c/program.h), with what each entry is for. */
public final class Program {
    private final byte[] bytes;
    private final List<String> purposes;

    private Program(byte[] bytes, List<String> purposes) {
        this.bytes = bytes;
        this.purposes = List.copyOf(purposes);
    }

    /**
     * Encodes a list.
     *
     * @param report pipe that the {@link Report}s go to, a fixed slot
     * @throws IllegalArgumentException when a slot is used that no step before fills, or a call is unknown on the architecture
     */
    public static Program of(Steps steps, Slot report, Architecture architecture) {
        Encoder encoder = new Encoder(architecture);
        encoder.encode(steps);
        return new Program(encoder.bytes(report), encoder.purposes());
    }

    /** The list as strace would write it, a line each; turns in the list are indented. */
    public static List<String> describe(Steps steps) {
        return Printer.print(steps);
    }

    public byte[] bytes() {
        return bytes.clone();
    }

    /** What the entry that a {@link Report} names is for. */
    public String purposeOf(int entry) {
        return entry >= 0 && entry < purposes.size() ? purposes.get(entry) : "step " + entry;
    }
}
