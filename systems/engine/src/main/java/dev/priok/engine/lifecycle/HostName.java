package dev.priok.engine.lifecycle;

import dev.priok.core.Failure;
import dev.priok.engine.spec.Cause;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The name of this machine. */
public final class HostName {
    private HostName() {}

    /** What uname(2) would say of the daemon's own UTS namespace. */
    public static String read() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
        } catch (IOException e) {
            throw Failure.internal(e, "reading the name of this machine: %s", Cause.text(e));
        }
    }
}
