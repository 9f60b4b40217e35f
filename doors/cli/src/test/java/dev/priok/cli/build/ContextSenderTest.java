package dev.priok.cli.build;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.cli.archive.TarEntry;
import dev.priok.cli.archive.TarReader;
import dev.priok.cli.command.CommandFailed;
import dev.priok.client.Json;
import dev.priok.client.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(20)
final class ContextSenderTest {
    private static final String PACK = ".priok-build-inputs/";
    private static final String HEX = "ab".repeat(32);
    private static final String DIGEST = new String(new byte[32], StandardCharsets.ISO_8859_1).replace('\0', '\u00ab');

    @TempDir
    private Path folder;

    private Path context;

    /** Files of a test are older than a tick by this clock. */
    private InstantSource clock = InstantSource.offset(InstantSource.system(), Duration.ofHours(1));

    @BeforeEach
    void write() throws IOException {
        context = Files.createDirectories(folder.resolve("context"));
        Files.writeString(context.resolve("Dockerfile"), "FROM x\n");
        Files.createDirectories(context.resolve("d"));
        Files.writeString(context.resolve("d/a"), "in a");
    }

    private ContextSender sender() throws IOException {
        return new ContextSender(
                BuildContext.of(context.toString(), ""),
                _ -> {},
                folder.resolve("index"),
                022,
                new SshAgents(java.util.Map.of()),
                clock);
    }

    private static JsonObject json(String text) throws IOException {
        return JsonObject.of(Json.read(text));
    }

    private static Map<String, String> members(ContextSender sender) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        sender.writeTo(out, _ -> {});
        Map<String, String> members = new LinkedHashMap<>();
        TarReader tar = new TarReader(new ByteArrayInputStream(out.toByteArray()));
        for (TarEntry entry = tar.next(); entry != null; entry = tar.next()) {
            members.put(entry.name(), new String(tar.content().readAllBytes(), StandardCharsets.ISO_8859_1));
        }
        return members;
    }

    /** Sends files by their numbers, and is told what they held. */
    private Map<String, String> send(String numbers, String received) throws IOException {
        ContextSender sender = sender();
        if (!numbers.isEmpty()) {
            sender.note(json("{\"Send\":\"" + numbers + "\"}"));
        }
        sender.end();
        Map<String, String> members = members(sender);
        sender.note(json("{\"Received\":{" + received + "}}"));
        sender.save();
        return members;
    }

    @Test
    void onlyTheList_isSentUnasked() throws IOException {
        Map<String, String> members = send("", "");
        assertEquals("[" + PACK + "manifest]", members.keySet().toString());
        String list = members.get(PACK + "manifest");
        assertTrue(list.startsWith("priok-context 1\nf\0\1\0\nDockerfile"), list);
        assertFalse(list.contains("in a"), list);
    }

    @Test
    void whatIsAskedFor_isSentByItsNumber() throws IOException {
        Map<String, String> members = send("0,2-2", "");
        assertEquals("FROM x\n", members.get(PACK + "files/0"));
        assertEquals("in a", members.get(PACK + "files/2"));
        assertEquals(3, members.size());
    }

    @Test
    void whatTheDaemonReceived_isOnTheListOfTheNextBuild_untilTheFileChanges() throws IOException {
        assertFalse(send("2", "\"2\":\"" + HEX + "\"").get(PACK + "manifest").contains(DIGEST));
        assertTrue(send("", "").get(PACK + "manifest").contains(DIGEST));
        assertTrue(send("", "").get(PACK + "manifest").contains(DIGEST), "kept by a build that sent nothing");
        Files.writeString(context.resolve("d/a"), "IN A");
        assertFalse(send("", "").get(PACK + "manifest").contains(DIGEST));
    }

    @Test
    void fileThatMayStillChangeInTheSameTick_isNotNoted() throws IOException {
        clock = InstantSource.offset(InstantSource.system(), Duration.ofHours(-1));
        send("2", "\"2\":\"" + HEX + "\"");
        assertFalse(send("", "").get(PACK + "manifest").contains(DIGEST));
    }

    @Test
    void brokenIndex_isAsNone() throws IOException {
        send("2", "\"2\":\"" + HEX + "\"");
        try (var all = Files.list(folder.resolve("index"))) {
            for (Path file : all.toList()) {
                byte[] bytes = Files.readAllBytes(file);
                bytes[bytes.length - 1] ^= 1;
                Files.write(file, bytes);
            }
        }
        assertFalse(send("", "").get(PACK + "manifest").contains(DIGEST));
    }

    @Test
    void fileThatChangesWhileItIsSent_endsTheBuild() throws IOException {
        ContextSender sender = sender();
        sender.note(json("{\"Send\":\"2\"}"));
        sender.end();
        CommandFailed failed = assertThrows(
                CommandFailed.class,
                () -> sender.writeTo(new ByteArrayOutputStream(), _ -> append(context.resolve("d/a"))));
        assertTrue(String.valueOf(failed.getMessage()).contains("d/a changed while it was sent"), failed.getMessage());
    }

    private static void append(Path file) {
        try {
            Files.writeString(file, "longer than before");
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
