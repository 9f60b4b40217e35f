package dev.priok.build.context;

import dev.priok.archive.TarEntry;
import dev.priok.archive.TarReader;
import dev.priok.build.BuildExtras;
import dev.priok.build.ContextClient;
import dev.priok.build.tree.SourceTree.Need;
import dev.priok.core.Digest;
import dev.priok.core.Failure;
import dev.priok.linux.Fd;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Brings files of a build context from the client when a step needs them. What to send is asked for in the answer, as ranges of
 * numbers ({@code 3-17,20}); what is sent follows the list in the request, under
 * {@code .priok-build-inputs/files/NUMBER}.
 */
final class ContextFeed implements AutoCloseable {
    private static final String FILES = BuildExtras.PACK + "/files/";

    private static final String ANSWERS = BuildExtras.PACK + "/agent/";

    private static final int BUFFER_BYTES = 256 << 10;

    private final TarReader tar;
    private final List<SpooledTree.Entry> entries;
    private final SpooledTree.Entry root;
    private final FilePool.Use pool;
    private final FileAppender spool;
    private final ContextClient client;
    private final AgentCalls agents;
    private final Thread reader;
    private final Object lock = new Object();
    private final BitSet asked = new BitSet();

    /** Written, but perhaps still in a buffer. */
    private final List<Arrived> buffered = new ArrayList<>();

    private int awaited;
    private boolean ended;
    private boolean closing;
    private @Nullable Exception broken;

    private record Arrived(SpooledTree.Entry entry, FileAppender file, long offset, Digest digest) {}

    /**
     * Begins to read what comes.
     *
     * @param tar after the list of files
     * @param entries what is on the list
     * @param root of the tree that they are in
     * @param spool takes what is too large to be kept, from {@code position} on; stays the caller's
     * @param client is asked
     * @param agents takes what the client's ssh agents answer
     */
    ContextFeed(
            TarReader tar,
            List<SpooledTree.Entry> entries,
            SpooledTree.Entry root,
            FilePool pool,
            Fd spool,
            long position,
            ContextClient client,
            AgentCalls agents)
            throws IOException {
        this.agents = agents;
        this.tar = tar;
        this.entries = entries;
        this.root = root;
        this.spool = new FileAppender(spool, position);
        this.client = client;
        this.pool = pool.use();
        this.reader = Thread.ofVirtual().name("build-context").start(this::readAll);
    }

    /**
     * Waits until something of files is here.
     *
     * @throws Failure of kind INVALID when a file is not what the list says any more
     * @throws IOException when the client is gone
     */
    void bring(List<SpooledTree.Entry> wanted, Need need) throws IOException {
        BitSet missing = new BitSet();
        synchronized (lock) {
            for (SpooledTree.Entry entry : wanted) {
                if (!isHere(entry, need) && !asked.get(entry.number)) {
                    missing.set(entry.number);
                }
            }
            asked.or(missing);
            awaited += missing.cardinality();
        }
        if (!missing.isEmpty()) {
            client.send(ranges(missing));
        }
        try {
            synchronized (lock) {
                for (SpooledTree.Entry entry : wanted) {
                    while (!isHere(entry, need)) {
                        requireClient();
                        lock.wait();
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while files of the build context were awaited", e);
        }
    }

    private boolean isHere(SpooledTree.Entry entry, Need need) throws IOException {
        if (entry.number < 0 || !entry.node.isRegular() || entry.file != null) {
            return true;
        }
        if (entry.digest.isEmpty()) {
            return false;
        }
        if (need == Need.DIGESTS) {
            return true;
        }
        Optional<FilePool.Place> place = pool.find(entry.digest.get(), entry.node.size());
        place.ifPresent(p -> {
            entry.offset = p.offset();
            entry.file = p.file();
        });
        return place.isPresent();
    }

    private void requireClient() throws IOException {
        Exception failure = broken;
        if (failure instanceof Failure f) {
            throw new Failure(f.kind(), f.message(), f);
        }
        if (failure != null || ended) {
            throw new IOException("the client stopped to send files of the build context", failure);
        }
    }

    /** Ranges of numbers, as {@code 1-3,7}. */
    static String ranges(BitSet numbers) {
        StringBuilder text = new StringBuilder();
        for (int from = numbers.nextSetBit(0); from >= 0; ) {
            int end = numbers.nextClearBit(from);
            text.append(text.isEmpty() ? "" : ",").append(from);
            if (end - from > 1) {
                text.append('-').append(end - 1);
            }
            from = numbers.nextSetBit(end);
        }
        return text.toString();
    }

    private void readAll() {
        Exception failure = null;
        try {
            byte[] chunk = new byte[BUFFER_BYTES];
            for (Optional<TarEntry> entry = tar.next(); entry.isPresent(); entry = tar.next()) {
                read(entry.get(), chunk);
            }
            tar.drain();
        } catch (IOException | RuntimeException e) {
            failure = e;
        }
        agents.end();
        boolean early;
        synchronized (lock) {
            broken = failure;
            ended = true;
            early = !closing;
            lock.notifyAll();
        }
        if (early && !(failure instanceof Failure)) {
            client.gone();
        }
    }

    private void read(TarEntry sent, byte[] chunk) throws IOException {
        if (sent.name().startsWith(ANSWERS)) {
            answered(sent);
            return;
        }
        SpooledTree.Entry entry = entry(sent.name());
        boolean isKept = entry.node.size() <= FilePool.LARGEST_KEPT_BYTES && pool.hasRoom();
        FileAppender file = isKept ? pool.appender() : spool;
        long offset = file.position();
        MessageDigest hash = Digest.newSha256();
        for (int n = tar.read(chunk, 0, chunk.length); n > 0; n = tar.read(chunk, 0, chunk.length)) {
            hash.update(chunk, 0, n);
            file.append(chunk, n);
        }
        Digest digest = Digest.of(hash.digest());
        boolean isOther = entry.digest.isPresent() && !entry.digest.get().equals(digest);
        if (isOther || file.position() - offset != entry.node.size()) {
            throw Failure.invalid(
                    "%s changed while it was sent: build again when nothing writes to the build context", path(entry));
        }
        if (isKept) {
            pool.appended(digest, offset, entry.node.size());
        }
        buffered.add(new Arrived(entry, file, offset, digest));
        synchronized (lock) {
            awaited--;
            if (awaited > 0) {
                return;
            }
        }
        publish();
    }

    private void answered(TarEntry sent) throws IOException {
        byte[] answer = tar.readNBytes(AgentCalls.MAXIMUM_BYTES + 1);
        try {
            int number = Integer.parseInt(sent.name().substring(ANSWERS.length()));
            if (answer.length <= AgentCalls.MAXIMUM_BYTES) {
                agents.answered(number, answer);
                return;
            }
        } catch (NumberFormatException _) {
            // Falls through to the one message.
        }
        throw Failure.invalid("%s is no answer of an ssh agent", sent.name());
    }

    /** Makes what is buffered readable for others. */
    private void publish() throws IOException {
        spool.flush();
        pool.flush();
        synchronized (lock) {
            for (Arrived arrived : buffered) {
                arrived.entry.digest = Optional.of(arrived.digest);
                arrived.entry.offset = arrived.offset;
                arrived.entry.file = arrived.file.file();
            }
            lock.notifyAll();
        }
        buffered.clear();
    }

    private SpooledTree.Entry entry(String name) {
        if (name.startsWith(FILES)) {
            try {
                int number = Integer.parseInt(name.substring(FILES.length()));
                synchronized (lock) {
                    if (asked.get(number)) {
                        return entries.get(number);
                    }
                }
            } catch (NumberFormatException | IndexOutOfBoundsException _) {
                // Falls through to the one message.
            }
        }
        throw Failure.invalid("the build context has %s, which nobody asked for", name);
    }

    /** Where an entry is in the tree, for messages. */
    private String path(SpooledTree.Entry entry) {
        return path(root, entry, "").orElse("a file");
    }

    private static Optional<String> path(SpooledTree.Entry directory, SpooledTree.Entry wanted, String prefix) {
        for (Map.Entry<String, SpooledTree.Entry> child : directory.children.entrySet()) {
            Optional<String> found = child.getValue() == wanted
                    ? Optional.of(prefix + child.getKey())
                    : path(child.getValue(), wanted, prefix + child.getKey() + "/");
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    private Map<Integer, String> received() {
        Map<Integer, String> received = new TreeMap<>();
        synchronized (lock) {
            for (int number = asked.nextSetBit(0); number >= 0; number = asked.nextSetBit(number + 1)) {
                int at = number;
                entries.get(number).digest.ifPresent(digest -> received.put(at, digest.hex()));
            }
        }
        return received;
    }

    /** Tells the client that nothing more is needed, and waits for the end of what it sends. */
    @Override
    public void close() {
        synchronized (lock) {
            closing = true;
        }
        try {
            client.end(received());
        } finally {
            boolean interrupted = false;
            while (reader.isAlive()) {
                try {
                    reader.join();
                } catch (InterruptedException _) {
                    interrupted = true;
                }
            }
            pool.close();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
