package dev.priok.cli.command;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** Writes what a daemon sends to {@code -o FILE}, or to standard output. */
public final class OutputFile {
    private OutputFile() {}

    /** Refuses to write an archive to a terminal, or into a folder that is not there. */
    public static void check(Session session, String file) {
        if (file.isEmpty()) {
            if (session.terminal().isOutput()) {
                throw new CommandFailed("cowardly refusing to save to a terminal. Use the -o flag or redirect");
            }
            return;
        }
        Path parent = Path.of(file).toAbsolutePath().getParent();
        if (parent != null && !Files.isDirectory(parent)) {
            throw new CommandFailed("invalid output path: directory \"" + parent + "\" does not exist");
        }
        if (Files.isDirectory(Path.of(file))) {
            throw new CommandFailed("invalid output path: \"" + file + "\" is a directory");
        }
    }

    /** Copies everything; a file appears only when it is whole. */
    public static void write(Session session, String file, InputStream content) throws IOException {
        if (file.isEmpty()) {
            session.flush();
            content.transferTo(session.rawOut());
            return;
        }
        Path target = Path.of(file).toAbsolutePath();
        if (Files.exists(target) && !Files.isRegularFile(target)) {
            // A device or a pipe cannot be replaced by a rename.
            try (var out = Files.newOutputStream(target)) {
                content.transferTo(out);
            }
            return;
        }
        Path temporary = Files.createTempFile(target.getParent(), ".priok-", ".tmp");
        try {
            Files.copy(content, temporary, StandardCopyOption.REPLACE_EXISTING);
            try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }
}
