package dev.priok.cli.container;

import dev.priok.cli.command.Command;
import dev.priok.cli.command.Session;
import dev.priok.cli.command.Targets;
import dev.priok.cli.option.Arity;
import dev.priok.cli.option.NumberOption;
import dev.priok.cli.option.TextOption;
import dev.priok.client.Request;
import java.util.List;

/** {@code stop} and {@code restart}: end containers with grace, and perhaps start them again. */
public final class StopCommand extends Command {
    private final String action;
    private final TextOption signal = options.text('s', "signal", "Signal that asks the container to end");
    private final NumberOption timeout =
            options.number('t', "timeout", 0, "Seconds before the container is killed; -1 waits for ever");
    private final NumberOption time = options.number("time", 0, "Older name of --timeout");

    private StopCommand(String action, String summary) {
        super("[OPTIONS] CONTAINER [CONTAINER...]", summary, Arity.atLeast(1));
        this.action = action;
        options.hideLast();
    }

    public static StopCommand stop() {
        return new StopCommand("stop", "Stop one or more running containers");
    }

    public static StopCommand restart() {
        return new StopCommand("restart", "Restart one or more containers");
    }

    @Override
    public List<String> aliases() {
        return List.of("container " + action, action);
    }

    @Override
    public int run(Session session, List<String> arguments) {
        NumberOption seconds = time.isSet() ? time : timeout;
        return Targets.each(session, arguments, container -> {
            Request request = Containers.post(container, action).queryUnlessEmpty("signal", signal.value());
            if (seconds.isSet()) {
                request.query("t", Long.toString(seconds.value()));
            }
            session.client().call(request);
            return container;
        });
    }
}
