package dev.priok.build.solve;

import dev.priok.archive.Compression;
import dev.priok.archive.TarReader;
import dev.priok.build.context.SpooledTree;
import dev.priok.build.context.TarSpooler;
import dev.priok.build.tree.Content;
import dev.priok.core.Failure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;

/** Tells archives from other files, by what is in them, and opens them. */
final class Archives {
    private Archives() {}

    /** Whether a regular file is a tar, compressed or not, with at least one file in it. */
    static boolean isArchive(Selected s) throws IOException {
        try (Content content = s.tree().content(s.realPath());
                InputStream plain = Compression.decompress(ContentStream.of(content))) {
            return new TarReader(plain).next().isPresent();
        } catch (IOException | Failure e) {
            // What cannot be read as an archive is none, and is copied as it is.
            return false;
        }
    }

    /** The files in an archive, with the owners that it names. */
    static SpooledTree open(Selected s, Path scratch) throws IOException {
        try (Content content = s.tree().content(s.realPath())) {
            return TarSpooler.read(ContentStream.of(content), "archive " + s.name(), scratch, true);
        }
    }
}
