package dev.priok.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A root file system of one static binary: Debian's busybox with a link for each of its commands. */
final class Busybox {
    /** The name under which tests import it. */
    static final String IMAGE = "bb";

    private static byte[] archive;

    private Busybox() {}

    /** The root file system as a tar archive. */
    static synchronized byte[] archive() {
        if (archive == null) {
            try {
                Path root = Files.createTempDirectory("priok-busybox-");
                try {
                    make(root);
                    archive = Program.run(
                                    Map.of(),
                                    new byte[0],
                                    List.of(
                                            "tar",
                                            "-C",
                                            root.toString(),
                                            "--numeric-owner",
                                            "--owner=0",
                                            "--group=0",
                                            "-c",
                                            "."))
                            .ok()
                            .bytes();
                } finally {
                    Program.run(Map.of(), new byte[0], List.of("rm", "-rf", root.toString()));
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return archive.clone();
    }

    private static void make(Path root) throws IOException {
        Path binary = Path.of("/bin/busybox");
        for (String folder : List.of("bin", "etc", "home/app", "root", "tmp", "var")) {
            Files.createDirectories(root.resolve(folder));
        }
        Files.copy(binary, root.resolve("bin/busybox"));
        for (String applet : Program.run(Map.of(), new byte[0], List.of(binary.toString(), "--list"))
                .out()
                .lines()
                .toList()) {
            if (!applet.equals("busybox")) {
                Files.createSymbolicLink(root.resolve("bin").resolve(applet), Path.of("busybox"));
            }
        }
        Files.writeString(
                root.resolve("etc/passwd"), "root:x:0:0:root:/root:/bin/sh\napp:x:1000:1000::/home/app:/bin/sh\n");
        Files.writeString(root.resolve("etc/group"), "root:x:0:\napp:x:1000:\nextra:x:2000:app\n");
        Program.run(
                        Map.of(),
                        new byte[0],
                        List.of("chmod", "1777", root.resolve("tmp").toString()))
                .ok();
    }

    /** Imports it into a daemon. */
    static void into(Docker docker) {
        docker.feed(archive(), "import", "-", IMAGE).ok();
    }
}
