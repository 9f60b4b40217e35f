package dev.priok.build.context;

import dev.priok.core.Digest;
import dev.priok.linux.DescriptorCalls;
import dev.priok.linux.Fd;
import dev.priok.linux.FileCalls;
import dev.priok.linux.OpenFlag;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Small files of build contexts by their SHA-256, so that those that did not change need not travel again. The files of one build
 * lie one after the other in a pack ({@code N.pack}), which becomes part of the pool when its list ({@code N.list}, sorted
 * records of digest, offset and size) has its name; both are on the disk by then. The packs that were not used for the longest
 * time go when there are too many bytes or packs. Losing a pack costs time, nothing else.
 */
public final class FilePool {
    /** Larger files cost a local socket little, and a disk much. */
    static final long LARGEST_KEPT_BYTES = 8L << 20;

    /** Each is looked through for each file. */
    private static final int MOST_PACKS = 32;

    private static final int DIGEST_BYTES = 32;
    private static final int RECORD_BYTES = DIGEST_BYTES + 16;
    private static final String PACK = ".pack";
    private static final String LIST = ".list";
    private static final Logger LOG = LoggerFactory.getLogger(FilePool.class);

    private final Path root;
    private final long maximumBytes;
    private final InstantSource clock;

    /** Packs that somebody reads. */
    private final Map<Long, Pack> open = new HashMap<>();

    private long lastNumber;

    /** A pack that is open; guarded by the pool but for reading its bytes. */
    private static final class Pack {
        final long number;
        final Fd file;
        final byte[] list;
        int users;

        Pack(long number, Fd file, byte[] list) {
            this.number = number;
            this.file = file;
            this.list = list;
        }
    }

    /** Where the bytes of a file are; the descriptor lives as long as the use that gave it. */
    record Place(Fd file, long offset) {}

    /**
     * Opens a pool; what a killed daemon did not finish is taken away.
     *
     * @param root directory of its own, made when it is missing
     * @param maximumBytes most that all packs may have
     */
    public FilePool(Path root, long maximumBytes, InstantSource clock) throws IOException {
        this.root = Files.createDirectories(root);
        this.maximumBytes = maximumBytes;
        this.clock = clock;
        try (Stream<Path> files = Files.list(root)) {
            for (Path file : files.toList()) {
                String name = file.getFileName().toString();
                Optional<Long> number = number(name);
                if (number.isEmpty() || (name.endsWith(PACK) && !Files.exists(path(number.get(), LIST)))) {
                    Files.delete(file);
                } else {
                    lastNumber = Math.max(lastNumber, number.get());
                }
            }
        }
    }

    private static Optional<Long> number(String name) {
        for (String end : List.of(PACK, LIST)) {
            if (name.endsWith(end)) {
                try {
                    return Optional.of(Long.parseLong(name.substring(0, name.length() - end.length())));
                } catch (NumberFormatException _) {
                    return Optional.empty();
                }
            }
        }
        return Optional.empty();
    }

    private Path path(long number, String end) {
        return root.resolve(number + end);
    }

    /** Begins to use the pool for one build. */
    Use use() throws IOException {
        return new Use(acquire());
    }

    private synchronized List<Pack> acquire() throws IOException {
        List<Pack> packs = new ArrayList<>();
        for (long number : sealed()) {
            Pack pack = open.get(number);
            if (pack == null) {
                try {
                    byte[] list = Files.readAllBytes(path(number, LIST));
                    Fd file = FileCalls.host().open(path(number, PACK).toString(), OpenFlag.RDONLY);
                    pack = new Pack(number, file, list);
                } catch (IOException e) {
                    LOG.warn("files kept from earlier builds in {} cannot be read", path(number, PACK), e);
                    delete(number);
                    continue;
                }
                open.put(number, pack);
            }
            pack.users++;
            packs.add(pack);
        }
        return packs;
    }

    private synchronized void release(Collection<Pack> packs) {
        for (Pack pack : packs) {
            if (--pack.users == 0) {
                open.remove(pack.number);
                pack.file.close();
            }
        }
    }

    /** Numbers of the packs that are whole, newest first. */
    private List<Long> sealed() throws IOException {
        try (Stream<Path> files = Files.list(root)) {
            return files.map(f -> f.getFileName().toString())
                    .filter(name -> name.endsWith(LIST))
                    .flatMap(name -> number(name).stream())
                    .sorted(Comparator.reverseOrder())
                    .toList();
        }
    }

    private void delete(long number) throws IOException {
        Files.deleteIfExists(path(number, LIST));
        Files.deleteIfExists(path(number, PACK));
    }

    /** Takes packs away until what is left is within the bounds. */
    private synchronized void shrink() throws IOException {
        record Old(long number, long bytes, FileTime used) {}
        List<Old> packs = new ArrayList<>();
        for (long number : sealed()) {
            try {
                packs.add(
                        new Old(number, Files.size(path(number, PACK)), Files.getLastModifiedTime(path(number, LIST))));
            } catch (NoSuchFileException e) {
                LOG.debug("a pack went away", e);
            }
        }
        packs.sort(Comparator.comparing(Old::used));
        long bytes = packs.stream().mapToLong(Old::bytes).sum();
        int left = packs.size();
        for (Old pack : packs) {
            if (bytes <= maximumBytes && left <= MOST_PACKS) {
                return;
            }
            delete(pack.number());
            bytes -= pack.bytes();
            left--;
        }
    }

    private synchronized long newNumber() {
        return ++lastNumber;
    }

    /** The pool as one build uses it: what it finds stays readable until this is closed. For one thread but for {@link #find}. */
    final class Use implements AutoCloseable {
        private final List<Pack> packs;
        private final TreeMap<Digest, long[]> added = new TreeMap<>();
        private final List<Pack> used = new ArrayList<>();
        private long number;
        private @Nullable Fd file;
        private @Nullable FileAppender appender;

        private Use(List<Pack> packs) {
            this.packs = packs;
        }

        /** Looks for the bytes of a file. */
        Optional<Place> find(Digest digest, long size) {
            byte[] wanted = HexFormat.of().parseHex(digest.hex());
            for (Pack pack : packs) {
                int at = search(pack.list, wanted);
                if (at >= 0 && ByteBuffer.wrap(pack.list).getLong(at + DIGEST_BYTES + 8) == size) {
                    synchronized (used) {
                        if (!used.contains(pack)) {
                            used.add(pack);
                        }
                    }
                    return Optional.of(
                            new Place(pack.file, ByteBuffer.wrap(pack.list).getLong(at + DIGEST_BYTES)));
                }
            }
            return Optional.empty();
        }

        /** Whether more may be kept of this build. */
        boolean hasRoom() {
            FileAppender there = appender;
            return there == null || there.position() + LARGEST_KEPT_BYTES <= maximumBytes;
        }

        /** Where kept files are written. */
        FileAppender appender() throws IOException {
            FileAppender there = appender;
            if (there == null) {
                number = newNumber();
                Fd opened = FileCalls.host()
                        .open(path(number, PACK).toString(), OpenFlag.RDWR | OpenFlag.CREAT | OpenFlag.EXCL, 0600);
                file = opened;
                there = new FileAppender(opened, 0);
                appender = there;
            }
            return there;
        }

        /** Says what was written. */
        void appended(Digest digest, long offset, long size) {
            added.put(digest, new long[] {offset, size});
        }

        void flush() throws IOException {
            FileAppender there = appender;
            if (there != null) {
                there.flush();
            }
        }

        /** Keeps what was written, in the background: the build need not wait for the disk. */
        @Override
        public void close() {
            Thread.ofVirtual().name("build-files").start(() -> {
                try {
                    seal();
                    for (Pack pack : used) {
                        if (Files.exists(path(pack.number, LIST))) {
                            Files.setLastModifiedTime(path(pack.number, LIST), FileTime.from(clock.instant()));
                        }
                    }
                    shrink();
                } catch (IOException | RuntimeException e) {
                    LOG.warn("files of a build context cannot be kept for the next build in {}", root, e);
                } finally {
                    release(packs);
                }
            });
        }

        private void seal() throws IOException {
            Fd written = file;
            if (written == null) {
                return;
            }
            try (written) {
                ByteBuffer list = ByteBuffer.allocate(added.size() * RECORD_BYTES);
                added.forEach((digest, place) -> list.put(HexFormat.of().parseHex(digest.hex()))
                        .putLong(place[0])
                        .putLong(place[1]));
                DescriptorCalls.host().sync(written);
                Path unfinished = root.resolve(number + ".new");
                try (Fd out = FileCalls.host()
                        .open(unfinished.toString(), OpenFlag.WRONLY | OpenFlag.CREAT | OpenFlag.TRUNC, 0600)) {
                    DescriptorCalls.host().writeAll(out, list.array());
                    DescriptorCalls.host().sync(out);
                }
                Files.move(unfinished, path(number, LIST), StandardCopyOption.ATOMIC_MOVE);
            }
        }
    }

    /** Position of a record, or -1. */
    private static int search(byte[] list, byte[] wanted) {
        int low = 0;
        int high = list.length / RECORD_BYTES - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int at = middle * RECORD_BYTES;
            int order = Arrays.compareUnsigned(list, at, at + DIGEST_BYTES, wanted, 0, DIGEST_BYTES);
            if (order == 0) {
                return at;
            }
            if (order < 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return -1;
    }
}
