package dev.priok.cli.command;

import dev.priok.client.DaemonAddress;
import dev.priok.client.Json;
import dev.priok.client.JsonObject;
import dev.priok.client.TlsFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * Which daemon a command talks to, and how: {@code -H}, {@code --context}, PRIOK_HOST, DOCKER_HOST, DOCKER_CONTEXT, the current
 * context of {@code config.json}, the default socket; the first that says something.
 */
final class DaemonChoice {
    private static final String DEFAULT_CONTEXT = "default";

    private final Session session;
    private final Wishes wishes;

    /**
     * What the command line said.
     *
     * @param hosts values of {@code -H}
     * @param context value of {@code --context}
     * @param tls whether {@code --tls} was given
     * @param verify whether {@code --tlsverify} was given
     * @param authority value of {@code --tlscacert}
     * @param certificate value of {@code --tlscert}
     * @param key value of {@code --tlskey}
     */
    record Wishes(
            List<String> hosts,
            String context,
            boolean tls,
            boolean verify,
            String authority,
            String certificate,
            String key) {}

    DaemonChoice(Session session, Wishes wishes) {
        this.session = session;
        this.wishes = wishes;
    }

    DaemonAddress address() throws IOException {
        if (wishes.hosts().size() > 1) {
            throw new CommandFailed("specify only one -H");
        }
        if (!wishes.hosts().isEmpty()) {
            if (!wishes.context().isEmpty()) {
                throw new CommandFailed("conflicting options: cannot specify both --host and --context");
            }
            return of(wishes.hosts().getFirst());
        }
        if (!wishes.context().isEmpty()) {
            return ofContext(wishes.context());
        }
        for (String variable : List.of("PRIOK_HOST", "DOCKER_HOST")) {
            if (!session.environment(variable).isEmpty()) {
                return of(session.environment(variable));
            }
        }
        String context = session.environment("DOCKER_CONTEXT");
        if (context.isEmpty() && Files.exists(session.configFolder().resolve("contexts"))) {
            context = session.configFile().read().text("currentContext");
        }
        return context.isEmpty() ? of(Session.DEFAULT_HOST) : ofContext(context);
    }

    private DaemonAddress of(String host) {
        DaemonAddress address = DaemonAddress.parse(host);
        boolean verify =
                wishes.verify() || !session.environment("DOCKER_TLS_VERIFY").isEmpty();
        boolean tls =
                verify || wishes.tls() || !session.environment("DOCKER_TLS").isEmpty();
        if (!tls || !(address instanceof DaemonAddress.Tcp tcp)) {
            return address;
        }
        String folderText = session.environment("DOCKER_CERT_PATH");
        Path folder = folderText.isEmpty() ? session.configFolder() : Path.of(folderText);
        return new DaemonAddress.Tls(
                tcp,
                new TlsFiles(
                        file(wishes.authority(), folder, "ca.pem"),
                        file(wishes.certificate(), folder, "cert.pem"),
                        file(wishes.key(), folder, "key.pem"),
                        verify));
    }

    private static Optional<Path> file(String named, Path folder, String name) {
        if (!named.isEmpty()) {
            return Optional.of(Path.of(named));
        }
        return Optional.of(folder.resolve(name)).filter(Files::isReadable);
    }

    private DaemonAddress ofContext(String name) throws IOException {
        if (name.equals(DEFAULT_CONTEXT)) {
            return of(Session.DEFAULT_HOST);
        }
        String id = sha256(name);
        Path contexts = session.configFolder().resolve("contexts");
        Path meta = contexts.resolve("meta").resolve(id).resolve("meta.json");
        if (!Files.isReadable(meta)) {
            throw new CommandFailed("context \"" + name + "\": context not found: " + meta + " does not exist");
        }
        JsonObject endpoint = JsonObject.of(Json.read(Files.readString(meta)))
                .object("Endpoints")
                .object("docker");
        DaemonAddress address = DaemonAddress.parse(endpoint.text("Host"));
        Path folder = contexts.resolve("tls").resolve(id).resolve("docker");
        if (!(address instanceof DaemonAddress.Tcp tcp) || !Files.exists(folder)) {
            return address;
        }
        return new DaemonAddress.Tls(
                tcp,
                new TlsFiles(
                        file("", folder, "ca.pem"),
                        file("", folder, "cert.pem"),
                        file("", folder, "key.pem"),
                        !endpoint.flag("SkipTLSVerify")));
    }

    /** Folders of contexts are named so (docker/cli {@code cli/context/store}). */
    private static String sha256(String name) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
