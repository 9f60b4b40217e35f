package dev.priok.cli.build;

import dev.priok.cli.archive.TarEntry;
import dev.priok.cli.archive.TarWriter;
import dev.priok.cli.command.CommandFailed;
import dev.priok.client.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.LongConsumer;

/** Sends the list of a build context, and then the files that the daemon asks for: one thread sends, another takes what it asks. */
final class ContextSender {
    private static final String PACK = ".priok-build-inputs/";

    /** Ends the queue. */
    private static final String END = "";

    /** Begins what is sent and is no file of the context. */
    private static final String ANSWER = "answer ";

    private final BuildContext context;
    private final BuildContext.Before before;
    private final Path indexFile;
    private final int clearedMode;
    private final InstantSource clock;
    private final BlockingQueue<String> asked = new LinkedBlockingQueue<>();

    /** What agents answered, to be sent under its number. */
    private final Map<Integer, byte[]> answers = new ConcurrentHashMap<>();

    /** Asked beside, so that files go on meanwhile. */
    private final AgentQuestions questions;

    /** When a file that was sent was read, in nanoseconds since 1970, by its number; and what it was like then. */
    private final Map<Integer, Long> sent = new HashMap<>();

    private volatile List<ContextList.Source> sources = List.of();
    private ContextIndex index;

    /**
     * Prepares to send.
     *
     * @param before writes what comes first
     * @param indexFolder where is noted what files hold
     * @param clearedMode permission bits that are taken away
     * @param agents answer for keys of ssh
     */
    ContextSender(
            BuildContext context,
            BuildContext.Before before,
            Path indexFolder,
            int clearedMode,
            SshAgents agents,
            InstantSource clock)
            throws IOException {
        this.context = context;
        this.before = before;
        this.indexFile = indexFolder.resolve(context.fingerprint());
        this.clearedMode = clearedMode;
        this.clock = clock;
        this.questions = new AgentQuestions(agents, this::answered, clock);
        this.index = ContextIndex.read(indexFile);
    }

    /** Writes everything that is asked for until {@link #end}. */
    void writeTo(OutputStream out, LongConsumer listed) throws IOException {
        TarWriter tar = new TarWriter(out);
        before.writeTo(tar);
        ContextList list = new ContextList(index, clearedMode);
        context.addTo(list);
        byte[] bytes = list.toBytes();
        sources = list.sources();
        write(tar, PACK + "manifest", bytes);
        out.flush();
        listed.accept(tar.written());
        try {
            for (String numbers = asked.take(); !numbers.equals(END); numbers = asked.take()) {
                if (numbers.startsWith(ANSWER)) {
                    int number = Integer.parseInt(numbers.substring(ANSWER.length()));
                    write(tar, PACK + "agent/" + number, Objects.requireNonNull(answers.remove(number)));
                    out.flush();
                    continue;
                }
                for (String range : numbers.split(",")) {
                    int dash = range.indexOf('-');
                    int first = Integer.parseInt(dash < 0 ? range : range.substring(0, dash));
                    int last = dash < 0 ? first : Integer.parseInt(range.substring(dash + 1));
                    for (int number = first; number <= last; number++) {
                        write(tar, number);
                    }
                }
                out.flush();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the build context was sent", e);
        }
        tar.close();
    }

    private static void write(TarWriter tar, String name, byte[] content) throws IOException {
        tar.write(
                new TarEntry(name, TarEntry.Kind.FILE, 0600, 0, 0, content.length, 0, ""),
                new ByteArrayInputStream(content));
    }

    private void write(TarWriter tar, int number) throws IOException {
        ContextList.Source source = sources.get(number);
        String name = PACK + "files/" + number;
        if (source.version().equals(ContextIndex.Version.NONE)) {
            byte[] content = new byte[source.content().remaining()];
            source.content().duplicate().get(content);
            write(tar, name, content);
            return;
        }
        Instant now = clock.instant();
        try (InputStream content = Files.newInputStream(source.file())) {
            tar.write(
                    new TarEntry(
                            name,
                            TarEntry.Kind.FILE,
                            0600,
                            0,
                            0,
                            source.version().size(),
                            0,
                            ""),
                    content);
        }
        if (!ContextTree.Child.of(source.file()).version().equals(source.version())) {
            throw new CommandFailed(
                    source.file() + " changed while it was sent: build again when nothing writes to the build context");
        }
        synchronized (sent) {
            sent.put(number, now.getEpochSecond() * 1_000_000_000L + now.getNano());
        }
    }

    /** Takes what the daemon says beside progress. */
    void note(JsonObject aux) {
        if (aux.has("Send")) {
            asked.add(aux.text("Send"));
        } else if (aux.has("Agent")) {
            questions.ask(aux.object("Agent"));
        } else if (aux.has("Received")) {
            learn(aux.object("Received"));
            end();
        }
    }

    private void answered(int number, byte[] answer) {
        answers.put(number, answer);
        asked.add(ANSWER + number);
    }

    /** Ends what is sent. */
    void end() {
        asked.add(END);
        questions.end();
    }

    private void learn(JsonObject received) {
        synchronized (sent) {
            sent.forEach((number, nanos) -> {
                String digest = received.text(Integer.toString(number));
                if (!digest.isEmpty()) {
                    index.learn(sources.get(number).version(), HexFormat.of().parseHex(digest), nanos);
                }
            });
        }
    }

    /** Notes for the next build what files hold. */
    void save() throws IOException {
        index.save();
    }
}
