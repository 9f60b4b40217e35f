package dev.priok.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/**
 * Builds. That of the design (FROM, ten RUN, COPY of 3,000 small files, COPY of 60 MB) cold, all cached, and with one file changed:
 * by docker's command in both, by {@code priok build}, and by Debian's buildah ({@code BENCH_BUILDAH}). Then by {@code priok build}
 * alone: independent stages beside a row of the same steps, a context of 50,000 files, and a COPY of 1 GB beside the disk's own
 * speed.
 */
final class BuildBench {
    private static final int FILES = 3_000;
    private static final int RUNS = 10;
    private static final int BIG_BYTES = 60 << 20;
    private static final int REPEATED = 5;
    private static final int STAGES = 100;
    private static final int MANY_FILES = 50_000;
    private static final long HUGE_BYTES = 1L << 30;

    /** Busy for some tens of milliseconds, so that what runs beside what is seen and not what a step costs. */
    private static final String WORK = "i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done";

    /** Takes a result. */
    @FunctionalInterface
    interface Note {
        void take(String what, Peer peer, double value);
    }

    /** Runs one build to its end. */
    private interface Tool {
        void build(Path context, String tag) throws IOException, InterruptedException;
    }

    private final Path scratch;
    private final Path folder;
    private final Note note;

    private BuildBench(Path scratch, Path folder, Note note) {
        this.scratch = scratch;
        this.folder = folder;
        this.note = note;
    }

    static void measure(Path scratch, List<Peer> peers, Path folder, Note note)
            throws IOException, InterruptedException {
        BuildBench bench = new BuildBench(scratch, folder, note);
        for (Peer peer : peers) {
            bench.design("build by docker's command", peer, (context, tag) -> bench.docker(peer, context, tag));
            if (peer.name().equals("priok")) {
                bench.design("build by priok's command", peer, (context, tag) -> priok(peer, context, tag));
                bench.diamond(peer);
                bench.manyFiles(peer);
                bench.huge(peer);
            }
        }
        String buildah = System.getenv("BENCH_BUILDAH");
        if (buildah != null) {
            bench.buildah(buildah);
        }
    }

    /** Docker by the classic builder, or, when a whole system is there, by the BuildKit in it; Priok by docker's classic call. */
    private void docker(Peer peer, Path context, String tag) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        boolean buildKit = peer.name().equals("docker") && Peer.isWhole(folder);
        if (buildKit) {
            command.addAll(Peer.inside(folder, scratch));
        }
        command.addAll(List.of("docker", "build", "-q", "--network", "none", "-t", tag, context.toString()));
        Shell.run(
                peer,
                Map.of("DOCKER_BUILDKIT", buildKit ? "1" : "0"),
                command.getFirst(),
                command.subList(1, command.size()).toArray(String[]::new));
    }

    private static void priok(Peer peer, Path context, String tag) throws IOException, InterruptedException {
        Shell.run(
                peer,
                Map.of("XDG_CACHE_HOME", peer.root().resolve("cache").toString()),
                Path.of("bin/priok").toAbsolutePath().toString(),
                "build",
                "-q",
                "--network",
                "none",
                "-t",
                tag,
                context.toString());
    }

    private static double millis(Tool tool, Path context, String tag) throws IOException, InterruptedException {
        long start = System.nanoTime();
        tool.build(context, tag);
        return (System.nanoTime() - start) / 1e6;
    }

    private static double medianMillis(Tool tool, Path context, String tag) throws IOException, InterruptedException {
        List<Double> all = new ArrayList<>();
        for (int i = 0; i < REPEATED; i++) {
            all.add(millis(tool, context, tag));
        }
        return all.stream().sorted().toList().get(REPEATED / 2);
    }

    /** The context of the design; its steps have {@code what} in them, so that no other tool's cache knows them. */
    private Path designContext(String what) throws IOException {
        Path context = scratch.resolve("context-" + what.replaceAll("[^a-z]", ""));
        for (int i = 0; i < FILES; i++) {
            Files.writeString(
                    Files.createDirectories(context.resolve("many/" + i / 100)).resolve("f" + i),
                    what + " " + i + "\n".repeat(40));
        }
        byte[] big = new byte[BIG_BYTES];
        new Random(what.hashCode()).nextBytes(big);
        Files.createDirectories(context.resolve("big"));
        Files.write(context.resolve("big/data"), big);
        StringBuilder dockerfile = new StringBuilder("FROM bb\n");
        for (int i = 0; i < RUNS; i++) {
            dockerfile
                    .append("RUN echo ")
                    .append(context.getFileName())
                    .append(" > /r")
                    .append(i)
                    .append('\n');
        }
        Files.writeString(context.resolve("Dockerfile"), dockerfile.append("COPY many /many\nCOPY big /big\n"));
        return context;
    }

    private void design(String what, Peer peer, Tool tool) throws IOException, InterruptedException {
        Path context = designContext(what + peer.name());
        String by = peer.name().equals("docker") ? "build by docker's command" : what;
        note.take(by + ": cold (ms)", peer, millis(tool, context, "bench"));
        note.take(by + ": all cached (ms)", peer, medianMillis(tool, context, "bench"));
        List<Double> changed = new ArrayList<>();
        for (int i = 0; i < REPEATED; i++) {
            Files.writeString(context.resolve("many/0/f0"), "changed " + i + what);
            changed.add(millis(tool, context, "bench"));
        }
        note.take(
                by + ": one file changed (ms)",
                peer,
                changed.stream().sorted().toList().get(REPEATED / 2));
    }

    /** A hundred stages that need nothing of each other, and one that needs them all; and the same steps in a row. */
    private void diamond(Peer peer) throws IOException, InterruptedException {
        Path wide = Files.createDirectories(scratch.resolve("wide"));
        Path row = Files.createDirectories(scratch.resolve("row"));
        StringBuilder stages = new StringBuilder();
        StringBuilder last = new StringBuilder("FROM bb\n");
        StringBuilder steps = new StringBuilder("FROM bb\n");
        for (int i = 0; i < STAGES; i++) {
            String run = "RUN " + WORK + "; echo " + i + " > /s" + i + "\n";
            stages.append("FROM bb AS s").append(i).append('\n').append(run);
            last.append("COPY --from=s")
                    .append(i)
                    .append(" /s")
                    .append(i)
                    .append(" /s")
                    .append(i)
                    .append('\n');
            steps.append(run.replace("; echo", " ; echo"));
        }
        Files.writeString(wide.resolve("Dockerfile"), stages.append(last));
        Files.writeString(row.resolve("Dockerfile"), steps);
        double serial = millis((context, tag) -> priok(peer, context, tag), row, "row");
        double parallel = millis((context, tag) -> priok(peer, context, tag), wide, "wide");
        note.take("100 steps in a row (ms)", peer, serial);
        note.take("100 stages beside each other, and 100 copies (ms)", peer, parallel);
        note.take("how many times faster", peer, serial / parallel);
    }

    private void manyFiles(Peer peer) throws IOException, InterruptedException {
        Path context = Files.createDirectories(scratch.resolve("many"));
        for (int i = 0; i < MANY_FILES; i++) {
            Path parent = context.resolve("d" + i / 1000).resolve("e" + i / 100 % 10);
            Files.writeString(Files.createDirectories(parent).resolve("f" + i), "file " + i);
        }
        Files.writeString(context.resolve("Dockerfile"), "FROM bb\nCOPY . /all\n");
        note.take(
                "50,000 files: first build (ms)",
                peer,
                millis((where, tag) -> priok(peer, where, tag), context, "many"));
        note.take(
                "50,000 files: nothing changed (ms)",
                peer,
                medianMillis((where, tag) -> priok(peer, where, tag), context, "many"));
    }

    private void huge(Peer peer) throws IOException, InterruptedException {
        Path context = Files.createDirectories(scratch.resolve("huge"));
        Path source = context.resolve("data");
        Shell.finish(new ProcessBuilder(
                "dd", "if=/dev/urandom", "of=" + source, "bs=1M", "count=" + (HUGE_BYTES >> 20), "conv=fsync"));
        long start = System.nanoTime();
        Path copy = scratch.resolve("copy");
        Shell.finish(new ProcessBuilder("dd", "if=" + source, "of=" + copy, "bs=1M", "conv=fsync"));
        double disk = HUGE_BYTES / 1e6 / ((System.nanoTime() - start) / 1e9);
        Files.delete(copy);
        Files.writeString(context.resolve("Dockerfile"), "FROM bb\nCOPY data /data\n");
        double took = millis((where, tag) -> priok(peer, where, tag), context, "huge");
        note.take("copy of 1 GB to the disk by dd (MB/s)", peer, disk);
        note.take("build with a COPY of 1 GB (MB/s)", peer, HUGE_BYTES / 1e6 / (took / 1e3));
    }

    /** Not a daemon: its rows are printed beside the table. Its steps run in the host's network, which chroot isolation wants. */
    private void buildah(String program) throws IOException, InterruptedException {
        Path root = Files.createDirectories(scratch.resolve("buildah"));
        Path base = Files.createDirectories(root.resolve("base"));
        Files.copy(Shell.busybox(scratch), base.resolve("bb.tar"));
        Files.writeString(base.resolve("Dockerfile"), "FROM scratch\nADD bb.tar /\nENV PATH=/bin\n");
        Path policy =
                Files.writeString(root.resolve("policy.json"), "{\"default\":[{\"type\":\"insecureAcceptAnything\"}]}");
        String driver = "overlay";
        try {
            buildah(program, driver, root, policy, "-t", "bb", base.toString());
        } catch (IOException e) {
            System.out.println("buildah: overlay cannot be used, vfs is: " + e.getMessage());
            driver = "vfs";
            buildah(program, driver, root, policy, "-t", "bb", base.toString());
        }
        String used = driver;
        Tool tool = (context, tag) -> buildah(
                program, used, root, policy, "--layers", "--isolation", "chroot", "-t", tag, context.toString());
        Path context = designContext("buildah");
        tell("cold", millis(tool, context, "bench"));
        tell("all cached", medianMillis(tool, context, "bench"));
        List<Double> changed = new ArrayList<>();
        for (int i = 0; i < REPEATED; i++) {
            Files.writeString(context.resolve("many/0/f0"), "changed " + i);
            changed.add(millis(tool, context, "bench"));
        }
        tell("one file changed", changed.stream().sorted().toList().get(REPEATED / 2));
    }

    private static void buildah(String program, String driver, Path root, Path policy, String... arguments)
            throws IOException, InterruptedException {
        List<String> command =
                new ArrayList<>(List.of(program, "--root", root.resolve(driver).toString()));
        command.addAll(List.of("--runroot", root.resolve("run").toString(), "--storage-driver", driver));
        command.addAll(List.of("bud", "-q", "--signature-policy", policy.toString()));
        command.addAll(List.of(arguments));
        Shell.finish(new ProcessBuilder(command).redirectErrorStream(true));
    }

    private static void tell(String what, double millis) {
        System.out.printf(Locale.ROOT, "buildah: build: %s (ms): %.1f%n", what, millis);
    }
}
