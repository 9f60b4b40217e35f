package dev.priok.cli.build;

import dev.priok.cli.command.CommandFailed;
import dev.priok.cli.command.Session;
import dev.priok.client.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The agents of {@code --ssh}, by name.
 *
 * @param known each answers for the keys that it has
 */
record SshAgents(Map<String, SshAgent> known) {
    /** Where agents leave their address. */
    private static final String SOCKET = "SSH_AUTH_SOCK";

    /** Reads the values of {@code --ssh}: {@code default}, {@code NAME=SOCKET} or {@code NAME=KEY[,KEY]}. */
    static SshAgents of(Session session, List<String> options) throws IOException {
        Map<String, SshAgent> agents = new LinkedHashMap<>();
        for (String option : options) {
            int equals = option.indexOf('=');
            String id = equals < 0 ? option : option.substring(0, equals);
            if (id.isEmpty() || id.contains("/")) {
                throw new CommandFailed("invalid --ssh " + option + ": default or NAME[=SOCKET|KEY[,KEY]]");
            }
            String value = equals < 0 ? session.environment(SOCKET) : option.substring(equals + 1);
            if (value.isEmpty()) {
                throw new CommandFailed("invalid empty ssh agent socket, make sure " + SOCKET + " is set");
            }
            agents.put(id, agent(value));
        }
        return new SshAgents(agents);
    }

    private static SshAgent agent(String value) throws IOException {
        List<SshKey> keys = new ArrayList<>();
        String[] paths = value.split(",");
        for (String text : paths) {
            Path path = Path.of(text);
            if (!Files.exists(path)) {
                throw new CommandFailed("--ssh: " + text + ": no such file or directory");
            }
            if (Files.isRegularFile(path)) {
                keys.add(SshKey.read(path));
            } else if (paths.length > 1) {
                throw new CommandFailed("--ssh: " + text + " is no file, and only keys can be several");
            } else {
                return new SshAgent.Running(path);
            }
        }
        return new SshAgent.Keys(keys);
    }

    /** The keys of servers that the user knows: own ones and those of the machine. */
    static Optional<byte[]> knownHosts(Session session) throws IOException {
        StringBuilder lines = new StringBuilder();
        for (Path file : List.of(
                Path.of(session.environment("HOME"), ".ssh", "known_hosts"), Path.of("/etc/ssh/ssh_known_hosts"))) {
            if (Files.isReadable(file)) {
                lines.append(Files.readString(file, java.nio.charset.StandardCharsets.ISO_8859_1))
                        .append('\n');
            }
        }
        return lines.isEmpty()
                ? Optional.empty()
                : Optional.of(lines.toString().getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
    }

    /**
     * Answers what the daemon asks; an agent that cannot be asked refuses.
     *
     * @return nothing when no answer is expected
     */
    Optional<byte[]> answer(JsonObject question) {
        int connection = (int) question.number("Connection");
        byte[] message = Base64.getDecoder().decode(question.text("Message"));
        SshAgent agent = known.get(question.text("Id"));
        try {
            if (message.length == 0) {
                if (agent != null) {
                    agent.disconnect(connection);
                }
                return Optional.empty();
            }
            return Optional.of(agent == null ? SshAgent.failure() : agent.ask(connection, message));
        } catch (IOException | CommandFailed _) {
            // The step says that it was refused; what it does about it is its own business.
            return message.length == 0 ? Optional.empty() : Optional.of(SshAgent.failure());
        }
    }
}
