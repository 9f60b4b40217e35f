package dev.priok.build.solve;

import dev.priok.build.BuildCache;
import dev.priok.build.CancelSignal;
import dev.priok.build.plan.Operation.MountRequest;
import dev.priok.core.Digest;
import dev.priok.linux.Fd;
import dev.priok.linux.FileCalls;
import dev.priok.linux.OpenFlag;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The directories of {@code RUN --mount=type=cache}, which live on from build to build. */
final class CacheMounts {
    /** How often a waiting step looks whether its build was cancelled. */
    private static final long LOOK_AGAIN_MILLIS = 200;

    /** Beside each directory lies a file with the id that it was asked for by, whose time is that of its last use. */
    private static final String NAME = ".id";

    private static final String NEW = ".new";

    private final Path root;
    private final Object seeding = new Object();
    private final InstantSource clock;
    private final Map<String, Integer> sharers = new HashMap<>();

    /** Keeps them below {@code root}, which is made when it is first needed. */
    CacheMounts(Path root, InstantSource clock) {
        this.root = root;
        this.clock = clock;
    }

    /** All directories, and what they take; walks them. */
    List<BuildCache.Entry> entries() {
        List<BuildCache.Entry> entries = new ArrayList<>();
        if (!Files.isDirectory(root)) {
            return entries;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(root, "*" + NAME)) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                name = name.substring(0, name.length() - NAME.length());
                Instant used = Files.getLastModifiedTime(file).toInstant();
                entries.add(new BuildCache.Entry(
                        key(name),
                        Optional.empty(),
                        "cache mount " + Files.readString(file),
                        used,
                        used,
                        0,
                        bytes(root.resolve(name)),
                        BuildCache.Entry.CACHE_MOUNT,
                        isInUse(name),
                        false));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return entries;
    }

    private static Digest key(String name) {
        return Digest.sha256(("cache mount " + name).getBytes(StandardCharsets.UTF_8));
    }

    private synchronized boolean isInUse(String name) {
        return sharers.containsKey(name);
    }

    private static long bytes(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(f -> Files.isRegularFile(f, LinkOption.NOFOLLOW_LINKS))
                    .mapToLong(f -> f.toFile().length())
                    .sum();
        } catch (NoSuchFileException | UncheckedIOException _) {
            // A step that runs takes files away; what is left is counted the next time.
            return 0;
        }
    }

    /** Removes the directory with this key, unless a step uses it. */
    synchronized boolean remove(Digest key) throws IOException {
        for (BuildCache.Entry entry : entries()) {
            if (entry.key().equals(key) && !entry.inUse()) {
                try (DirectoryStream<Path> files = Files.newDirectoryStream(root, "*" + NAME)) {
                    for (Path file : files) {
                        String name = file.getFileName().toString();
                        name = name.substring(0, name.length() - NAME.length());
                        if (key(name).equals(key)) {
                            Scratch.delete(root.resolve(name));
                            Files.delete(file);
                            return true;
                        }
                    }
                }
            }
        }
        return false;
    }

    /** A directory in use by one step. */
    interface InUse extends AutoCloseable {
        Path directory();

        @Override
        void close();
    }

    /** Fills a directory that is new. */
    interface Seed {
        void fill(Path directory) throws IOException;
    }

    /** Takes the directory of a request; waits for one that is locked by another step. */
    InUse take(MountRequest.Cache request, Seed seed, CancelSignal cancel) throws IOException {
        String id = Digest.sha256(request.id().getBytes(StandardCharsets.UTF_8)).hex();
        String name = switch (request.sharing()) {
            case SHARED -> shared(id);
            case LOCKED -> locked(id, cancel);
            case PRIVATE -> unused(id);
        };
        try {
            Path directory = root.resolve(name);
            synchronized (seeding) {
                if (!Files.isDirectory(directory)) {
                    make(name, request, seed);
                }
            }
            Files.setLastModifiedTime(root.resolve(name + NAME), FileTime.from(clock.instant()));
            return use(name, directory);
        } catch (IOException | RuntimeException e) {
            release(name);
            throw e;
        }
    }

    /** Makes a directory aside, so that what a killed daemon had half filled is never used. */
    private void make(String name, MountRequest.Cache request, Seed seed) throws IOException {
        Path aside = root.resolve(name + NEW);
        Scratch.delete(aside);
        Files.createDirectories(aside);
        seed.fill(aside);
        own(aside, request);
        Files.writeString(root.resolve(name + NAME), request.id());
        Files.move(aside, root.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }

    private InUse use(String name, Path directory) {
        return new InUse() {
            @Override
            public Path directory() {
                return directory;
            }

            @Override
            public void close() {
                release(name);
            }
        };
    }

    private static void own(Path directory, MountRequest.Cache request) throws IOException {
        try (Fd fd = FileCalls.host().open(directory.toString(), OpenFlag.RDONLY | OpenFlag.DIRECTORY)) {
            FileCalls.host().chown(fd, request.uid(), request.gid());
            FileCalls.host().chmod(fd, request.permissions());
        }
    }

    private synchronized String shared(String id) {
        sharers.merge(id, 1, Integer::sum);
        return id;
    }

    private synchronized String locked(String id, CancelSignal cancel) {
        while (sharers.containsKey(id)) {
            cancel.check();
            try {
                wait(LOOK_AGAIN_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                cancel.cancel();
            }
        }
        return shared(id);
    }

    private synchronized String unused(String id) {
        int number = 0;
        while (sharers.containsKey(number == 0 ? id : id + "-" + number)) {
            number++;
        }
        return shared(number == 0 ? id : id + "-" + number);
    }

    private synchronized void release(String name) {
        sharers.computeIfPresent(name, (_, count) -> count == 1 ? null : count - 1);
        notifyAll();
    }
}
