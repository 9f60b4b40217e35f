package dev.priok.e2e;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** A command line in docker's grammar, pointed at one daemon. */
record Docker(List<String> program, Map<String, String> environment) {
    /** The unmodified docker command: what {@code DOCKER} names, else the first in PATH. */
    static String command() {
        return find().orElseThrow(() -> new AssertionError(
                "no docker command found: set DOCKER to one, or run checks/peers/fetch (make test does)"));
    }

    static Optional<String> find() {
        String named = System.getenv("DOCKER");
        if (named != null && !named.isEmpty()) {
            return Optional.of(named);
        }
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
                .map(d -> Path.of(d, "docker"))
                .filter(Files::isExecutable)
                .map(Path::toString)
                .findFirst();
    }

    Program.Result run(String... arguments) {
        return feed(new byte[0], arguments);
    }

    Program.Result feed(String input, String... arguments) {
        return feed(input.getBytes(StandardCharsets.UTF_8), arguments);
    }

    Program.Result feed(byte[] input, String... arguments) {
        return Program.run(environment, input, line(arguments));
    }

    /** Runs, and fails unless the exit status is 0; standard output without the line end. */
    String ok(String... arguments) {
        return run(arguments).ok().line();
    }

    /** Starts without waiting. */
    Process start(String... arguments) {
        return Program.start(environment, line(arguments));
    }

    private List<String> line(String... arguments) {
        List<String> line = new ArrayList<>(program);
        line.addAll(List.of(arguments));
        return line;
    }
}
