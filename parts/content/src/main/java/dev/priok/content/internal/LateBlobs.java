package dev.priok.content.internal;

import dev.priok.core.Digest;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Blobs that are whole and checked and not on disk yet. Each lies in the folder of what is being written, under a name that tells the
 * boot of the host, until it is flushed and moved to its place: after a crash of the host it may be full of holes.
 */
final class LateBlobs {
    private static final Logger LOG = LoggerFactory.getLogger(LateBlobs.class);
    /** Long enough that the layers of a pull share the time, and short beside the kernel's own 30 seconds. */
    private static final Duration DELAY = Duration.ofSeconds(2);

    private static final Pattern NAME = Pattern.compile("late\\.([^.]*)\\.([a-z0-9]+)-([0-9a-f]+)");

    private final Path folder;
    private final Function<Digest, Path> places;
    private final RunningTotal total;
    private final String boot;
    private final Map<Digest, Path> files = new ConcurrentHashMap<>();
    private final AtomicBoolean planned = new AtomicBoolean();

    /**
     * Looks after a folder.
     *
     * @param places where a blob belongs
     * @param total counts those that come to their places
     */
    LateBlobs(Path folder, Function<Digest, Path> places, RunningTotal total) throws IOException {
        this.folder = folder;
        this.total = total;
        this.places = places;
        this.boot = Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
    }

    /** Takes over what a killed process left. The host has not gone down since: what is in these files will reach the disk. */
    void takeOver() throws IOException {
        try (DirectoryStream<Path> left = Files.newDirectoryStream(folder, "late.*")) {
            for (Path file : left) {
                Matcher name = NAME.matcher(file.getFileName().toString());
                if (name.matches() && name.group(1).equals(boot)) {
                    files.put(new Digest(name.group(2), name.group(3)), file);
                }
            }
        }
        settleAll();
    }

    /** Where a blob lies that is not on disk yet. */
    Optional<Path> file(Digest digest) {
        return Optional.ofNullable(files.get(digest));
    }

    Set<Digest> digests() {
        return Set.copyOf(files.keySet());
    }

    void add(Digest digest, Path file) throws IOException {
        Path late = folder.resolve("late." + boot + "." + digest.algorithm() + "-" + digest.hex());
        Files.move(file, late, StandardCopyOption.ATOMIC_MOVE);
        files.put(digest, late);
        if (planned.compareAndSet(false, true)) {
            Thread.ofPlatform().name("content-flush").daemon().start(this::settleInAMoment);
        }
    }

    boolean delete(Digest digest) throws IOException {
        Path file = files.remove(digest);
        return file != null && Files.deleteIfExists(file);
    }

    private void settleInAMoment() {
        try {
            Thread.sleep(DELAY);
            planned.set(false);
            settleAll();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            LOG.warn("cannot flush blobs to disk", e);
        }
    }

    /** Flushes all that are here now, and moves them to their places. */
    synchronized void settleAll() throws IOException {
        for (Map.Entry<Digest, Path> late : Map.copyOf(files).entrySet()) {
            try {
                settle(late.getKey(), late.getValue());
            } catch (NoSuchFileException _) {
                // It was deleted.
                files.remove(late.getKey(), late.getValue());
            }
        }
    }

    private void settle(Digest digest, Path file) throws IOException {
        Path place = places.apply(digest);
        long size;
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
            size = channel.size();
        }
        total.place(file, place, size);
        files.remove(digest, file);
        FolderContentStore.syncFolder(Objects.requireNonNull(place.getParent()));
    }
}
