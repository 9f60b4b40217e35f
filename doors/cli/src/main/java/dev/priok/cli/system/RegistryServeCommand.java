package dev.priok.cli.system;

import dev.priok.cli.command.Command;
import dev.priok.cli.command.CommandFailed;
import dev.priok.cli.command.Session;
import dev.priok.cli.option.Arity;
import java.util.List;

/** Stands for {@code registry serve} in lists and help; the launcher starts that itself, with the daemon's program. */
public final class RegistryServeCommand extends Command {
    public RegistryServeCommand() {
        super("[OPTIONS]", "Serve a registry", Arity.ANY);
        options.stopAtFirstArgument();
    }

    @Override
    public int run(Session session, List<String> arguments) {
        throw new CommandFailed(
                "give no options before \"registry serve\": priok registry serve --help", CommandFailed.REFUSED);
    }
}
