package dev.priok.cli.container;

import dev.priok.cli.command.Command;
import dev.priok.cli.command.Session;
import dev.priok.cli.option.Arity;
import dev.priok.client.JsonObject;
import dev.priok.client.Reply;
import dev.priok.client.Request;
import java.io.IOException;
import java.util.List;

/** {@code diff}: what a container changed in its file system. */
public final class DiffCommand extends Command {
    private static final String KINDS = "CAD";

    public DiffCommand() {
        super("CONTAINER", "Inspect changes to files on a container's filesystem", Arity.exactly(1));
    }

    @Override
    public List<String> aliases() {
        return List.of("container diff", "diff");
    }

    @Override
    public int run(Session session, List<String> arguments) throws IOException {
        try (Reply reply = session.client().send(Request.get(Containers.path(arguments.getFirst()) + "/changes"))) {
            for (JsonObject change : JsonObject.objectsOf(reply.json())) {
                int kind = Math.clamp(change.number("Kind"), 0, 2);
                session.out().println(KINDS.charAt(kind) + " " + change.text("Path"));
            }
        }
        return 0;
    }
}
