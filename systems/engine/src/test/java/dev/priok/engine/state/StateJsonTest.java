package dev.priok.engine.state;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.priok.engine.ContainerSpec;
import dev.priok.engine.ContainerState;
import dev.priok.engine.ContainerView.MountPoint;
import dev.priok.engine.DeviceSpec;
import dev.priok.engine.Healthcheck;
import dev.priok.engine.HostSpec;
import dev.priok.engine.IdRemap;
import dev.priok.engine.Limits;
import dev.priok.engine.LoggingSpec;
import dev.priok.engine.NamespaceSpec;
import dev.priok.engine.NetworkSpec;
import dev.priok.engine.ProcessSpec;
import dev.priok.engine.RestartPolicy;
import dev.priok.engine.SecuritySpec;
import dev.priok.engine.StorageSpec;
import dev.priok.engine.Upkeep;
import dev.priok.engine.spec.PlannedMount;
import dev.priok.logs.Overflow;
import dev.priok.oci.runtime.LinuxSpec.IdMapping;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StateJsonTest {
    private static final ContainerSpec FULL = new ContainerSpec(
            "name",
            "image",
            new ProcessSpec(
                    List.of("e"),
                    List.of("c"),
                    List.of("A=1"),
                    "/w",
                    "u:g",
                    List.of("10"),
                    true,
                    true,
                    true,
                    true,
                    true,
                    true,
                    "SIGINT",
                    5,
                    List.of("sh"),
                    List.of("RUN x"),
                    24,
                    80),
            "host",
            "domain",
            Map.of("l", "v"),
            new Healthcheck(List.of("CMD", "x"), 1, 2, 3, 4, 5),
            new StorageSpec(
                    List.of("/v"),
                    List.of("a:/b"),
                    List.of(new StorageSpec.Mount(
                            "volume",
                            "s",
                            "/t",
                            true,
                            "default",
                            new StorageSpec.BindOptions("rslave", true, true, true, true),
                            new StorageSpec.VolumeOptions(true, Map.of("l", "v"), "d", Map.of("o", "p"), "sub"),
                            new StorageSpec.TmpfsOptions(5, 6, List.of(List.of("exec"))),
                            "x")),
                    Map.of("/run", "size=1m"),
                    List.of("other"),
                    "local",
                    7,
                    Map.of("size", "1g")),
            new Limits(
                    1,
                    2,
                    3,
                    4L,
                    true,
                    5,
                    6,
                    7,
                    8,
                    9,
                    10,
                    "0",
                    "1",
                    11L,
                    12,
                    List.of(new Limits.DeviceRate("/dev/sda", 13)),
                    List.of(),
                    List.of(),
                    List.of(),
                    List.of(),
                    List.of(new Limits.Ulimit("nofile", 1, 2)),
                    "/p"),
            new SecuritySpec(List.of("A"), List.of("B"), true, List.of("o"), List.of("/m"), List.of(), true),
            new NamespaceSpec("i", "p", "u", "us", "c"),
            new DeviceSpec(
                    List.of(new DeviceSpec.Device("/a", "/b", "rwm")),
                    List.of("c 1:3 r"),
                    List.of(new DeviceSpec.Request(
                            "nvidia", 1, List.of("0"), List.of(List.of("gpu")), Map.of("k", "v")))),
            new NetworkSpec(
                    "none",
                    true,
                    List.of("1.1.1.1"),
                    List.of("o"),
                    List.of("s"),
                    List.of("h:1"),
                    List.of("l"),
                    List.of("80/tcp"),
                    Map.of("80/tcp", List.of(new NetworkSpec.PortBinding("ip", "8080"))),
                    true,
                    "mac",
                    Map.of(
                            "n",
                            new NetworkSpec.Endpoint(
                                    List.of("al"),
                                    List.of(),
                                    "4",
                                    "6",
                                    "m",
                                    Map.of(),
                                    3,
                                    "id",
                                    List.of("169.254.1.1")))),
            new LoggingSpec("json-file", Map.of("max-size", "1m")),
            new RestartPolicy("on-failure", 3),
            new HostSpec(
                    true,
                    true,
                    Map.of("s", "1"),
                    5,
                    Map.of("a", "b"),
                    "priok",
                    "default",
                    "f",
                    new Upkeep(
                            true,
                            Duration.ofMillis(1),
                            Duration.ofNanos(2),
                            Duration.ofMinutes(3),
                            Duration.ofSeconds(4))));

    @Test
    void definition_comesBackWhole() {
        Definition definition = new Definition(
                "id",
                Instant.parse("2026-01-01T00:00:00.123456789Z"),
                FULL,
                List.of("e", "c"),
                "sha256:x",
                "sha256:y",
                "linux/amd64",
                List.of(new PlannedMount(
                        new MountPoint("bind", "n", "/s", "/d", "drv", "ro", true, "rprivate"),
                        List.of("rbind"),
                        true,
                        false,
                        true)),
                new IdRemap(List.of(new IdMapping(0, 100_000, 5)), List.of(new IdMapping(0, 200_000, 6))));
        assertEquals(definition, StateJson.read(StateJson.write(definition), Definition.class));
    }

    @Test
    void condition_comesBackWhole() {
        ContainerState state = new ContainerState(
                ContainerState.Status.EXITED,
                0,
                137,
                "broke",
                true,
                Instant.EPOCH,
                Instant.EPOCH.plusSeconds(1),
                new ContainerState.Health(
                        "healthy", 2, List.of(new ContainerState.Probe(Instant.EPOCH, Instant.EPOCH, -1, "out"))));
        Condition condition = new Condition(state, 4, true, true, true, new Overflow.Dropped(2, 30));
        assertEquals(condition, StateJson.read(StateJson.write(condition), Condition.class));
    }

    @Test
    void volume_comesBackWhole() {
        VolumeRow row = new VolumeRow("v", Instant.EPOCH, Map.of("a", "b"), Map.of(), true, "local");
        assertEquals(row, StateJson.read(StateJson.write(row), VolumeRow.class));
    }

    @Test
    void unknownAndMissingFields_areTolerated() {
        Condition old = StateJson.read(
                "{\"state\":{\"status\":\"CREATED\",\"pid\":0,\"exitCode\":0},\"new\":1}", Condition.class);
        assertEquals(ContainerState.Status.CREATED, old.state().status());
        assertEquals(0, old.dropped().lines());
    }
}
