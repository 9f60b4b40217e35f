package dev.priok.cli.container;

import dev.priok.cli.command.Command;
import dev.priok.cli.command.Session;
import dev.priok.cli.command.Targets;
import dev.priok.cli.option.Arity;
import java.util.List;

/** {@code pause} and {@code unpause}. */
public final class PauseCommand extends Command {
    private final String action;

    private PauseCommand(String action, String summary) {
        super("CONTAINER [CONTAINER...]", summary, Arity.atLeast(1));
        this.action = action;
    }

    public static PauseCommand pause() {
        return new PauseCommand("pause", "Pause all processes within one or more containers");
    }

    public static PauseCommand unpause() {
        return new PauseCommand("unpause", "Unpause all processes within one or more containers");
    }

    @Override
    public List<String> aliases() {
        return List.of("container " + action, action);
    }

    @Override
    public int run(Session session, List<String> arguments) {
        return Targets.each(session, arguments, container -> {
            session.client().call(Containers.post(container, action));
            return container;
        });
    }
}
