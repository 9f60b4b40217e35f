package dev.priok.cli.volume;

import dev.priok.cli.command.Command;
import dev.priok.cli.command.Listings;
import dev.priok.cli.command.Prune;
import dev.priok.cli.command.Session;
import dev.priok.cli.option.Arity;
import dev.priok.cli.option.Flag;
import dev.priok.cli.option.ListOption;
import java.io.IOException;
import java.util.List;

/** {@code network prune}: removes networks that no container uses. */
public final class NetworkPruneCommand extends Command {
    private final ListOption filter =
            options.list('\0', "filter", "filter", "Remove only what matches (\"until=TIME\")", Listings::checkFilter);
    private final Flag force = options.flag('f', "force", "Do not ask");

    public NetworkPruneCommand() {
        super("[OPTIONS]", "Remove all unused networks", Arity.NONE);
    }

    @Override
    public int run(Session session, List<String> arguments) throws IOException {
        if (!force.value()) {
            Prune.confirm(session, "WARNING! This will remove all custom networks not used by at least one container.");
        }
        Prune.networks(session, Listings.filters(filter.values())).printLines(session);
        return 0;
    }
}
