package dev.priok.cli.system;

import dev.priok.cli.command.Command;
import dev.priok.cli.command.CommandFailed;
import dev.priok.cli.command.Session;
import dev.priok.cli.option.Arity;
import java.util.List;

/** Stands for {@code registry serve} and {@code registry key} in lists and help; the launcher starts them itself, with the daemon's program. */
public final class RegistryProgramCommand extends Command {
    private final String name;

    private RegistryProgramCommand(String name, String usage, String summary) {
        super(usage, summary, Arity.ANY);
        this.name = name;
        options.stopAtFirstArgument();
    }

    public static RegistryProgramCommand serve() {
        return new RegistryProgramCommand("serve", "[OPTIONS]", "Serve a registry");
    }

    public static RegistryProgramCommand key() {
        return new RegistryProgramCommand(
                "key", "create|ls|rm [OPTIONS] [ID...]", "Make, list or revoke API keys of a registry");
    }

    @Override
    public int run(Session session, List<String> arguments) {
        throw new CommandFailed(
                "give no options before \"registry %s\": priok registry %s --help".formatted(name, name),
                CommandFailed.REFUSED);
    }
}
