package dev.priok.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.core.ByteCount;
import dev.priok.core.Failure;
import dev.priok.distribution.Proxies;
import dev.priok.distribution.RegistryAccess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DaemonConfigTest {
    @TempDir
    Path dir;

    private DaemonConfig config(String json, String... flags) throws IOException {
        Path file = Files.writeString(dir.resolve("daemon.json"), json);
        String[] all = new String[flags.length + 2];
        all[0] = "--config-file";
        all[1] = file.toString();
        System.arraycopy(flags, 0, all, 2, flags.length);
        return DaemonConfig.of(CommandLine.parse(all));
    }

    @Test
    void defaults_areAllStated() throws IOException {
        assertEquals(
                new DaemonConfig(
                        List.of("unix:///var/run/priok.sock"),
                        Path.of("/var/lib/priok"),
                        Path.of("/run/priok"),
                        Optional.empty(),
                        "info",
                        Optional.empty(),
                        List.of(),
                        "json-file",
                        Map.of(),
                        new ByteCount(64L << 20),
                        "/priok",
                        false,
                        Duration.ofSeconds(15),
                        new DaemonConfig.NetworkOptions("priok", true, true, dev.priok.engine.NetworkingConfig.DEFAULT),
                        Optional.empty(),
                        Optional.empty(),
                        RegistryAccess.DEFAULT.withProxies(Proxies.of(System.getenv())),
                        Optional.empty()),
                config("{}"));
    }

    @Test
    void file_mapsEveryKey() throws IOException {
        DaemonConfig config = config("""
                {"hosts": ["unix:///a.sock", "tcp://127.0.0.1:2376"], "data-root": "/d", "exec-root": "/e",
                 "pidfile": "/p", "debug": true, "group": "g", "labels": ["a=b"], "log-driver": "none",
                 "log-opts": {"max-size": "1m"}, "default-shm-size": "1g", "cgroup-parent": "/c", "init": true,
                 "shutdown-timeout": 3, "metrics-addr": "127.0.0.1:9323", "tlsverify": true, "tlscacert": "/ca", "tlscert": "/cert", "tlskey": "/key",
                 "live-restore": true}
                """);
        assertEquals(
                new DaemonConfig(
                        List.of("unix:///a.sock", "tcp://127.0.0.1:2376"),
                        Path.of("/d"),
                        Path.of("/e"),
                        Optional.of(Path.of("/p")),
                        "debug",
                        Optional.of("g"),
                        List.of("a=b"),
                        "none",
                        Map.of("max-size", "1m"),
                        new ByteCount(1L << 30),
                        "/c",
                        true,
                        Duration.ofSeconds(3),
                        new DaemonConfig.NetworkOptions("priok", true, true, dev.priok.engine.NetworkingConfig.DEFAULT),
                        Optional.empty(),
                        Optional.of("127.0.0.1:9323"),
                        RegistryAccess.DEFAULT.withProxies(Proxies.of(System.getenv())),
                        Optional.of(
                                new DaemonConfig.Tls(Path.of("/cert"), Path.of("/key"), Optional.of(Path.of("/ca"))))),
                config);
    }

    @Test
    void flags_takeBothForms() throws IOException {
        DaemonConfig config = config(
                "{}", "-H", "unix:///x", "--host=tcp://127.0.0.1:1", "-H", "fd://", "--data-root=/r", "-l", "warn");
        assertEquals(List.of("unix:///x", "tcp://127.0.0.1:1", "fd://"), config.hosts());
        assertEquals(Path.of("/r"), config.dataRoot());
        assertEquals("warn", config.logLevel());
    }

    @Test
    void wrong_isRefusedByName() {
        refuses("unknown flag: --nope", "{}", "--nope");
        refuses("flag needs an argument: --data-root", "{}", "--data-root");
        refuses("don't match any configuration option: data-rot", "{\"data-rot\": 1}");
        refuses(
                "specified both as a flag and in the configuration file: data-root",
                "{\"data-root\": \"/a\"}",
                "--data-root=/b");
        refuses("wrong type of value for \"debug\"", "{\"debug\": \"yes\"}");
        refuses("invalid configuration file", "{");
        refuses("invalid logging level: loud", "{}", "--log-level=loud");
        refuses("invalid bind address format: ftp://x", "{}", "-H", "ftp://x");
        refuses("--tlsverify needs --tlscacert", "{}", "--tlsverify");
        refuses("invalid size: 'x'", "{}", "--default-shm-size=x");
    }

    private void refuses(String message, String json, String... flags) {
        Failure failure = assertThrows(Failure.class, () -> config(json, flags));
        assertTrue(failure.message().contains(message), failure.message());
    }

    @Test
    void rootLock_isHeldOnce() throws IOException {
        Path root = dir.resolve("root");
        try (RootLock _ = RootLock.take(root)) {
            assertTrue(Files.isDirectory(root));
            Failure failure = assertThrows(Failure.class, () -> RootLock.take(root));
            assertTrue(failure.message().contains(root.toString()));
        }
        RootLock.take(root).close();
    }
}
