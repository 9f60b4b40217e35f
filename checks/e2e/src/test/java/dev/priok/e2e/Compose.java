package dev.priok.e2e;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Debian's docker-compose 1.29, unmodified, with one application on one daemon. */
record Compose(Path file, String project, Map<String, String> environment) {
    /** Tests run in the folder of their module. */
    private static final String PROGRAM = Path.of("..", "peers", "docker-compose")
            .toAbsolutePath()
            .normalize()
            .toString();

    /** Building five images from packages takes minutes. */
    private static final int TIMEOUT_SECONDS = 1800;

    static Compose of(TestDaemon daemon, Path file, String project, Map<String, String> variables) {
        Map<String, String> environment = new HashMap<>(variables);
        environment.put("DOCKER_HOST", daemon.host());
        return new Compose(file, project, Map.copyOf(environment));
    }

    /** Whether it can be had here: it comes from Debian's mirror. */
    static boolean isThere() {
        return Program.run(Map.of(), new byte[0], List.of(PROGRAM, "version")).exit() == 0;
    }

    Program.Result run(String... arguments) {
        List<String> line = new ArrayList<>(List.of(PROGRAM, "-p", project, "-f", file.toString()));
        line.addAll(List.of(arguments));
        return Program.run(environment, new byte[0], line, TIMEOUT_SECONDS);
    }

    String ok(String... arguments) {
        return run(arguments).ok().line();
    }
}
