package dev.priok.cli.container;

import dev.priok.cli.command.Command;
import dev.priok.cli.command.Session;
import dev.priok.cli.format.HumanTime;
import dev.priok.cli.option.Arity;
import dev.priok.cli.option.Flag;
import dev.priok.cli.option.TextOption;
import dev.priok.client.JsonObject;
import dev.priok.client.MultiplexedStream;
import dev.priok.client.Reply;
import dev.priok.client.Request;
import java.io.IOException;
import java.time.Instant;
import java.util.List;

/** {@code logs}: what a container wrote. */
public final class LogsCommand extends Command {
    private final Flag details = options.flag("details", "Show the extra attributes of the log");
    private final Flag follow = options.flag('f', "follow", "Go on with what is written from now");
    private final TextOption since =
            options.text("since", "Show what came after this time (2026-01-02T13:23:37Z) or age (42m)");
    private final TextOption tail = options.text('n', "tail", "string", "all", "Lines to show from the end");
    private final Flag timestamps = options.flag('t', "timestamps", "Show when each line was written");
    private final TextOption until =
            options.text("until", "Show what came before this time (2026-01-02T13:23:37Z) or age (42m)");

    public LogsCommand() {
        super("[OPTIONS] CONTAINER", "Fetch the logs of a container", Arity.exactly(1));
    }

    @Override
    public List<String> aliases() {
        return List.of("container logs", "logs");
    }

    @Override
    public int run(Session session, List<String> arguments) throws IOException {
        JsonObject container;
        try (Reply reply = session.client().send(Request.get(Containers.path(arguments.getFirst()) + "/json"))) {
            container = reply.object();
        }
        Instant now = session.clock().instant();
        Request request = Request.get(Containers.path(container.text("Id")) + "/logs")
                .queryIf(true, "stdout")
                .queryIf(true, "stderr")
                .queryIf(details.value(), "details")
                .queryIf(follow.value(), "follow")
                .queryIf(timestamps.value(), "timestamps")
                .queryUnlessEmpty("since", HumanTime.timestamp(since.value(), now))
                .queryUnlessEmpty("until", HumanTime.timestamp(until.value(), now))
                .queryUnlessEmpty("tail", tail.value());
        session.flush();
        try (Reply reply = session.client().send(request)) {
            if (container.object("Config").flag("Tty")) {
                reply.body().transferTo(session.rawOut());
            } else {
                MultiplexedStream.copy(reply.body(), session.rawOut(), session.rawErr());
            }
        }
        return 0;
    }
}
