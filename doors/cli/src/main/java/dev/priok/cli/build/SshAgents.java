package dev.priok.cli.build;

import dev.priok.cli.command.CommandFailed;
import dev.priok.cli.command.Session;
import dev.priok.client.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
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

    /** Of the keys of servers: tens of thousands of them, and what the daemon takes. */
    private static final int MAXIMUM_KNOWN_BYTES = 8 << 20;

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
        List<Path> files = new ArrayList<>();
        String home = session.environment("HOME");
        if (!home.isEmpty()) {
            files.add(Path.of(home, ".ssh", "known_hosts"));
        }
        files.add(Path.of("/etc/ssh/ssh_known_hosts"));
        for (Path file : files) {
            if (Files.isReadable(file)) {
                lines.append(new String(
                                knownHosts(file, MAXIMUM_KNOWN_BYTES - lines.length()), StandardCharsets.ISO_8859_1))
                        .append('\n');
            }
        }
        return lines.isEmpty() ? Optional.empty() : Optional.of(lines.toString().getBytes(StandardCharsets.ISO_8859_1));
    }

    /** A file that takes less than {@code limit} bytes, so that the end of its last line fits too. */
    private static byte[] knownHosts(Path file, int limit) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(limit);
            if (bytes.length >= limit) {
                throw new CommandFailed("--ssh: " + file + " has too many keys of servers: at most "
                        + (MAXIMUM_KNOWN_BYTES >> 20) + " MiB are sent");
            }
            return bytes;
        }
    }

    /**
     * Answers what the daemon asks; an agent that cannot be asked refuses. A step may list keys and sign: what else an agent
     * does for its owner, such as to forget its keys, to lock itself or to take more, is refused before any agent hears of it.
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
            if (message[0] != SshAgent.LIST && message[0] != SshAgent.SIGN) {
                return Optional.of(SshAgent.failure());
            }
            return Optional.of(agent == null ? SshAgent.failure() : agent.ask(connection, message));
        } catch (IOException | CommandFailed _) {
            // The step says that it was refused; what it does about it is its own business.
            return message.length == 0 ? Optional.empty() : Optional.of(SshAgent.failure());
        }
    }
}
