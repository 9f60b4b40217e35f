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
import java.util.ArrayList;
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
        super("[OPTIONS] CONTAINER [CONTAINER...]", "Fetch the logs of one or more containers", Arity.atLeast(1));
    }

    @Override
    public List<String> aliases() {
        return List.of("container logs", "logs");
    }

    @Override
    public int run(Session session, List<String> arguments) throws IOException {
        if (arguments.size() > 1) {
            return merged(session, arguments);
        }
        JsonObject container = container(session, arguments.getFirst());
        Request request = request(session, container, timestamps.value());
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

    private static JsonObject container(Session session, String name) throws IOException {
        try (Reply reply = session.client().send(Request.get(Containers.path(name) + "/json"))) {
            return reply.object();
        }
    }

    private Request request(Session session, JsonObject container, boolean withTimes) {
        Instant now = session.clock().instant();
        return Request.get(Containers.path(container.text("Id")) + "/logs")
                .queryIf(true, "stdout")
                .queryIf(true, "stderr")
                .queryIf(details.value(), "details")
                .queryIf(follow.value(), "follow")
                .queryIf(withTimes, "timestamps")
                .queryUnlessEmpty("since", HumanTime.timestamp(since.value(), now))
                .queryUnlessEmpty("until", HumanTime.timestamp(until.value(), now))
                .queryUnlessEmpty("tail", tail.value());
    }

    private int merged(Session session, List<String> names) throws IOException {
        List<JsonObject> containers = new ArrayList<>();
        for (String name : names) {
            containers.add(container(session, name));
        }
        MergedLogs logs = new MergedLogs(session, follow.value(), timestamps.value());
        for (JsonObject container : containers) {
            String name = container.text("Name").replaceFirst("^/", "");
            logs.add(name, container.object("Config").flag("Tty"), request(session, container, true));
        }
        return logs.print();
    }
}
