package dev.priok.cli.image;

import dev.priok.cli.command.CommandFailed;
import dev.priok.client.Json;
import dev.priok.client.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A program that keeps credentials, {@code docker-credential-NAME}: one word says what to do, standard input names the registry.
 *
 * @see <a href="https://docs.docker.com/reference/cli/docker/login/#credential-helpers">credential helpers</a>
 */
final class CredentialProgram {
    /** User name that a helper gives when the secret is an identity token. */
    static final String TOKEN = "<token>";

    private static final String NOT_FOUND = "credentials not found";
    private static final int MAXIMUM_ANSWER_BYTES = 1 << 20;
    private static final int PATIENCE_SECONDS = 60;

    private final String program;

    CredentialProgram(String name) {
        program = "docker-credential-" + name;
    }

    /** What it keeps for a registry; nothing when it has none. */
    JsonObject get(String registry) throws IOException {
        String answer = ask("get", registry);
        return answer.contains(NOT_FOUND) ? JsonObject.of(null) : JsonObject.of(Json.read(answer));
    }

    /** Registries that it keeps credentials of. */
    JsonObject list() throws IOException {
        return JsonObject.of(Json.read(ask("list", "")));
    }

    void store(String registry, String user, String secret) throws IOException {
        ask("store", Json.write(Map.of("ServerURL", registry, "Username", user, "Secret", secret)));
    }

    void erase(String registry) throws IOException {
        ask("erase", registry);
    }

    private String ask(String action, String input) throws IOException {
        Process process;
        try {
            process = new ProcessBuilder(program, action)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
        } catch (IOException e) {
            throw new CommandFailed("error getting credentials - err: exec: \"" + program
                    + "\": executable file not found in $PATH, out: ``");
        }
        try (var toHelper = process.getOutputStream()) {
            toHelper.write(input.getBytes(StandardCharsets.UTF_8));
        }
        try {
            String answer = new String(
                            process.getInputStream().readNBytes(MAXIMUM_ANSWER_BYTES), StandardCharsets.UTF_8)
                    .strip();
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new CommandFailed(program + " " + action + " does not end");
            }
            if (process.exitValue() != 0 && !answer.contains(NOT_FOUND)) {
                throw new CommandFailed("error getting credentials - err: exit status " + process.exitValue()
                        + ", out: `" + answer + "`");
            }
            return answer;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailed("interrupted while waiting for " + program);
        } finally {
            process.destroy();
        }
    }
}
