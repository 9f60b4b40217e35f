package dev.priok.transfer;

import dev.priok.cli.command.Command;
import dev.priok.cli.command.CommandFailed;
import dev.priok.cli.command.Session;
import dev.priok.cli.option.Arity;
import java.io.IOException;
import java.util.List;

/** {@code manifest rm}: forgets lists that are not pushed. */
final class ManifestRmCommand extends Command {
    ManifestRmCommand() {
        super("LIST [LIST...]", "Forget lists of manifests that are not pushed", Arity.atLeast(1));
    }

    @Override
    public int run(Session session, List<String> arguments) throws IOException {
        for (String list : arguments) {
            if (!ManifestList.forget(session, RegistryOptions.image(list))) {
                throw new CommandFailed("No such manifest: " + list);
            }
        }
        return 0;
    }
}
