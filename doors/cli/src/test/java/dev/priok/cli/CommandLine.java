package dev.priok.cli;

import dev.priok.cli.command.Session;
import dev.priok.client.testing.FakeDaemon;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Runs command lines in this JVM and keeps what they say. */
public final class CommandLine {
    /** What the clock shows. */
    public static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

    private final Map<String, String> environment = new HashMap<>();
    private final FakeTerminal terminal = new FakeTerminal();
    private InputStream in = InputStream.nullInputStream();

    /**
     * What became of a command line.
     *
     * @param exitCode its exit code
     * @param out its standard output
     * @param err its standard error
     */
    public record Result(int exitCode, String out, String err) {}

    public CommandLine(FakeDaemon daemon) {
        environment.put("PRIOK_HOST", daemon.host());
        environment.put("HOME", "/nonexistent");
    }

    public CommandLine environment(String name, String value) {
        environment.put(name, value);
        return this;
    }

    public CommandLine input(String text) {
        in = new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
        return this;
    }

    public CommandLine input(InputStream stream) {
        in = stream;
        return this;
    }

    public FakeTerminal terminal() {
        return terminal;
    }

    public Result run(String... words) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Session session = new Session(in, out, err, environment::get, () -> NOW, terminal);
        int exitCode = new Cli(session).run(List.of(words));
        session.flush();
        return new Result(exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }
}
