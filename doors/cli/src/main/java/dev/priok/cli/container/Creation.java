package dev.priok.cli.container;

import dev.priok.cli.command.CommandFailed;
import dev.priok.cli.command.Progress;
import dev.priok.cli.command.Session;
import dev.priok.cli.format.RepositoryTag;
import dev.priok.cli.image.Credentials;
import dev.priok.cli.option.Flag;
import dev.priok.cli.option.Options;
import dev.priok.cli.option.TextOption;
import dev.priok.client.JsonObject;
import dev.priok.client.Reply;
import dev.priok.client.Request;
import dev.priok.core.Failure;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;

/** Makes a container, pulling its image first when the policy says so. */
final class Creation {
    private final TextOption name;
    private final TextOption platform;
    private final TextOption pull;
    private final Flag quiet;

    Creation(Options options) {
        name = options.text("name", "Name of the container");
        platform = options.text("platform", "Platform of the image: OS[/ARCH[/VARIANT]]");
        pull = options.text(
                '\0', "pull", "string", "missing", "When to pull the image: \"always\", \"missing\" or \"never\"");
        quiet = options.flag('q', "quiet", "Do not show how a pull goes on");
        options.flagOn("disable-content-trust", "Accepted for docker's sake");
        options.hideLast();
    }

    void check() {
        switch (pull.value()) {
            case "always", "missing", "never", "" -> {}
            default ->
                throw ContainerOptions.refuse("invalid pull option: '" + pull.value()
                        + "': must be one of \"always\", \"missing\" or \"never\"");
        }
    }

    /** Creates the container and returns its id; warnings go to standard error. */
    String create(Session session, String image, Map<String, Object> body, String cidfile) throws IOException {
        if (!cidfile.isEmpty() && Files.exists(Path.of(cidfile))) {
            throw new CommandFailed(
                    "container ID file found, make sure the other container isn't running or delete " + cidfile);
        }
        if (pull.value().equals("always")) {
            pull(session, image);
        }
        JsonObject created;
        try {
            created = call(session, body);
        } catch (Failure e) {
            boolean isImageMissing =
                    e.kind() == Failure.Kind.NOT_FOUND && e.message().contains("image");
            boolean pulls = pull.value().equals("missing") || pull.value().isEmpty();
            if (!isImageMissing || !pulls) {
                throw e;
            }
            if (!quiet.value()) {
                session.err().println("Unable to find image '" + withTag(image) + "' locally");
            }
            pull(session, image);
            created = call(session, body);
        }
        for (String warning : created.texts("Warnings")) {
            session.err().println("WARNING: " + warning);
        }
        String id = created.text("Id");
        if (!cidfile.isEmpty()) {
            writeId(cidfile, id);
        }
        return id;
    }

    private JsonObject call(Session session, Map<String, Object> body) throws IOException {
        Request request = Request.post("/containers/create")
                .queryUnlessEmpty("name", name.value())
                .queryUnlessEmpty("platform", platform.value())
                .json(body);
        try (Reply reply = session.client().send(request)) {
            return reply.object();
        }
    }

    private void pull(Session session, String image) throws IOException {
        RepositoryTag reference = RepositoryTag.parse(image);
        Request request = Request.post("/images/create")
                .query("fromImage", reference.repository())
                .query("tag", reference.pullTag())
                .queryUnlessEmpty("platform", platform.value());
        Credentials.addTo(session, request, reference.repository());
        if (quiet.value()) {
            Progress.swallow(session, request);
        } else {
            Progress.showAside(session, request);
        }
    }

    private static String withTag(String image) {
        RepositoryTag reference = RepositoryTag.parse(image);
        return reference.tag().isEmpty() && reference.digest().isEmpty() ? image + ":latest" : image;
    }

    private static void writeId(String file, String id) throws IOException {
        try {
            Files.writeString(Path.of(file), id, StandardOpenOption.CREATE_NEW);
        } catch (FileAlreadyExistsException _) {
            throw new CommandFailed(
                    "container ID file found, make sure the other container isn't running or delete " + file);
        }
    }
}
