package dev.priok.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The OCI runtimes alone: create, start, wait, delete of {@code busybox true} with the configuration that {@code runc spec} writes. */
final class RuntimeBench {
    private static final int WARM_UP = 3;
    private static final int RUNS = 30;

    private RuntimeBench() {}

    static void measure(Path folder, Path scratch) throws Exception {
        Path bundle = Files.createDirectories(scratch.resolve("bundle"));
        Path rootfs = Files.createDirectories(bundle.resolve("rootfs"));
        Shell.finish(new ProcessBuilder(
                "tar", "-C", rootfs.toString(), "-xf", Shell.busybox(scratch).toString()));
        Path runc = folder.resolve("usr/sbin/runc");
        List<String> spec = command(folder, scratch, runc, "spec", "--bundle", bundle.toString());
        Shell.finish(new ProcessBuilder(spec));
        Path config = bundle.resolve("config.json");
        Files.writeString(
                config,
                Files.readString(config)
                        .replace("\"terminal\": true", "\"terminal\": false")
                        .replace("\"sh\"", "\"true\""));
        for (Path runtime : List.of(runc, folder.resolve("usr/bin/crun"))) {
            try {
                Samples samples = Samples.of(WARM_UP, RUNS, () -> run(folder, scratch, runtime, bundle));
                System.out.printf(Locale.ROOT, "%s run true: %s%n", runtime.getFileName(), samples);
            } catch (IOException e) {
                System.out.printf("%s is not measured, it fails here: %s%n", runtime.getFileName(), e.getMessage());
            }
        }
    }

    private static void run(Path folder, Path scratch, Path runtime, Path bundle)
            throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command(
                folder,
                scratch,
                runtime,
                "--root",
                scratch.resolve("oci").toString(),
                "run",
                "--bundle",
                bundle.toString(),
                "bench"));
        if (!Peer.isWhole(folder)) {
            builder.environment()
                    .put(
                            "LD_LIBRARY_PATH",
                            folder.resolve("usr/lib/x86_64-linux-gnu").toString());
        }
        Shell.finish(builder.redirectErrorStream(true));
    }

    private static List<String> command(Path folder, Path scratch, Path runtime, String... arguments) {
        List<String> command = new ArrayList<>(Peer.inside(folder, scratch));
        command.add(Peer.isWhole(folder) ? runtime.getFileName().toString() : runtime.toString());
        command.addAll(List.of(arguments));
        return command;
    }
}
