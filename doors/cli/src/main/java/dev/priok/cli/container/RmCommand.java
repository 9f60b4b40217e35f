package dev.priok.cli.container;

import dev.priok.cli.command.Command;
import dev.priok.cli.command.CommandFailed;
import dev.priok.cli.command.Session;
import dev.priok.cli.command.Targets;
import dev.priok.cli.option.Arity;
import dev.priok.cli.option.Flag;
import dev.priok.client.Request;
import dev.priok.core.Failure;
import java.util.List;

/** {@code rm}: removes containers. */
public final class RmCommand extends Command {
    private final Flag force = options.flag('f', "force", "Kill the container first if it runs");
    private final Flag link = options.flag('l', "link", "Remove the named link, not the container");
    private final Flag volumes = options.flag('v', "volumes", "Remove its anonymous volumes too");

    public RmCommand() {
        super("[OPTIONS] CONTAINER [CONTAINER...]", "Remove one or more containers", Arity.atLeast(1));
    }

    @Override
    public List<String> aliases() {
        return List.of("container rm", "container remove", "rm");
    }

    @Override
    public int run(Session session, List<String> arguments) {
        return Targets.each(session, arguments, container -> {
            String name = container.startsWith("/") ? container.substring(1) : container;
            if (name.isEmpty()) {
                throw new CommandFailed("container name cannot be empty");
            }
            Request request = Request.delete(Containers.path(name))
                    .queryIf(force.value(), "force")
                    .queryIf(link.value(), "link")
                    .queryIf(volumes.value(), "v");
            try {
                session.client().call(request);
            } catch (Failure e) {
                if (!force.value() || e.kind() != Failure.Kind.NOT_FOUND) {
                    throw e;
                }
                // As docker: with --force a container that is gone already is no failure, but is said.
                session.err().println("Error response from daemon: " + e.message());
                return "";
            }
            return container;
        });
    }
}
