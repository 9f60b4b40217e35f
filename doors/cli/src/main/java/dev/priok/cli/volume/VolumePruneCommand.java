package dev.priok.cli.volume;

import dev.priok.cli.command.Command;
import dev.priok.cli.command.Listings;
import dev.priok.cli.command.Prune;
import dev.priok.cli.command.Session;
import dev.priok.cli.option.Arity;
import dev.priok.cli.option.Flag;
import dev.priok.cli.option.ListOption;
import dev.priok.client.Filters;
import java.io.IOException;
import java.util.List;

/** {@code volume prune}: removes volumes that no container uses. */
public final class VolumePruneCommand extends Command {
    private final Flag all = options.flag('a', "all", "Remove unused volumes with a name too");
    private final ListOption filter =
            options.list('\0', "filter", "filter", "Remove only what matches (\"label=KEY\")", Listings::checkFilter);
    private final Flag force = options.flag('f', "force", "Do not ask");

    public VolumePruneCommand() {
        super("[OPTIONS]", "Remove unused local volumes", Arity.NONE);
    }

    @Override
    public int run(Session session, List<String> arguments) throws IOException {
        if (!force.value()) {
            Prune.confirm(
                    session,
                    all.value()
                            ? "WARNING! This will remove all local volumes not used by at least one container."
                            : "WARNING! This will remove anonymous local volumes not used by at least one container.");
        }
        Filters filters = Listings.filters(filter.values());
        if (all.value()) {
            filters.add("all", "1");
        }
        Prune.volumes(session, filters).print(session);
        return 0;
    }
}
