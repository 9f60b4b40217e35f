package dev.priok.cli.container;

import dev.priok.cli.command.Command;
import dev.priok.cli.command.CommandFailed;
import dev.priok.cli.command.Session;
import dev.priok.cli.command.Targets;
import dev.priok.cli.option.Arity;
import dev.priok.cli.option.Flag;
import dev.priok.cli.option.TextOption;
import dev.priok.cli.terminal.DetachKeys;
import dev.priok.client.JsonObject;
import dev.priok.client.Reply;
import dev.priok.client.Request;
import java.io.IOException;
import java.util.List;

/** {@code start}: starts containers, and attaches to one of them when asked. */
public final class StartCommand extends Command {
    private final Flag attach = options.flag('a', "attach", "Attach its output and forward signals");
    private final TextOption detachKeys = options.text("detach-keys", "Keys that leave the container alone");
    private final Flag interactive = options.flag('i', "interactive", "Attach standard input too");

    public StartCommand() {
        super("[OPTIONS] CONTAINER [CONTAINER...]", "Start one or more stopped containers", Arity.atLeast(1));
    }

    @Override
    public List<String> aliases() {
        return List.of("container start", "start");
    }

    @Override
    public int run(Session session, List<String> arguments) throws IOException {
        if (!attach.value() && !interactive.value()) {
            return Targets.each(session, arguments, container -> {
                session.client().call(Containers.post(container, "start"));
                return container;
            });
        }
        if (arguments.size() > 1) {
            throw new CommandFailed("you cannot start and attach multiple containers at once");
        }
        JsonObject container;
        try (Reply reply = session.client().send(Request.get(Containers.path(arguments.getFirst()) + "/json"))) {
            container = reply.object();
        }
        JsonObject config = container.object("Config");
        Attachment.Plan plan = new Attachment.Plan(
                container.text("Id"),
                config.flag("Tty"),
                interactive.value() && config.flag("OpenStdin"),
                true,
                true,
                DetachKeys.parse(detachKeys.value()),
                detachKeys.value(),
                attach.value(),
                container.object("HostConfig").flag("AutoRemove"));
        return Attachment.startAttached(session, plan);
    }
}
