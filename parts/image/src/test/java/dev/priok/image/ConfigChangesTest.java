package dev.priok.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.priok.core.Failure;
import dev.priok.core.Platform;
import dev.priok.oci.image.ContainerDefaults;
import dev.priok.oci.image.ImageConfig;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConfigChangesTest {
    private static ContainerDefaults apply(String... changes) {
        return ConfigChanges.apply(ImageConfig.empty(new Platform("linux", "amd64", "")), List.of(changes))
                .config();
    }

    @Test
    void apply_commands_inBothForms() {
        assertEquals(
                List.of("sh", "-c", "a b"),
                apply("CMD [\"sh\", \"-c\", \"a b\"]").cmd());
        assertEquals(List.of("/bin/sh", "-c", "echo $X"), apply("cmd echo $X").cmd());
        assertEquals(List.of("/e"), apply("ENTRYPOINT [\"/e\"]").entrypoint());
        assertEquals(List.of(), apply("CMD [\"x\"]", "CMD []").cmd());
    }

    @Test
    void apply_environment_replacesByName() {
        assertEquals(
                List.of("A=2", "B=x y", "C=it's"),
                apply("ENV A=1", "ENV A=2 B=\"x y\"", "ENV C it's").env());
        assertEquals(Map.of("k", "v w", "l", ""), apply("LABEL k='v w' l=").labels());
    }

    @Test
    void apply_theRest_setsItsField() {
        ContainerDefaults config = apply(
                "EXPOSE 80 53/UDP",
                "USER 1:2",
                "VOLUME /a /b",
                "VOLUME [\"/c d\"]",
                "WORKDIR /w",
                "WORKDIR x",
                "STOPSIGNAL SIGINT",
                "ONBUILD RUN x",
                "HEALTHCHECK --interval=1m30s --timeout=500ms --retries=2 CMD true");
        assertEquals(
                List.of("80/tcp", "53/udp"), List.copyOf(config.exposedPorts().keySet()));
        assertEquals("1:2", config.user());
        assertEquals(List.of("/a", "/b", "/c d"), List.copyOf(config.volumes().keySet()));
        assertEquals("/w/x", config.workingDir());
        assertEquals("SIGINT", config.stopSignal());
        assertEquals(List.of("RUN x"), config.onBuild());
        assertEquals(List.of("CMD-SHELL", "true"), config.healthcheck().test());
        assertEquals(90_000_000_000L, config.healthcheck().interval());
        assertEquals(500_000_000L, config.healthcheck().timeout());
        assertEquals(2, config.healthcheck().retries());
    }

    @Test
    void apply_mistakes_areInvalid() {
        for (String wrong : List.of(
                "RUN x",
                "",
                "ENV",
                "ENV =x",
                "ENV A",
                "CMD [\"x\"",
                "HEALTHCHECK x",
                "HEALTHCHECK --interval=5 CMD x",
                "HEALTHCHECK --often=1 CMD x",
                "FROM a")) {
            assertEquals(
                    Failure.Kind.INVALID,
                    assertThrows(Failure.class, () -> apply(wrong), wrong).kind());
        }
    }
}
