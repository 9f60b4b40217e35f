package dev.priok.cgroup.internal;

import dev.priok.linux.Fd;
import dev.priok.linux.SyscallException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What the kernel's control file systems can do; tests put a tree of their own in its place. */
interface ControlFiles {
    boolean exists(Path file);

    /** The text of a file; empty when there is no such file, or its group is gone. */
    Optional<String> read(Path file) throws IOException;

    /** Writes each line by one write(2) into an existing file; control files are never made. */
    void write(Path file, List<String> lines) throws SyscallException;

    default void write(Path file, String line) throws SyscallException {
        write(file, List.of(line));
    }

    void mkdir(Path directory) throws SyscallException;

    void rmdir(Path directory) throws SyscallException;

    /** The groups right below; none when the directory is gone. */
    List<Path> children(Path directory) throws IOException;

    Fd openForWriting(Path file) throws SyscallException;

    Fd openDirectory(Path directory) throws SyscallException;

    /** True when somebody above has handed this v2 group to us for good, as systemd's {@code Delegate=} does. */
    boolean delegated(Path directory) throws IOException;
}
