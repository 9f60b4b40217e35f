package dev.priok.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** {@code docker system df} says what a walk over the files says: a file with several names counts once. */
@ExtendWith(SharedDaemon.class)
class DiskUsageTest {
    @Test
    void df_equalsDu() throws IOException {
        TestDaemon daemon = SharedDaemon.get();
        Docker docker = daemon.docker();
        RawHttp http = new RawHttp(daemon.socket());
        try {
            docker.ok(
                    "run",
                    "--name",
                    "df",
                    "-v",
                    "df-volume:/v",
                    Busybox.IMAGE,
                    "sh",
                    "-c",
                    "dd if=/dev/zero of=/v/a bs=1000 count=3000; ln /v/a /v/b; mkdir /v/d; echo x > /v/d/e;"
                            + " dd if=/dev/zero of=/w bs=1000 count=2000; ln /w /x; ln -s w /y");
            String upper = docker.ok("inspect", "-f", "{{.GraphDriver.Data.UpperDir}}", "df");
            String data = docker.ok("volume", "inspect", "-f", "{{.Mountpoint}}", "df-volume");
            String all = http.send("GET", "/system/df", "", "").body();
            assertEquals(3_000_002, bytes(Path.of(data)));
            assertEquals(
                    bytes(Path.of(data)),
                    number(all, "\"Name\":\"df-volume\".*?\"UsageData\":\\{[^}]*\"Size\":(\\d+)"));
            assertEquals(bytes(Path.of(upper)), number(all, "\"Names\":\\[\"/df\"].*?\"SizeRw\":(\\d+)"));
            assertTrue(bytes(Path.of(upper)) >= 2_000_000);
            // The writable layer lies among the image layers' folders; their sum is of those that are named fs below
            // layers.
            long layers = 0;
            for (Path layer : children(daemon.dataRoot().resolve("snapshots/layers"))) {
                layers += bytes(layer.resolve("fs"));
            }
            assertEquals(layers, number(all, "\"LayersSize\":(\\d+)"));
        } finally {
            docker.run("rm", "-fv", "df");
            docker.run("volume", "rm", "df-volume");
        }
    }

    private static long number(String text, String pattern) {
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        assertTrue(matcher.find(), () -> pattern + " in " + text);
        return Long.parseLong(matcher.group(1));
    }

    private static List<Path> children(Path folder) throws IOException {
        try (Stream<Path> list = Files.list(folder)) {
            return list.toList();
        }
    }

    private static long bytes(Path folder) throws IOException {
        Set<Object> seen = new HashSet<>();
        long bytes = 0;
        try (Stream<Path> tree = Files.walk(folder)) {
            for (Path file : tree.filter(f -> Files.isRegularFile(f, java.nio.file.LinkOption.NOFOLLOW_LINKS))
                    .toList()) {
                if (seen.add(Files.getAttribute(file, "unix:ino"))) {
                    bytes += Files.size(file);
                }
            }
        }
        return bytes;
    }
}
