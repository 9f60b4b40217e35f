package dev.priok.cli.build;

import dev.priok.cli.archive.FileTree;
import dev.priok.cli.archive.TarEntry;
import dev.priok.cli.archive.TarWriter;
import dev.priok.cli.command.CommandFailed;
import dev.priok.cli.command.Session;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What goes with a build context in the same archive: secrets and the files of named contexts.
 *
 * @param secrets by id
 * @param folders named contexts that are folders
 * @param remotes named contexts that the daemon brings: address, or reference of an image, by name
 * @param agents that answer for keys of ssh
 * @param knownHosts keys of ssh servers
 */
record BuildInputs(
        Map<String, byte[]> secrets,
        Map<String, Path> folders,
        Map<String, String> remotes,
        SshAgents agents,
        Optional<byte[]> knownHosts) {
    private static final String PACK = ".priok-build-inputs";
    private static final String LAYOUT = "oci-layout://";
    private static final int SECRET_MODE = 0400;

    /** Reads the values of {@code --secret} and {@code --build-context}. */
    static BuildInputs of(
            Session session, List<String> secretOptions, List<String> contextOptions, List<String> sshOptions)
            throws IOException {
        Map<String, byte[]> secrets = new LinkedHashMap<>();
        for (String option : secretOptions) {
            addSecret(session, option, secrets);
        }
        Map<String, Path> folders = new LinkedHashMap<>();
        Map<String, String> remotes = new LinkedHashMap<>();
        for (String option : contextOptions) {
            int equals = option.indexOf('=');
            if (equals <= 0) {
                throw new CommandFailed("invalid context value: " + option + ", expected key=value");
            }
            String name = option.substring(0, equals);
            String value = option.substring(equals + 1);
            if (value.startsWith(LAYOUT)) {
                folders.put(name, layout(name, value));
                remotes.put(name, value);
            } else if (value.contains("://") || value.startsWith("git@") || value.startsWith("github.com/")) {
                remotes.put(name, value);
            } else if (Files.isDirectory(Path.of(value))) {
                folders.put(name, Path.of(value));
            } else {
                throw new CommandFailed("failed to get build context " + name + ": " + value + " is no folder");
            }
        }
        SshAgents agents = SshAgents.of(session, sshOptions);
        return new BuildInputs(
                secrets,
                folders,
                remotes,
                agents,
                agents.known().isEmpty() ? Optional.empty() : SshAgents.knownHosts(session));
    }

    /** The folder of an OCI layout, without the tag or digest after it. */
    private static Path layout(String name, String value) {
        String place = value.substring(LAYOUT.length());
        int last = place.lastIndexOf('/') + 1;
        int at = place.indexOf('@', last);
        String named = at < 0 ? place : place.substring(0, at);
        int colon = named.indexOf(':', last);
        Path folder = Path.of(colon < 0 ? named : named.substring(0, colon));
        if (!Files.isRegularFile(folder.resolve("oci-layout"))) {
            throw new CommandFailed("failed to get build context " + name + ": " + folder + " is no OCI layout");
        }
        return folder;
    }

    private static void addSecret(Session session, String option, Map<String, byte[]> secrets) throws IOException {
        String id = "";
        String source = "";
        String variable = "";
        for (String field : option.split(",")) {
            int equals = field.indexOf('=');
            String key = equals < 0 ? field : field.substring(0, equals);
            String value = equals < 0 ? "" : field.substring(equals + 1);
            switch (key) {
                case "id" -> id = value;
                case "src", "source" -> source = value;
                case "env" -> variable = value;
                case "type" -> {
                    if (!value.equals("file") && !value.equals("env")) {
                        throw new CommandFailed("unsupported secret type \"" + value + "\"");
                    }
                }
                default -> throw new CommandFailed("unexpected key '" + key + "' in '" + field + "'");
            }
        }
        if (id.isEmpty() || id.contains("/")) {
            throw new CommandFailed("secret needs an id without slashes: --secret id=NAME[,src=FILE|,env=VARIABLE]");
        }
        boolean isVariable = !variable.isEmpty() || (source.isEmpty() && session.hasEnvironment(id));
        String name = variable.isEmpty() ? id : variable;
        if (isVariable && !session.hasEnvironment(name)) {
            throw new CommandFailed("secret " + id + ": environment variable " + name + " is not set");
        }
        secrets.put(
                id,
                isVariable
                        ? session.environment(name).getBytes(StandardCharsets.UTF_8)
                        : Files.readAllBytes(Path.of(source.isEmpty() ? id : source)));
    }

    boolean isEmpty() {
        return secrets.isEmpty() && folders.isEmpty() && agents.known().isEmpty();
    }

    /** Writes them in front of the context. */
    void writeTo(TarWriter tar) throws IOException {
        for (Map.Entry<String, byte[]> secret : secrets.entrySet()) {
            byte[] value = secret.getValue();
            write(tar, "/secrets/" + secret.getKey(), value);
        }
        for (String agent : agents.known().keySet()) {
            write(tar, "/agents/" + agent, new byte[0]);
        }
        if (knownHosts.isPresent()) {
            write(tar, "/known_hosts", knownHosts.get());
        }
        for (Map.Entry<String, Path> folder : folders.entrySet()) {
            String name = PACK + "/contexts/" + folder.getKey().replace('/', '%');
            new FileTree(tar, false).addAll(folder.getValue().toRealPath(), name);
        }
    }

    private static void write(TarWriter tar, String name, byte[] value) throws IOException {
        tar.write(
                new TarEntry(PACK + name, TarEntry.Kind.FILE, SECRET_MODE, 0, 0, value.length, 0, ""),
                new ByteArrayInputStream(value));
    }
}
