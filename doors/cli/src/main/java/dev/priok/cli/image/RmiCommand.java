package dev.priok.cli.image;

import dev.priok.cli.command.Command;
import dev.priok.cli.command.CommandFailed;
import dev.priok.cli.command.Session;
import dev.priok.cli.command.Targets;
import dev.priok.cli.option.Arity;
import dev.priok.cli.option.Flag;
import dev.priok.cli.option.ListOption;
import dev.priok.client.JsonObject;
import dev.priok.client.Reply;
import dev.priok.client.Request;
import dev.priok.core.Failure;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** {@code rmi}: removes names of images, and images without names. */
public final class RmiCommand extends Command {
    private final Flag force = options.flag('f', "force", "Remove even what has other names or is used");
    private final Flag noPrune = options.flag("no-prune", "Keep parents that have no name");
    private final ListOption platform = options.list("platform", "Remove only this platform of the image");

    public RmiCommand() {
        super("[OPTIONS] IMAGE [IMAGE...]", "Remove one or more images", Arity.atLeast(1));
    }

    @Override
    public List<String> aliases() {
        return List.of("image rm", "image remove", "rmi");
    }

    @Override
    public int run(Session session, List<String> arguments) throws IOException {
        List<String> errors = new ArrayList<>();
        boolean isFatal = false;
        // One after the other: an image may be the parent of the next.
        for (String image : arguments) {
            try {
                remove(session, image);
            } catch (Failure e) {
                isFatal |= !force.value() || e.kind() != Failure.Kind.NOT_FOUND;
                errors.add(Targets.message(e));
            }
        }
        session.out().flush();
        errors.forEach(session.err()::println);
        return isFatal ? CommandFailed.FAILURE : 0;
    }

    private void remove(Session session, String image) throws IOException {
        Request request = Request.delete(Images.path(image))
                .queryIf(force.value(), "force")
                .queryIf(noPrune.value(), "noprune");
        platform.values().forEach(value -> request.query("platforms", value));
        try (Reply reply = session.client().send(request)) {
            for (JsonObject removed : JsonObject.objectsOf(reply.json())) {
                session.out()
                        .println(
                                removed.has("Deleted")
                                        ? "Deleted: " + removed.text("Deleted")
                                        : "Untagged: " + removed.text("Untagged"));
            }
        }
    }
}
