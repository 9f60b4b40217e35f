package dev.priok.cli.build;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.priok.cli.FakeTerminal;
import dev.priok.cli.command.Session;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BuildInputsTest {
    @TempDir
    private Path folder;

    @Test
    void layout_isTheFolderBeforeTagAndDigest() throws IOException {
        Path layout = Files.createDirectories(folder.resolve("at@home:here/images"));
        Files.writeString(layout.resolve("oci-layout"), "{}");
        Session session = new Session(
                InputStream.nullInputStream(),
                OutputStream.nullOutputStream(),
                OutputStream.nullOutputStream(),
                _ -> null,
                () -> Instant.EPOCH,
                new FakeTerminal());
        String digest = "@sha256:" + "a".repeat(64);
        for (String end : new String[] {"", ":1.0", digest, ":1.0" + digest}) {
            String option = "base=oci-layout://" + layout + end;
            assertEquals(
                    Map.of("base", layout),
                    BuildInputs.of(session, List.of(), List.of(option), List.of())
                            .folders(),
                    option);
        }
    }
}
