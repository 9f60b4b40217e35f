package dev.priok.cli.system;

import dev.priok.cli.command.Command;
import dev.priok.cli.command.CommandFailed;
import dev.priok.cli.command.Listings;
import dev.priok.cli.command.Prune;
import dev.priok.cli.command.Session;
import dev.priok.cli.format.HumanSize;
import dev.priok.cli.option.Arity;
import dev.priok.cli.option.Flag;
import dev.priok.cli.option.ListOption;
import dev.priok.client.Filters;
import dev.priok.core.Failure;
import java.io.IOException;
import java.util.List;

/** {@code system prune}: removes what nobody uses, of every kind. */
public final class SystemPruneCommand extends Command {
    private final Flag all = options.flag('a', "all", "Remove every image that no container uses");
    private final ListOption filter = options.list(
            '\0', "filter", "filter", "Remove only what matches (\"label=KEY=VALUE\")", Listings::checkFilter);
    private final Flag force = options.flag('f', "force", "Do not ask");
    private final Flag volumes = options.flag("volumes", "Remove anonymous volumes too");

    public SystemPruneCommand() {
        super("[OPTIONS]", "Remove unused data", Arity.NONE);
    }

    @Override
    public int run(Session session, List<String> arguments) throws IOException {
        if (volumes.value() && filters().has("until")) {
            throw new CommandFailed("The \"until\" filter is not supported with \"--volumes\"");
        }
        if (!force.value()) {
            Prune.confirm(session, warning());
        }
        long reclaimed = show(session, Prune.containers(session, filters()));
        try {
            reclaimed += show(session, Prune.networks(session, filters()));
        } catch (Failure e) {
            if (e.kind() != Failure.Kind.NOT_IMPLEMENTED && e.kind() != Failure.Kind.NOT_FOUND) {
                throw e;
            }
            // A daemon without networks has none to prune.
        }
        if (volumes.value()) {
            reclaimed += show(session, Prune.volumes(session, filters()));
        }
        reclaimed += show(session, Prune.images(session, filters(), all.value()));
        session.out().println("Total reclaimed space: " + HumanSize.ofThousandsPrecise(reclaimed));
        return 0;
    }

    private Filters filters() {
        return Listings.filters(filter.values());
    }

    private static long show(Session session, Prune.Result result) {
        result.printLines(session);
        return result.reclaimedBytes();
    }

    private String warning() {
        StringBuilder out = new StringBuilder("""
                WARNING! This will remove:
                  - all stopped containers
                  - all networks not used by at least one container
                """);
        if (volumes.value()) {
            out.append("  - all anonymous volumes not used by at least one container\n");
        }
        out.append(
                all.value()
                        ? "  - all images without at least one container associated to them\n"
                        : "  - all dangling images\n");
        return out.toString();
    }
}
