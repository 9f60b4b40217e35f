package dev.priok.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
        Shell.finish(new ProcessBuilder(runc.toString(), "spec").directory(bundle.toFile()));
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
        ProcessBuilder builder = new ProcessBuilder(
                runtime.toString(),
                "--root",
                scratch.resolve("oci").toString(),
                "run",
                "--bundle",
                bundle.toString(),
                "bench");
        builder.environment()
                .put(
                        "LD_LIBRARY_PATH",
                        folder.resolve("usr/lib/x86_64-linux-gnu").toString());
        Shell.finish(builder.redirectErrorStream(true));
    }
}
