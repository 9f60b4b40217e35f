package dev.priok.cli.container;

import dev.priok.cli.command.Command;
import dev.priok.cli.command.Session;
import dev.priok.cli.command.Targets;
import dev.priok.cli.option.Arity;
import dev.priok.client.Reply;
import java.util.List;

/** {@code wait}: blocks until containers end and prints their exit codes. */
public final class WaitCommand extends Command {
    public WaitCommand() {
        super("CONTAINER [CONTAINER...]", "Block until containers stop, then print their exit codes", Arity.atLeast(1));
    }

    @Override
    public List<String> aliases() {
        return List.of("container wait", "wait");
    }

    @Override
    public int run(Session session, List<String> arguments) {
        return Targets.each(session, arguments, container -> {
            try (Reply reply = session.client().send(Containers.post(container, "wait"))) {
                return Long.toString(reply.object().number("StatusCode"));
            }
        });
    }
}
