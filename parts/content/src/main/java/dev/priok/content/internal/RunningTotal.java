package dev.priok.content.internal;

import dev.priok.content.Blob;
import dev.priok.content.Holdings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/** Counts blobs: the first question lists them, from then on every change is counted. */
final class RunningTotal {
    private boolean known;
    private long count;
    private long bytes;

    /** Lists all blobs. */
    interface Listing {
        List<Blob> all() throws IOException;
    }

    /** Moves a blob into its place. */
    synchronized void place(Path file, Path target, long size) throws IOException {
        boolean fresh = !Files.exists(target);
        Files.move(file, target, StandardCopyOption.ATOMIC_MOVE);
        if (known && fresh) {
            count++;
            bytes += size;
        }
    }

    /** Removes a blob; false when there is none. */
    synchronized boolean remove(Path file) throws IOException {
        long size = known && Files.exists(file) ? Files.size(file) : 0;
        boolean removed = Files.deleteIfExists(file);
        if (known && removed) {
            count--;
            bytes -= size;
        }
        return removed;
    }

    synchronized Holdings read(Listing listing) throws IOException {
        if (!known) {
            List<Blob> all = listing.all();
            count = all.size();
            bytes = all.stream().mapToLong(Blob::size).sum();
            known = true;
        }
        return new Holdings(count, bytes);
    }
}
