package dev.priok.cli.container;

import dev.priok.cli.command.Command;
import dev.priok.cli.command.CommandFailed;
import dev.priok.cli.command.Session;
import dev.priok.cli.command.Targets;
import dev.priok.cli.option.Arity;
import dev.priok.cli.option.Flag;
import dev.priok.cli.option.TextOption;
import dev.priok.cli.terminal.DetachKeys;
import dev.priok.core.Failure;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** {@code run}: makes a container and starts it, in the foreground unless told otherwise. */
public final class RunCommand extends Command {
    private static final int CANNOT_INVOKE = 126;
    private static final int NOT_FOUND = 127;

    private final ContainerOptions container = new ContainerOptions(options);
    private final Creation creation = new Creation(options);
    private final Flag detach = options.flag('d', "detach", "Run in the background and print the container's id");
    private final TextOption detachKeys = options.text("detach-keys", "Keys that leave the container alone");
    private final Flag sigProxy = options.flagOn("sig-proxy", "Send signals on to the container");

    public RunCommand() {
        super("[OPTIONS] IMAGE [COMMAND] [ARG...]", "Create and run a new container from an image", Arity.atLeast(1));
        options.stopAtFirstArgument();
    }

    @Override
    public List<String> aliases() {
        return List.of("container run", "run");
    }

    @Override
    public int run(Session session, List<String> arguments) throws IOException {
        try {
            creation.check();
            DetachKeys keys = DetachKeys.parse(detachKeys.value());
            if (detach.value() && container.hasAttach()) {
                throw new CommandFailed("conflicting options: cannot specify both --attach and --detach");
            }
            boolean stdin = !detach.value() && container.isAttached("stdin");
            if (stdin && container.isTty() && !session.terminal().isInput()) {
                throw new CommandFailed("the input device is not a TTY");
            }
            Map<String, Object> body = container.body(session, arguments, detach.value());
            String id = create(session, arguments.getFirst(), body);
            if (detach.value()) {
                session.client().call(Containers.post(id, "start"));
                session.out().println(id);
                return 0;
            }
            return Attachment.startAttached(
                    session,
                    new Attachment.Plan(
                            id,
                            container.isTty(),
                            stdin,
                            container.isAttached("stdout"),
                            container.isAttached("stderr"),
                            keys,
                            detachKeys.value(),
                            sigProxy.value(),
                            container.isRemovedAtEnd()));
        } catch (Failure e) {
            throw refused(Targets.message(e));
        } catch (CommandFailed e) {
            throw e.exitCode() == CommandFailed.REFUSED ? withHint(e.message(), CommandFailed.REFUSED) : e;
        }
    }

    private String create(Session session, String image, Map<String, Object> body) throws IOException {
        try {
            return creation.create(session, image, body, container.cidfile());
        } catch (CommandFailed e) {
            throw ContainerOptions.refuse(e.message());
        }
    }

    /** As docker does, the text of the daemon's answer tells whether the command or the container was at fault. */
    private static CommandFailed refused(String message) {
        int code = CommandFailed.REFUSED;
        if (message.contains("executable file not found") || message.contains("no such file or directory")) {
            code = NOT_FOUND;
        } else if (message.contains("permission denied") || message.contains("is a directory")) {
            code = CANNOT_INVOKE;
        }
        return withHint(message, code);
    }

    private static CommandFailed withHint(String message, int code) {
        return new CommandFailed("priok: " + message + "\n\nRun 'priok run --help' for more information", code);
    }
}
