package dev.priok.cli.container;

import dev.priok.cli.command.Command;
import dev.priok.cli.command.CommandFailed;
import dev.priok.cli.command.Session;
import dev.priok.cli.option.Arity;
import dev.priok.cli.option.Flag;
import dev.priok.cli.option.ListOption;
import dev.priok.cli.option.TextOption;
import dev.priok.cli.terminal.ContainerStreams;
import dev.priok.cli.terminal.DetachKeys;
import dev.priok.cli.terminal.Terminal;
import dev.priok.client.Hijacked;
import dev.priok.client.Reply;
import dev.priok.client.Request;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code exec}: another command in a running container. */
public final class ExecCommand extends Command {
    private final Flag detach = options.flag('d', "detach", "Run in the background");
    private final TextOption detachKeys = options.text("detach-keys", "Keys that leave the command alone");
    private final ListOption environment = options.list('e', "env", "Set environment variables");
    private final ListOption environmentFile = options.list("env-file", "Files of environment variables");
    private final Flag interactive = options.flag('i', "interactive", "Send standard input");
    private final Flag privileged = options.flag("privileged", "Give the command all capabilities");
    private final Flag tty = options.flag('t', "tty", "Give the command a terminal");
    private final TextOption user = options.text('u', "user", "User, and perhaps group: NAME|UID[:GROUP|GID]");
    private final TextOption workdir = options.text('w', "workdir", "Folder to start in");

    public ExecCommand() {
        super("[OPTIONS] CONTAINER COMMAND [ARG...]", "Execute a command in a running container", Arity.atLeast(2));
        options.stopAtFirstArgument();
    }

    @Override
    public List<String> aliases() {
        return List.of("container exec", "exec");
    }

    @Override
    public int run(Session session, List<String> arguments) throws IOException {
        DetachKeys keys = DetachKeys.parse(detachKeys.value());
        boolean isAttached = !detach.value();
        boolean stdin = isAttached && interactive.value();
        if (stdin && tty.value() && !session.terminal().isInput()) {
            throw new CommandFailed("the input device is not a TTY");
        }
        Terminal.Size size = tty.value() ? session.terminal().size() : Terminal.Size.UNKNOWN;
        String id = create(session, arguments, isAttached, stdin, size);
        Map<String, Object> start = new LinkedHashMap<>();
        start.put("Detach", detach.value());
        start.put("Tty", tty.value());
        if (size.rows() > 0) {
            start.put("ConsoleSize", List.of(size.rows(), size.columns()));
        }
        Request request = Request.post("/exec/" + id + "/start").json(start);
        if (detach.value()) {
            session.client().call(request);
            return 0;
        }
        try (Hijacked connection = session.client().hijack(request)) {
            if (tty.value()) {
                Attachment.followSize(session, "/exec/" + id);
            }
            ContainerStreams.Plan plan = new ContainerStreams.Plan(tty.value(), stdin, true, true, keys);
            if (new ContainerStreams(session, connection, plan).copy() == ContainerStreams.End.DETACHED) {
                return 0;
            }
        }
        try (Reply reply = session.client().send(Request.get("/exec/" + id + "/json"))) {
            return (int) reply.object().number("ExitCode");
        }
    }

    private String create(
            Session session, List<String> arguments, boolean isAttached, boolean stdin, Terminal.Size size)
            throws IOException {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("User", user.value());
        body.put("Privileged", privileged.value());
        body.put("Tty", tty.value());
        body.put("AttachStdin", stdin);
        body.put("AttachStdout", isAttached);
        body.put("AttachStderr", isAttached);
        body.put("DetachKeys", detachKeys.value());
        body.put("Env", EnvironmentFile.merge(session, environmentFile.values(), environment.values()));
        body.put("WorkingDir", workdir.value());
        body.put("Cmd", arguments.subList(1, arguments.size()));
        if (size.rows() > 0) {
            body.put("ConsoleSize", List.of(size.rows(), size.columns()));
        }
        try (Reply reply = session.client()
                .send(Containers.post(arguments.getFirst(), "exec").json(body))) {
            String id = reply.object().text("Id");
            if (id.isEmpty()) {
                throw new CommandFailed("exec ID empty");
            }
            return id;
        }
    }
}
