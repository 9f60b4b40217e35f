package dev.priok.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** The build of the design: FROM, ten RUN, COPY of 3,000 small files, COPY of 60 MB; cold, all cached, one file changed. */
final class BuildBench {
    private static final int FILES = 3_000;
    private static final int RUNS = 10;
    private static final int BIG_BYTES = 60 << 20;

    /** Takes a result. */
    @FunctionalInterface
    interface Note {
        void take(String what, Peer peer, double millis);
    }

    private BuildBench() {}

    static void measure(Path scratch, List<Peer> peers, Path folder, Note note)
            throws IOException, InterruptedException {
        Path context = scratch.resolve("context");
        Files.createDirectories(context.resolve("many"));
        for (int i = 0; i < FILES; i++) {
            Files.writeString(
                    Files.createDirectories(context.resolve("many/" + i / 100)).resolve("f" + i),
                    "file " + i + "\n".repeat(40));
        }
        byte[] big = new byte[BIG_BYTES];
        new Random(1).nextBytes(big);
        Files.createDirectories(context.resolve("big"));
        Files.write(context.resolve("big/data"), big);
        StringBuilder dockerfile = new StringBuilder("FROM bb\n");
        for (int i = 0; i < RUNS; i++) {
            dockerfile.append("RUN echo ").append(i).append(" > /r").append(i).append('\n');
        }
        dockerfile.append("COPY many /many\nCOPY big /big\n");
        Files.writeString(context.resolve("Dockerfile"), dockerfile);
        for (Peer peer : peers) {
            note.take("build by docker's command: cold (ms)", peer, build(peer, scratch, folder, context));
            note.take("build by docker's command: all cached (ms)", peer, build(peer, scratch, folder, context));
            Files.writeString(context.resolve("many/0/f0"), "changed " + peer.name());
            note.take("build by docker's command: one file changed (ms)", peer, build(peer, scratch, folder, context));
        }
    }

    /** Docker by the classic builder, or, when a whole system is there, by the BuildKit in it; Priok by docker's classic call. */
    private static double build(Peer peer, Path scratch, Path folder, Path context)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        boolean buildKit = peer.name().equals("docker") && Peer.isWhole(folder);
        if (buildKit) {
            command.addAll(Peer.inside(folder, scratch));
        }
        command.addAll(List.of("docker", "build", "-q", "--network", "none", "-t", "bench", context.toString()));
        long start = System.nanoTime();
        Shell.run(
                peer,
                Map.of("DOCKER_BUILDKIT", buildKit ? "1" : "0"),
                command.getFirst(),
                command.subList(1, command.size()).toArray(String[]::new));
        return (System.nanoTime() - start) / 1e6;
    }
}
