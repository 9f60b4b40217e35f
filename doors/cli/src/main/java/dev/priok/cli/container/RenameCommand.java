package dev.priok.cli.container;

import dev.priok.cli.command.Command;
import dev.priok.cli.command.CommandFailed;
import dev.priok.cli.command.Session;
import dev.priok.cli.option.Arity;
import java.io.IOException;
import java.util.List;

/** {@code rename}. */
public final class RenameCommand extends Command {
    public RenameCommand() {
        super("CONTAINER NEW_NAME", "Rename a container", Arity.exactly(2));
    }

    @Override
    public List<String> aliases() {
        return List.of("container rename", "rename");
    }

    @Override
    public int run(Session session, List<String> arguments) throws IOException {
        String container = arguments.getFirst().strip();
        String name = arguments.getLast().strip();
        if (container.isEmpty() || name.isEmpty()) {
            throw new CommandFailed("Error: Neither old nor new names may be empty");
        }
        session.client().call(Containers.post(container, "rename").query("name", name));
        return 0;
    }
}
