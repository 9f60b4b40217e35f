package dev.priok.cli.image;

import dev.priok.cli.command.Command;
import dev.priok.cli.command.Session;
import dev.priok.cli.option.Arity;
import java.io.IOException;
import java.util.List;

/** {@code logout}: forgets the credentials of a registry. */
public final class LogoutCommand extends Command {
    public LogoutCommand() {
        super("[SERVER]", "Log out from a registry", new Arity(0, 1));
    }

    @Override
    public int run(Session session, List<String> arguments) throws IOException {
        String registry = LoginCommand.registry(arguments);
        boolean known = Credentials.forget(session, registry);
        session.out().println(known ? "Removing login credentials for " + registry : "Not logged in to " + registry);
        return 0;
    }
}
