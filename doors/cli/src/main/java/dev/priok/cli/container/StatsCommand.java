package dev.priok.cli.container;

import dev.priok.cli.command.Command;
import dev.priok.cli.command.Listings;
import dev.priok.cli.command.Session;
import dev.priok.cli.command.Targets;
import dev.priok.cli.option.Arity;
import dev.priok.cli.option.Flag;
import dev.priok.cli.option.TextOption;
import dev.priok.client.Json;
import dev.priok.client.JsonObject;
import dev.priok.client.Reply;
import dev.priok.client.Request;
import dev.priok.core.Failure;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code stats}: what containers use, live. */
public final class StatsCommand extends Command {
    private static final long REFRESH_MILLIS = 500;
    private static final String TO_TOP = "\u001b[H";
    private static final String CLEAR_BELOW = "\u001b[J";

    private final Flag all = options.flag('a', "all", "Show stopped containers too");
    private final TextOption format = options.text("format", Listings.FORMAT_HELP);
    private final Flag noStream = options.flag("no-stream", "Print once and quit");
    private final Flag noTrunc = options.flag("no-trunc", "Show everything in full");

    public StatsCommand() {
        super("[OPTIONS] [CONTAINER...]", "Display a live stream of container(s) resource usage statistics", Arity.ANY);
    }

    @Override
    public List<String> aliases() {
        return List.of("container stats", "stats");
    }

    @Override
    public int run(Session session, List<String> arguments) throws IOException {
        if (noStream.value()) {
            return sampleAll(session, arguments);
        }
        stream(session, arguments);
        return 0;
    }

    private int sampleAll(Session session, List<String> arguments) throws IOException {
        Map<String, JsonObject> samples = new LinkedHashMap<>();
        for (String container : containers(session, arguments)) {
            samples.put(container, JsonObject.of(null));
        }
        int exitCode = Targets.each(session, List.copyOf(samples.keySet()), container -> {
            Request request = Request.get(Containers.path(container) + "/stats").query("stream", "0");
            try (Reply reply = session.client().send(request)) {
                put(samples, container, reply.object());
            } catch (Failure e) {
                synchronized (samples) {
                    samples.remove(container);
                }
                if (!arguments.isEmpty()) {
                    throw e;
                }
                // Not asked for by name, and gone since it was listed.
            }
            return "";
        });
        if (exitCode == 0 || !samples.isEmpty()) {
            show(session, samples, "");
        }
        return exitCode;
    }

    private List<String> containers(Session session, List<String> arguments) throws IOException {
        if (!arguments.isEmpty()) {
            return arguments;
        }
        List<String> ids = new ArrayList<>();
        try (Reply reply = session.client().send(Request.get("/containers/json").queryIf(all.value(), "all"))) {
            for (JsonObject container : JsonObject.objectsOf(reply.json())) {
                ids.add(container.text("Id"));
            }
        }
        return ids;
    }

    /** Every container has a thread that keeps its newest sample; this thread draws them all. */
    private void stream(Session session, List<String> arguments) throws IOException {
        Map<String, JsonObject> samples = new LinkedHashMap<>();
        while (!session.out().checkError()) {
            List<String> wanted = containers(session, arguments);
            synchronized (samples) {
                samples.keySet().retainAll(wanted);
                for (String container : wanted) {
                    if (!samples.containsKey(container)) {
                        samples.put(container, JsonObject.of(null));
                        Thread.ofPlatform().daemon().start(() -> follow(session, container, samples));
                    }
                }
            }
            show(session, samples, session.terminal().isOutput() ? TO_TOP : "");
            session.out().print(session.terminal().isOutput() ? CLEAR_BELOW : "");
            session.out().flush();
            try {
                Thread.sleep(REFRESH_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private static void follow(Session session, String container, Map<String, JsonObject> samples) {
        try (Reply reply = session.client()
                .send(Request.get(Containers.path(container) + "/stats").query("stream", "1"))) {
            Json.readAll(reply.body(), sample -> put(samples, container, sample));
        } catch (IOException | Failure _) {
            // The container is gone: the next list drops its row.
        }
    }

    private static void put(Map<String, JsonObject> samples, String container, JsonObject sample) {
        synchronized (samples) {
            samples.replace(container, sample);
        }
    }

    private void show(Session session, Map<String, JsonObject> samples, String before) {
        List<StatsRow> rows = new ArrayList<>();
        synchronized (samples) {
            samples.forEach((container, sample) -> rows.add(new StatsRow(container, sample, !noTrunc.value())));
        }
        session.out().print(before);
        Listings.print(session, StatsRow.listing(), format.value(), rows);
    }
}
