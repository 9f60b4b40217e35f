package dev.priok.cli.system;

import dev.priok.cli.command.Command;
import dev.priok.cli.command.CommandFailed;
import dev.priok.cli.command.Session;
import dev.priok.cli.option.Arity;
import java.util.List;

/** Stands in lists for a command that talks to registries itself; the launcher starts that as a program of its own. */
public final class ElsewhereCommand extends Command {
    private final String name;

    public ElsewhereCommand(String name, String synopsis, String summary) {
        super(synopsis, summary, Arity.ANY);
        this.name = name;
        options.stopAtFirstArgument();
    }

    @Override
    public int run(Session session, List<String> arguments) {
        throw new CommandFailed(
                "give no options before \"%s\": priok %s --help".formatted(name, name), CommandFailed.REFUSED);
    }
}
