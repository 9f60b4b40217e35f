package dev.priok.cli.system;

import dev.priok.cli.command.Command;
import dev.priok.cli.command.Listings;
import dev.priok.cli.command.Session;
import dev.priok.cli.format.HumanTime;
import dev.priok.cli.option.Arity;
import dev.priok.cli.option.ListOption;
import dev.priok.cli.option.TextOption;
import dev.priok.cli.template.Template;
import dev.priok.cli.template.TemplateError;
import dev.priok.client.Json;
import dev.priok.client.JsonObject;
import dev.priok.client.Reply;
import dev.priok.client.Request;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** {@code events}: what happens in the daemon, as it happens. */
public final class EventsCommand extends Command {
    private static final long NANOS = 1_000_000_000;

    private final ListOption filter =
            options.list('f', "filter", "filter", "Show only what matches key=value", Listings::checkFilter);
    private final TextOption format = options.text("format", "How to print: 'json' or a Go template");
    private final TextOption since = options.text("since", "Show what happened since this time");
    private final TextOption until = options.text("until", "Stop at this time");

    public EventsCommand() {
        super("[OPTIONS]", "Get real time events from the server", Arity.NONE);
    }

    @Override
    public List<String> aliases() {
        return List.of("system events", "events");
    }

    @Override
    public int run(Session session, List<String> arguments) throws IOException {
        Instant now = session.clock().instant();
        Request request = Request.get("/events")
                .queryUnlessEmpty("since", HumanTime.timestamp(since.value(), now))
                .queryUnlessEmpty("until", HumanTime.timestamp(until.value(), now))
                .queryUnlessEmpty("filters", Listings.filters(filter.values()).text());
        Template template = template();
        try (Reply reply = session.client().send(request)) {
            Json.readAll(reply.body(), event -> {
                session.out().println(template == null ? text(event) : render(template, event));
                session.out().flush();
                if (session.out().checkError()) {
                    throw new IOException("standard output is closed");
                }
            });
        }
        return 0;
    }

    private @Nullable Template template() {
        try {
            return switch (format.value()) {
                case "" -> null;
                case "json" -> Template.parse("{{json .}}");
                default -> Template.parse(format.value());
            };
        } catch (TemplateError e) {
            throw Listings.templateFailed(e);
        }
    }

    private static String render(Template template, JsonObject event) {
        StringBuilder out = new StringBuilder();
        try {
            template.render(out, new EventFields(event.fields()));
        } catch (TemplateError e) {
            throw Listings.templateFailed(e);
        }
        return out.toString();
    }

    private static String text(JsonObject event) {
        long nanos = event.number("timeNano");
        StringBuilder out = new StringBuilder();
        if (nanos != 0) {
            out.append(HumanTime.rfc3339(nanos / NANOS, nanos % NANOS)).append(' ');
        } else if (event.number("time") != 0) {
            out.append(HumanTime.rfc3339(event.number("time"), 0)).append(' ');
        }
        JsonObject actor = event.object("Actor");
        out.append(event.text("Type"))
                .append(' ')
                .append(event.text("Action"))
                .append(' ')
                .append(actor.text("ID"));
        Map<String, @Nullable Object> attributes = actor.object("Attributes").fields();
        String separator = " (";
        for (Map.Entry<String, @Nullable Object> attribute : new TreeMap<>(attributes).entrySet()) {
            out.append(separator).append(attribute.getKey()).append('=').append(attribute.getValue());
            separator = ", ";
        }
        return out.append(attributes.isEmpty() ? "" : ")").toString();
    }
}
