package dev.priok.cli.volume;

import dev.priok.cli.command.Command;
import dev.priok.cli.command.Listings;
import dev.priok.cli.command.Session;
import dev.priok.cli.format.Listing;
import dev.priok.cli.format.Text;
import dev.priok.cli.option.Arity;
import dev.priok.cli.option.Flag;
import dev.priok.cli.option.ListOption;
import dev.priok.cli.option.TextOption;
import dev.priok.cli.template.FieldSource;
import dev.priok.client.JsonObject;
import dev.priok.client.Reply;
import dev.priok.client.Request;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code network ls}: lists networks. */
public final class NetworkLsCommand extends Command {
    private final ListOption filter =
            options.list('f', "filter", "filter", "Show only what matches key=value", Listings::checkFilter);
    private final TextOption format = options.text("format", Listings.FORMAT_HELP);
    private final Flag noTrunc = options.flag("no-trunc", "Show everything in full");
    private final Flag quiet = options.flag('q', "quiet", "Show only ids");

    public NetworkLsCommand() {
        super("[OPTIONS]", "List networks", Arity.NONE);
    }

    @Override
    public List<String> aliases() {
        return List.of("network ls", "network list");
    }

    @Override
    public int run(Session session, List<String> arguments) throws IOException {
        Request request = Request.get("/networks")
                .queryUnlessEmpty("filters", Listings.filters(filter.values()).text());
        List<Row> rows = new ArrayList<>();
        try (Reply reply = session.client().send(request)) {
            for (JsonObject network : JsonObject.objectsOf(reply.json())) {
                rows.add(new Row(network, !noTrunc.value()));
            }
        }
        rows.sort(Comparator.comparing(row -> row.network().text("Name")));
        if (quiet.value() && format.value().isEmpty()) {
            rows.forEach(row -> session.out().println(row.value("ID")));
            return 0;
        }
        Listing listing = new Listing("{{.ID}}\t{{.Name}}\t{{.Driver}}\t{{.Scope}}")
                .title("ID", "NETWORK ID")
                .title("Name", "NAME")
                .title("Driver", "DRIVER")
                .title("Scope", "SCOPE")
                .title("IPv4", "IPV4")
                .title("IPv6", "IPV6")
                .title("Internal", "INTERNAL")
                .title("Labels", "LABELS")
                .title("CreatedAt", "CREATED AT");
        Listings.print(session, listing, format.value(), rows);
        return 0;
    }

    private record Row(JsonObject network, boolean isCut) implements Listing.Row {
        @Override
        public @Nullable Object value(String field) {
            return switch (field) {
                case "ID" -> isCut ? Text.shortId(network.text("Id")) : network.text("Id");
                case "Name", "Driver", "Scope" -> network.text(field);
                case "IPv4" -> Boolean.toString(network.flag("EnableIPv4"));
                case "IPv6" -> Boolean.toString(network.flag("EnableIPv6"));
                case "Internal" -> Boolean.toString(network.flag("Internal"));
                case "Labels" -> Text.labels(network.object("Labels").fields());
                case "CreatedAt" -> network.text("Created");
                default -> FieldSource.NO_FIELD;
            };
        }

        @Override
        public Object value(String field, String argument) {
            return field.equals("Label") ? network.object("Labels").text(argument) : FieldSource.NO_FIELD;
        }
    }
}
