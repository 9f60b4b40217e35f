package dev.priok.cgroup.internal;

import java.nio.file.Path;

/**
 * One control file to be written.
 *
 * @param warning what the user is told when this host does not have the file or does not let us write it
 */
record Setting(Path file, String value, String warning) {
    Setting(Path directory, String name, long value, String warning) {
        this(directory.resolve(name), Long.toString(value), warning);
    }
}
