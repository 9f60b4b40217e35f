package dev.priok.bench;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * Pushes an image that was just built to Debian's docker-registry on loopback and pulls it back into an empty store; each time another
 * image, so that nothing is known beforehand.
 */
final class TransferBench implements AutoCloseable {
    private static final int ROUNDS = 5;
    private static final int FILES = 3000;
    private static final int FILE_BYTES = 3 << 10;
    private static final int DENSE_BYTES = 60 << 20;
    private static final int LARGE_LAYERS = 40;
    private static final int LARGE_LAYER_BYTES = 50 << 20;
    private static final long START_NANOS = 30_000_000_000L;

    private final Path scratch;
    private final String address;
    private final Process registry;

    /** Takes down what a measurement gave. */
    @FunctionalInterface
    interface Note {
        void of(String what, Peer peer, double value);
    }

    private TransferBench(Path scratch, Path program) throws IOException, InterruptedException {
        this.scratch = scratch;
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        address = "127.0.0.1:" + port;
        Path config =
                Files.writeString(scratch.resolve("registry.yml"), """
                version: 0.1
                log:
                  level: error
                storage:
                  filesystem:
                    rootdirectory: %s
                http:
                  addr: %s
                """.formatted(scratch.resolve("registry"), address));
        registry = new ProcessBuilder(program.toString(), "serve", config.toString())
                .redirectErrorStream(true)
                .redirectOutput(scratch.resolve("registry.log").toFile())
                .start();
        long deadline = System.nanoTime() + START_NANOS;
        while (true) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
                return;
            } catch (IOException e) {
                if (!registry.isAlive() || System.nanoTime() > deadline) {
                    throw new IOException("docker-registry did not start", e);
                }
                TimeUnit.MILLISECONDS.sleep(50);
            }
        }
    }

    /** The 71 MB image: 3,000 small files and 60 MB that do not shrink. */
    static void measure(Path scratch, List<Peer> peers, Path program, Note note)
            throws IOException, InterruptedException {
        try (TransferBench bench = new TransferBench(scratch, program)) {
            for (Peer peer : peers) {
                double[] push = new double[ROUNDS];
                double[] pull = new double[ROUNDS];
                for (int i = 0; i < ROUNDS; i++) {
                    String name = bench.address + "/" + peer.name() + "/image" + i + ":1";
                    Shell.run(peer, "build", "-t", name, bench.context(i).toString());
                    push[i] = millis(() -> Shell.run(peer, "push", "-q", name));
                    bench.forget(peer, name);
                    pull[i] = millis(() -> Shell.run(peer, "pull", "-q", name));
                    bench.forget(peer, name);
                }
                note.of("push of a 71 MB image to docker-registry, CLI (ms)", peer, median(push));
                note.of("pull and unpack of it, CLI (ms)", peer, median(pull));
            }
        }
    }

    /** The 2 GB image of 40 layers, beside what the disk and gzip do alone. */
    static void measureLarge(Path scratch, List<Peer> peers, Path program, Note note)
            throws IOException, InterruptedException {
        try (TransferBench bench = new TransferBench(scratch, program)) {
            Peer maker = peers.getLast();
            String name = bench.address + "/large/image:1";
            Shell.run(maker, "build", "-t", name, bench.largeContext().toString());
            Shell.run(maker, "push", "-q", name);
            bench.forget(maker, name);
            for (Peer peer : peers) {
                note.of("2 GB written and synced (ms)", peer, millis(bench::writeLarge));
                note.of(
                        "pull and unpack of 2 GB in 40 layers, CLI (ms)",
                        peer,
                        millis(() -> Shell.run(peer, "pull", "-q", name)));
                note.of("daemon after it, proportional memory (MB)", peer, Memory.daemonKilobytes(peer) / 1024.0);
                bench.forget(peer, name);
            }
        }
    }

    private void writeLarge() throws IOException {
        Path file = scratch.resolve("large.bin");
        byte[] bytes = new byte[LARGE_LAYER_BYTES];
        new Random(1).nextBytes(bytes);
        try (FileChannel out = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            for (int i = 0; i < LARGE_LAYERS; i++) {
                out.write(java.nio.ByteBuffer.wrap(bytes));
            }
            out.force(true);
        }
        Files.delete(file);
    }

    private void forget(Peer peer, String name) throws IOException, InterruptedException {
        Shell.run(peer, "rmi", "-f", name);
        Shell.run(peer, "builder", "prune", "-a", "-f");
        Shell.run(peer, "image", "prune", "-f");
    }

    private Path context(int number) throws IOException {
        Path folder = Files.createDirectories(scratch.resolve("push" + number));
        Path files = Files.createDirectories(folder.resolve("files"));
        Random random = new Random(number);
        for (int i = 0; i < FILES; i++) {
            Files.writeString(
                    files.resolve("f" + i), ("line " + random.nextInt() + " of " + i + "\n").repeat(FILE_BYTES / 20));
        }
        dense(folder.resolve("dense"), DENSE_BYTES, random);
        Files.writeString(folder.resolve("Dockerfile"), "FROM bb\nCOPY files /files\nCOPY dense /dense\n");
        return folder;
    }

    private Path largeContext() throws IOException {
        Path folder = Files.createDirectories(scratch.resolve("large"));
        StringBuilder dockerfile = new StringBuilder("FROM bb\n");
        for (int i = 0; i < LARGE_LAYERS; i++) {
            dense(folder.resolve("layer" + i), LARGE_LAYER_BYTES, new Random(1000 + i));
            dockerfile.append("COPY layer%d /layer%d%n".formatted(i, i));
        }
        Files.writeString(folder.resolve("Dockerfile"), dockerfile);
        return folder;
    }

    private static void dense(Path file, int bytes, Random random) throws IOException {
        byte[] block = new byte[1 << 20];
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
            for (int i = 0; i < bytes / block.length; i++) {
                random.nextBytes(block);
                out.write(block);
            }
        }
    }

    /** Something that is timed. */
    @FunctionalInterface
    private interface Work {
        void run() throws IOException, InterruptedException;
    }

    private static double millis(Work work) throws IOException, InterruptedException {
        long start = System.nanoTime();
        work.run();
        return (System.nanoTime() - start) / 1e6;
    }

    private static double median(double... values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    @Override
    public void close() {
        registry.destroy();
    }
}
