package dev.priok.cli.container;

import dev.priok.cli.command.Command;
import dev.priok.cli.command.Listings;
import dev.priok.cli.command.Prune;
import dev.priok.cli.command.Session;
import dev.priok.cli.option.Arity;
import dev.priok.cli.option.Flag;
import dev.priok.cli.option.ListOption;
import java.io.IOException;
import java.util.List;

/** {@code container prune}: removes all stopped containers. */
public final class ContainerPruneCommand extends Command {
    private final ListOption filter =
            options.list('\0', "filter", "filter", "Remove only what matches (\"until=TIME\")", Listings::checkFilter);
    private final Flag force = options.flag('f', "force", "Do not ask");

    public ContainerPruneCommand() {
        super("[OPTIONS]", "Remove all stopped containers", Arity.NONE);
    }

    @Override
    public int run(Session session, List<String> arguments) throws IOException {
        if (!force.value()) {
            Prune.confirm(session, "WARNING! This will remove all stopped containers.");
        }
        Prune.Result result = Prune.containers(session, Listings.filters(filter.values()));
        result.print(session);
        return 0;
    }
}
