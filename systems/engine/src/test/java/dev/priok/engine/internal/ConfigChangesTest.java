package dev.priok.engine.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.priok.core.Failure;
import dev.priok.engine.ImageSettings;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConfigChangesTest {
    private static ImageSettings apply(String... changes) {
        return ConfigChanges.apply(ImageSettings.NONE, List.of(changes));
    }

    @Test
    void instructions_changeSettings() {
        ImageSettings settings = apply(
                "CMD [\"serve\", \"-v\"]",
                "entrypoint /run it",
                "ENV A=1 B=\"two words\"",
                "ENV OLD form",
                "EXPOSE 80 53/udp",
                "LABEL k=v",
                "USER web",
                "VOLUME /data",
                "WORKDIR /srv",
                "STOPSIGNAL SIGINT");
        assertEquals(List.of("serve", "-v"), settings.cmd());
        assertEquals(List.of("/bin/sh", "-c", "/run it"), settings.entrypoint());
        assertEquals(List.of("A=1", "B=two words", "OLD=form"), settings.env());
        assertEquals(List.of("53/udp", "80/tcp"), settings.exposedPorts());
        assertEquals(Map.of("k", "v"), settings.labels());
        assertEquals("web", settings.user());
        assertEquals("/srv", settings.workingDir());
    }

    @Test
    void otherInstructions_areRefused() {
        assertEquals(
                "run is not a valid change command",
                assertThrows(Failure.class, () -> apply("RUN ls")).message());
    }
}
