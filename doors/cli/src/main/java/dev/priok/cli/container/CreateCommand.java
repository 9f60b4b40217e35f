package dev.priok.cli.container;

import dev.priok.cli.command.Command;
import dev.priok.cli.command.Session;
import dev.priok.cli.option.Arity;
import java.io.IOException;
import java.util.List;

/** {@code create}: makes a container without starting it. */
public final class CreateCommand extends Command {
    private final ContainerOptions container = new ContainerOptions(options);
    private final Creation creation = new Creation(options);

    public CreateCommand() {
        super("[OPTIONS] IMAGE [COMMAND] [ARG...]", "Create a new container", Arity.atLeast(1));
        options.stopAtFirstArgument();
    }

    @Override
    public List<String> aliases() {
        return List.of("container create", "create");
    }

    @Override
    public int run(Session session, List<String> arguments) throws IOException {
        creation.check();
        String id = creation.create(
                session, arguments.getFirst(), container.body(session, arguments, false), container.cidfile());
        session.out().println(id);
        return 0;
    }
}
