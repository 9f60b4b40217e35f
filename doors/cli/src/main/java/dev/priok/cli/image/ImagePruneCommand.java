package dev.priok.cli.image;

import dev.priok.cli.command.Command;
import dev.priok.cli.command.Listings;
import dev.priok.cli.command.Prune;
import dev.priok.cli.command.Session;
import dev.priok.cli.option.Arity;
import dev.priok.cli.option.Flag;
import dev.priok.cli.option.ListOption;
import java.io.IOException;
import java.util.List;

/** {@code image prune}: removes images without a name, or all that no container uses. */
public final class ImagePruneCommand extends Command {
    private final Flag all = options.flag('a', "all", "Remove every image that no container uses");
    private final ListOption filter =
            options.list('\0', "filter", "filter", "Remove only what matches (\"until=TIME\")", Listings::checkFilter);
    private final Flag force = options.flag('f', "force", "Do not ask");

    public ImagePruneCommand() {
        super("[OPTIONS]", "Remove unused images", Arity.NONE);
    }

    @Override
    public int run(Session session, List<String> arguments) throws IOException {
        if (!force.value()) {
            Prune.confirm(
                    session,
                    all.value()
                            ? "WARNING! This will remove all images without at least one container associated to them."
                            : "WARNING! This will remove all dangling images.");
        }
        Prune.images(session, Listings.filters(filter.values()), all.value()).print(session);
        return 0;
    }
}
