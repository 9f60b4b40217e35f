package dev.priok.cli.container;

import dev.priok.cli.command.Command;
import dev.priok.cli.command.Session;
import dev.priok.cli.command.Targets;
import dev.priok.cli.option.Arity;
import dev.priok.cli.option.TextOption;
import java.util.List;

/** {@code kill}: sends a signal, SIGKILL unless another is named. */
public final class KillCommand extends Command {
    private final TextOption signal = options.text('s', "signal", "Signal to send");

    public KillCommand() {
        super("[OPTIONS] CONTAINER [CONTAINER...]", "Kill one or more running containers", Arity.atLeast(1));
    }

    @Override
    public List<String> aliases() {
        return List.of("container kill", "kill");
    }

    @Override
    public int run(Session session, List<String> arguments) {
        return Targets.each(session, arguments, container -> {
            session.client().call(Containers.post(container, "kill").queryUnlessEmpty("signal", signal.value()));
            return container;
        });
    }
}
