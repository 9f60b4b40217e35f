package dev.priok.logs.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What this machine calls itself. */
final class HostName {
    private static final Path KERNEL = Path.of("/proc/sys/kernel/hostname");

    private HostName() {}

    static String ofThisMachine() {
        try {
            return Files.readString(KERNEL).strip();
        } catch (IOException _) {
            return "localhost"; // as syslog(3) has it when nobody knows better
        }
    }
}
