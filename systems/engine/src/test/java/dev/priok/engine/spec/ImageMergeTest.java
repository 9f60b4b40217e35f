package dev.priok.engine.spec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.priok.core.Failure;
import dev.priok.engine.ContainerSpec;
import dev.priok.engine.ImageSettings;
import dev.priok.engine.ProcessSpec;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ImageMergeTest {
    private static final ImageSettings IMAGE = new ImageSettings(
            "web",
            List.of("80/tcp"),
            List.of("A=1", "B=2"),
            List.of("/entry"),
            List.of("serve"),
            List.of("/data"),
            "/srv",
            Map.of("k", "image", "only", "image"),
            "SIGINT",
            null,
            null,
            List.of(),
            false);

    private static ContainerSpec merge(@Nullable List<String> entrypoint, @Nullable List<String> cmd) {
        ContainerSpec spec = ContainerSpec.of("x").withLabels(Map.of("k", "mine"));
        return ImageMerge.merge(spec.withProcess(spec.process().withCommand(entrypoint, cmd)), IMAGE);
    }

    @Test
    void nothingAsked_isTheImages() {
        ContainerSpec merged = merge(null, null);
        ProcessSpec process = merged.process();
        assertEquals(List.of("/entry"), process.entrypoint());
        assertEquals(List.of("serve"), process.cmd());
        assertEquals("web", process.user());
        assertEquals("/srv", process.workingDir());
        assertEquals("SIGINT", process.stopSignal());
        assertEquals(List.of("A=1", "B=2"), process.env());
        assertEquals(Map.of("k", "mine", "only", "image"), merged.labels());
        assertEquals(List.of("/data"), merged.storage().volumes());
        assertEquals(List.of("80/tcp"), merged.network().exposedPorts());
    }

    @Test
    void command_keepsEntrypoint() {
        ProcessSpec process = merge(null, List.of("other")).process();
        assertEquals(List.of("/entry"), process.entrypoint());
        assertEquals(List.of("other"), process.cmd());
    }

    @Test
    void entrypoint_dropsImagesCommand() {
        ProcessSpec process = merge(List.of("sh"), null).process();
        assertEquals(List.of("sh"), process.entrypoint());
        assertNull(process.cmd());
    }

    @Test
    void emptyEntrypoint_resets() {
        ProcessSpec process = merge(List.of(""), List.of("ls")).process();
        assertNull(process.entrypoint());
        assertEquals(List.of("ls"), process.cmd());
    }

    @Test
    void nothingToRun_isRefused() {
        assertEquals(
                "no command specified",
                assertThrows(Failure.class, () -> ImageMerge.merge(ContainerSpec.of("x"), ImageSettings.NONE))
                        .message());
    }

    @Test
    void environment_ownValuesWin() {
        ContainerSpec spec = ContainerSpec.of("x");
        ProcessSpec p = spec.process();
        ContainerSpec asked = spec.withProcess(new ProcessSpec(
                p.entrypoint(),
                p.cmd(),
                List.of("B=mine", "A"),
                "",
                "",
                List.of(),
                false,
                false,
                false,
                false,
                true,
                true,
                "",
                null,
                null,
                List.of(),
                0,
                0));
        assertEquals(
                List.of("B=mine", "A"), ImageMerge.merge(asked, IMAGE).process().env());
        assertEquals(
                List.of("PATH=/p", "B=mine"),
                Environment.replaceOrAppend(List.of("PATH=/p", "A=x"), List.of("B=mine", "A")));
    }
}
