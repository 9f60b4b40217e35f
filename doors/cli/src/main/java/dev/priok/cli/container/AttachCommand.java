package dev.priok.cli.container;

import dev.priok.cli.command.Command;
import dev.priok.cli.command.CommandFailed;
import dev.priok.cli.command.Session;
import dev.priok.cli.option.Arity;
import dev.priok.cli.option.Flag;
import dev.priok.cli.option.TextOption;
import dev.priok.cli.terminal.ContainerStreams;
import dev.priok.cli.terminal.DetachKeys;
import dev.priok.client.Hijacked;
import dev.priok.client.JsonObject;
import dev.priok.client.Reply;
import dev.priok.client.Request;
import java.io.IOException;
import java.util.List;

/** {@code attach}: this terminal becomes that of a running container. */
public final class AttachCommand extends Command {
    private final TextOption detachKeys = options.text("detach-keys", "Keys that leave the container alone");
    private final Flag noStdin = options.flag("no-stdin", "Do not send standard input");
    private final Flag sigProxy = options.flagOn("sig-proxy", "Send signals on to the container");

    public AttachCommand() {
        super(
                "[OPTIONS] CONTAINER",
                "Attach local standard input, output, and error streams to a running container",
                Arity.exactly(1));
    }

    @Override
    public List<String> aliases() {
        return List.of("container attach", "attach");
    }

    @Override
    public int run(Session session, List<String> arguments) throws IOException {
        JsonObject container;
        try (Reply reply = session.client().send(Request.get(Containers.path(arguments.getFirst()) + "/json"))) {
            container = reply.object();
        }
        JsonObject state = container.object("State");
        if (!state.flag("Running")) {
            throw new CommandFailed("cannot attach to a stopped container, start it first");
        }
        if (state.flag("Paused")) {
            throw new CommandFailed("cannot attach to a paused container, unpause it first");
        }
        if (state.flag("Restarting")) {
            throw new CommandFailed("cannot attach to a restarting container, wait until it is running");
        }
        JsonObject config = container.object("Config");
        boolean isTty = config.flag("Tty");
        boolean stdin = !noStdin.value() && config.flag("OpenStdin");
        DetachKeys keys = DetachKeys.parse(detachKeys.value());
        Attachment.Plan plan = new Attachment.Plan(
                container.text("Id"), isTty, stdin, true, true, keys, detachKeys.value(), sigProxy.value(), false);
        if (stdin && isTty && !session.terminal().isInput()) {
            throw new CommandFailed("the input device is not a TTY");
        }
        if (sigProxy.value() && !isTty) {
            Attachment.forwardSignals(session, plan.container());
        }
        try (Hijacked connection = Attachment.attach(session, plan);
                Reply ended = session.client().send(Containers.post(plan.container(), "wait"))) {
            if (isTty) {
                Attachment.followSize(session, Containers.path(plan.container()));
            }
            ContainerStreams.Plan copied = new ContainerStreams.Plan(isTty, stdin, true, true, keys);
            ContainerStreams.End end = new ContainerStreams(session, connection, copied).copy();
            if (end == ContainerStreams.End.DETACHED) {
                session.err().println("read escape sequence");
                return 0;
            }
            return Attachment.exitCode(session, ended);
        }
    }
}
