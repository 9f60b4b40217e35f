package dev.priok.build.solve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.archive.TarEntry;
import dev.priok.archive.TarWriter;
import dev.priok.build.BuildEvent;
import dev.priok.build.BuildExtras;
import dev.priok.build.BuildRequest;
import dev.priok.build.CancelSignal;
import dev.priok.build.ContextClient;
import dev.priok.build.RunSettings;
import dev.priok.core.Digest;
import dev.priok.core.Platform;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Contexts of which only a list comes, and files when they are asked for (decision 0023). */
@Timeout(30)
final class AskedContextTest {
    private static final String DOCKERFILE = "FROM base\nCOPY src /src\nCOPY one /one\n";

    @TempDir
    private Path folder;

    private final Map<String, String> files =
            new TreeMap<>(Map.of("Dockerfile", DOCKERFILE, "one", "1", "other", "unused", "src/a", "a", "src/b", "b"));

    /** What a client learned in earlier builds. */
    private final Map<String, String> known = new TreeMap<>();

    private final List<String> sent = new ArrayList<>();

    /** A client on a thread of its own, at the other end of a pipe. */
    private final class Client implements ContextClient {
        final PipedInputStream in = new PipedInputStream(1 << 20);
        private final PipedOutputStream out;
        private final BlockingQueue<String> asked = new LinkedBlockingQueue<>();
        private final List<String> numbered = new ArrayList<>();
        private final boolean hangsUp;
        boolean gone;

        Client(boolean hangsUp) throws IOException {
            this.hangsUp = hangsUp;
            this.out = new PipedOutputStream(in);
            Thread.ofVirtual().start(this::run);
        }

        private void run() {
            try (out) {
                TarWriter tar = new TarWriter(out);
                byte[] list = list();
                tar.put(TarEntry.file(BuildExtras.PACK + "/manifest", 0600, list.length, 0), list);
                out.flush();
                for (String numbers = asked.take(); !numbers.equals("."); numbers = asked.take()) {
                    for (String range : numbers.split(",")) {
                        String[] ends = range.split("-");
                        for (int i = Integer.parseInt(ends[0]); i <= Integer.parseInt(ends[ends.length - 1]); i++) {
                            send(tar, i);
                        }
                    }
                    out.flush();
                }
                tar.close();
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        private void send(TarWriter tar, int number) throws IOException {
            String name = numbered.get(number);
            if (hangsUp && !name.equals("Dockerfile")) {
                throw new IOException("gone");
            }
            sent.add(name);
            byte[] content = files.get(name).getBytes(StandardCharsets.UTF_8);
            tar.put(TarEntry.file(BuildExtras.PACK + "/files/" + number, 0600, content.length, 0), content);
        }

        private byte[] list() throws IOException {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            DataOutputStream data = new DataOutputStream(bytes);
            data.write("priok-context 1\n".getBytes(StandardCharsets.US_ASCII));
            for (Map.Entry<String, String> file : files.entrySet()) {
                String name = file.getKey();
                int depth = 1;
                if (name.startsWith("src/")) {
                    if (!numbered.contains("src")) {
                        numbered.add("src");
                        head(data, 'd', 1, "src", 0755);
                    }
                    depth = 2;
                }
                numbered.add(name);
                head(data, 'f', depth, name.substring(name.indexOf('/') + 1), 0644);
                data.writeLong(file.getValue().length());
                String digest = known.getOrDefault(name, "");
                data.writeByte(digest.isEmpty() ? 0 : 1);
                data.write(HexFormat.of().parseHex(digest));
            }
            data.writeByte(0);
            return bytes.toByteArray();
        }

        private static void head(DataOutputStream data, char kind, int depth, String name, int mode)
                throws IOException {
            data.writeByte(kind);
            data.writeShort(depth);
            data.writeUTF(name);
            data.writeShort(mode);
            data.writeLong(1000);
        }

        @Override
        public void ask(String agent, int connection, int number, byte[] message) {
            throw new IllegalStateException("it has no agents");
        }

        @Override
        public void send(String numbers) {
            asked.add(numbers);
        }

        @Override
        public void end(Map<Integer, String> received) {
            received.forEach((number, digest) -> known.put(numbered.get(number), digest));
            asked.add(".");
        }

        @Override
        public void gone() {
            gone = true;
        }
    }

    private BuildEvent.Ended build(Bench bench, Client client) {
        sent.clear();
        BuildRequest request = new BuildRequest(
                client.in,
                "Dockerfile",
                Optional.empty(),
                Map.of(),
                Map.of(),
                List.of(),
                Optional.of(Platform.current()),
                false,
                false,
                Map.of(),
                RunSettings.DEFAULT,
                new CancelSignal(),
                BuildExtras.NONE.withClient(client));
        bench.events = new ArrayList<>();
        return bench.builder.build(request, bench.events::add);
    }

    private Digest image(Bench bench) throws IOException {
        BuildEvent.Ended end = build(bench, new Client(false));
        return assertInstanceOf(BuildEvent.Done.class, end, end::toString).imageId();
    }

    private Digest imageOfArchive() {
        Context context = Context.of(files.get("Dockerfile"));
        new LinkedHashMap<>(files).forEach((name, text) -> context.file(name, text));
        return new Bench(folder.resolve("other")).image(context);
    }

    /** The daemon keeps what came in the background. */
    private void awaitKept(long packs) throws IOException, InterruptedException {
        Path pool = folder.resolve("root/files");
        for (int i = 0; i < 1000; i++) {
            try (Stream<Path> there = Files.list(pool)) {
                if (there.filter(f -> f.toString().endsWith(".list")).count() >= packs) {
                    return;
                }
            }
            Thread.sleep(10);
        }
        throw new AssertionError("nothing was kept in " + pool);
    }

    @Test
    void onlyWhatIsNeeded_travels_andOnlyOnce() throws IOException, InterruptedException {
        Bench bench = new Bench(folder.resolve("root"));
        Digest first = image(bench);
        assertEquals(imageOfArchive(), first, "a list makes the same image as an archive");
        assertEquals(List.of("Dockerfile", "src/a", "src/b", "one"), sent);
        awaitKept(1);

        assertEquals(first, image(bench));
        assertEquals(List.of(), sent, "nothing changed");
        assertEquals(2, bench.cachedSteps());

        files.put("src/b", "B");
        known.remove("src/b");
        Digest changed = image(bench);
        assertEquals(List.of("src/b"), sent, "the rest is kept");
        assertEquals("B", bench.store.tree(changed).text("src/b"));
        assertEquals("a", bench.store.tree(changed).text("src/a"));
        assertEquals(imageOfArchive(), changed);
    }

    @Test
    void whatIsKept_outlivesTheDaemon_andItsLossCostsNothingElse() throws IOException, InterruptedException {
        Digest first = image(new Bench(folder.resolve("root")));
        awaitKept(1);
        Files.writeString(folder.resolve("root/files/77.pack"), "of a daemon that was killed");
        // The fakes forget layers and cache, so that everything is done again.
        assertEquals(first, image(new Bench(folder.resolve("root"))));
        assertEquals(List.of(), sent);
        assertTrue(Files.notExists(folder.resolve("root/files/77.pack")));

        try (Stream<Path> all = Files.list(folder.resolve("root/files"))) {
            for (Path file : all.toList()) {
                Files.delete(file);
            }
        }
        assertEquals(first, image(new Bench(folder.resolve("root"))));
        assertEquals(List.of("Dockerfile", "src/a", "src/b", "one"), sent);
    }

    @Test
    void fileThatIsNotWhatTheListSays_endsTheBuild() throws IOException {
        known.put("src/a", Digest.sha256("x".getBytes(StandardCharsets.UTF_8)).hex());
        Bench bench = new Bench(folder.resolve("root"));
        BuildEvent.Failed failed = assertInstanceOf(BuildEvent.Failed.class, build(bench, new Client(false)));
        assertTrue(failed.message().contains("src/a changed while it was sent"), failed.message());
    }

    @Test
    void clientThatHangsUp_isNoticed() throws IOException {
        Client client = new Client(true);
        BuildEvent.Failed failed =
                assertInstanceOf(BuildEvent.Failed.class, build(new Bench(folder.resolve("root")), client));
        assertTrue(client.gone);
        assertTrue(failed.message().contains("stopped to send"), failed.message());
    }

    @Test
    void listThatLeavesTheTree_isRefused() throws IOException {
        files.put("src/../../etc", "x");
        BuildEvent.Failed failed =
                assertInstanceOf(BuildEvent.Failed.class, build(new Bench(folder.resolve("root")), new Client(false)));
        assertTrue(failed.message().contains("is no name"), failed.message());
    }
}
