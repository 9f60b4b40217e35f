package dev.priok.cli.build;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.cli.CommandLine;
import dev.priok.client.Json;
import dev.priok.client.JsonObject;
import dev.priok.client.testing.FakeDaemon;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What builds and checks write for other programs. */
class BuildOutputTest {
    private static final String REPORT =
            "{\"File\":\"Dockerfile\",\"Findings\":[{\"Code\":\"PB204\",\"Rule\":\"UntaggedBase\",\"Title\":\"No tag\","
                    + "\"Message\":\"bb has no tag\",\"FirstLine\":2,\"LastLine\":3}]}";

    private static final String BUILD = "{\"ID\":\"b1\",\"Name\":\"out:1\",\"Status\":\"done\",\"Steps\":["
            + "{\"Name\":\"one\",\"Cached\":true,\"StartedAt\":\"2026-01-01T00:00:01Z\",\"CompletedAt\":\"2026-01-01T00:00:02.5Z\"},"
            + "{\"Name\":\"never\",\"StartedAt\":\"\",\"CompletedAt\":\"\"}]}";

    @TempDir
    Path folder;

    private FakeDaemon daemon;

    @BeforeEach
    void start() throws IOException {
        daemon = new FakeDaemon(folder);
        daemon.on("HEAD /_ping", 200, "")
                .on("POST /priok/build/check", 200, REPORT)
                .on("GET /priok/builds/b1", 200, BUILD);
    }

    @AfterEach
    void stop() throws IOException {
        daemon.close();
    }

    @Test
    void check_sarif_namesRuleFileAndLines() throws IOException {
        Path context = Files.createDirectory(folder.resolve("context"));
        Files.writeString(context.resolve("Dockerfile"), "FROM bb\n");
        CommandLine.Result result =
                new CommandLine(daemon).run("build", "--check", "--check-format", "sarif", context.toString());
        assertEquals(1, result.exitCode(), result.err());
        JsonObject document = JsonObject.of(Json.read(result.out()));
        assertEquals("2.1.0", document.text("version"));
        JsonObject run = document.objects("runs").getFirst();
        JsonObject rule = run.object("tool").object("driver").objects("rules").getFirst();
        assertEquals("PB204", rule.text("id"));
        assertEquals("docs/checks/UntaggedBase.md", rule.text("helpUri"));
        JsonObject found = run.objects("results").getFirst();
        assertEquals("bb has no tag", found.object("message").text("text"));
        JsonObject place = found.objects("locations").getFirst().object("physicalLocation");
        assertEquals("Dockerfile", place.object("artifactLocation").text("uri"));
        assertEquals(2, place.object("region").number("startLine"));
        assertEquals(3, place.object("region").number("endLine"));
    }

    @Test
    void inspect_trace_hasTheStepsThatRan() throws IOException {
        Path trace = folder.resolve("trace.json");
        CommandLine.Result result = new CommandLine(daemon).run("builds", "inspect", "--trace", trace.toString(), "b1");
        assertEquals(0, result.exitCode(), result.err());
        assertTrue(result.out().contains("out:1"), result.out());
        List<JsonObject> events =
                JsonObject.of(Json.read(Files.readString(trace))).objects("traceEvents");
        assertEquals(1, events.size());
        assertEquals("one", events.getFirst().text("name"));
        assertEquals("X", events.getFirst().text("ph"));
        assertEquals(1_500_000, events.getFirst().number("dur"));
    }
}
