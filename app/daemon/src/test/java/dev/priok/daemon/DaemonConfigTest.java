package dev.priok.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.core.Failure;
import dev.priok.distribution.Proxies;
import dev.priok.distribution.RegistryAccess;
import dev.priok.engine.ContainerDefaults;
import dev.priok.engine.Limits;
import dev.priok.engine.Upkeep;
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
                        "/priok",
                        ContainerDefaults.DOCKERS,
                        Optional.empty(),
                        List.of(Path.of("/etc/cdi"), Path.of("/var/run/cdi")),
                        Duration.ofSeconds(15),
                        true,
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
                 "live-restore": false, "no-new-privileges": true, "default-ipc-mode": "shareable",
                 "default-cgroupns-mode": "private", "default-ulimits": {"nofile": {"Name": "nofile", "Soft": 64, "Hard": 128}},
                 "restart-on-unhealthy": true, "restart-delay": "1s", "restart-max-delay": "2m", "restart-reset": "30s",
                 "start-timeout": "5s", "features": {"cdi": true}, "cdi-spec-dirs": ["/cdi"]}
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
                        "/c",
                        new ContainerDefaults(
                                true,
                                true,
                                "shareable",
                                "private",
                                1L << 30,
                                List.of(new Limits.Ulimit("nofile", 64, 128)),
                                Duration.ofSeconds(10),
                                new Upkeep(
                                        true,
                                        Duration.ofSeconds(1),
                                        Duration.ofMinutes(2),
                                        Duration.ofSeconds(30),
                                        Duration.ofSeconds(5))),
                        Optional.empty(),
                        List.of(Path.of("/cdi")),
                        Duration.ofSeconds(3),
                        false,
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
        refuses(
                "default IPC mode setting (x) is invalid; use \"shareable\" or \"private\"",
                "{}",
                "--default-ipc-mode=x");
        refuses("IPC mode \"host\" is not supported as default value", "{}", "--default-ipc-mode=host");
        refuses("default cgroup namespace mode (x) is invalid", "{}", "--default-cgroupns-mode=x");
        refuses("invalid ulimit type: nonsense", "{}", "--default-ulimit=nonsense=1");
        refuses("invalid ulimit argument: nofile", "{}", "--default-ulimit=nofile");
        refuses("unknown feature \"warp\"", "{}", "--feature=warp");
        refuses("wrong type of value for \"feature\"", "{\"features\": {\"cdi\": 1}}");
        refuses("invalid value \"soon\" for --restart-delay", "{}", "--restart-delay=soon");
        refuses("longer than restart-max-delay", "{}", "--restart-delay=2s", "--restart-max-delay=1s");
        refuses("there is no user \"nobody-there\"", "{}", "--userns-remap=nobody-there");
        refuses("invalid size: 'x'", "{}", "--default-shm-size=x");
    }

    @Test
    void deviceSpecs_areSwitchedOffAsInDocker() throws IOException {
        assertEquals(List.of(), config("{}", "--feature=cdi=false").deviceSpecs());
        assertEquals(List.of(), config("{}", "--cdi-spec-dir=").deviceSpecs());
        assertEquals(List.of(), config("{\"cdi-spec-dirs\": []}").deviceSpecs());
        assertEquals(
                List.of(Path.of("/a")),
                config("{}", "--feature", "cdi", "--cdi-spec-dir=/a").deviceSpecs());
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
