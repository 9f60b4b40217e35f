package dev.priok.cli.image;

import dev.priok.cli.command.Command;
import dev.priok.cli.command.Listings;
import dev.priok.cli.command.Session;
import dev.priok.cli.format.HumanSize;
import dev.priok.cli.format.HumanTime;
import dev.priok.cli.format.Listing;
import dev.priok.cli.format.Text;
import dev.priok.cli.option.Arity;
import dev.priok.cli.option.Flag;
import dev.priok.cli.option.TextOption;
import dev.priok.cli.template.FieldSource;
import dev.priok.client.JsonObject;
import dev.priok.client.Reply;
import dev.priok.client.Request;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code history}: the layers of an image and what made them. */
public final class HistoryCommand extends Command {
    private static final int CREATED_BY_WIDTH = 45;

    private final TextOption format = options.text("format", Listings.FORMAT_HELP);
    private final Flag human = options.flagOn('H', "human", "Print sizes and times for people");
    private final Flag noTrunc = options.flag("no-trunc", "Show everything in full");
    private final TextOption platform =
            options.text("platform", "Show the history of this platform: OS[/ARCH[/VARIANT]]");
    private final Flag quiet = options.flag('q', "quiet", "Show only ids");

    public HistoryCommand() {
        super("[OPTIONS] IMAGE", "Show the history of an image", Arity.exactly(1));
    }

    @Override
    public List<String> aliases() {
        return List.of("image history", "history");
    }

    @Override
    public int run(Session session, List<String> arguments) throws IOException {
        Request request = Request.get(Images.path(arguments.getFirst()) + "/history")
                .queryUnlessEmpty("platform", platform.value());
        List<Row> rows = new ArrayList<>();
        try (Reply reply = session.client().send(request)) {
            for (JsonObject layer : JsonObject.objectsOf(reply.json())) {
                rows.add(new Row(
                        layer, !noTrunc.value(), human.value(), session.clock().instant()));
            }
        }
        if (quiet.value() && format.value().isEmpty()) {
            rows.forEach(row -> session.out().println(row.value("ID")));
            return 0;
        }
        Listing listing = new Listing("{{.ID}}\t" + (human.value() ? "{{.CreatedSince}}" : "{{.CreatedAt}}")
                        + "\t{{.CreatedBy}}\t{{.Size}}\t{{.Comment}}")
                .title("ID", "IMAGE")
                .title("CreatedSince", "CREATED")
                .title("CreatedAt", "CREATED AT")
                .title("CreatedBy", "CREATED BY")
                .title("Size", "SIZE")
                .title("Comment", "COMMENT");
        Listings.print(session, listing, format.value(), rows);
        return 0;
    }

    private record Row(JsonObject layer, boolean isCut, boolean isHuman, Instant now) implements Listing.Row {
        @Override
        public @Nullable Object value(String field) {
            return switch (field) {
                case "ID" -> isCut ? Text.shortId(layer.text("Id")) : layer.text("Id");
                case "CreatedAt" -> HumanTime.rfc3339Seconds(layer.number("Created"));
                case "CreatedSince" ->
                    layer.number("Created") <= 0 ? "N/A" : HumanTime.ago(layer.number("Created"), now);
                case "CreatedBy" -> {
                    String command = layer.text("CreatedBy").replace('\t', ' ');
                    yield isCut ? Text.ellipsis(command, CREATED_BY_WIDTH) : command;
                }
                case "Size" ->
                    isHuman ? HumanSize.ofThousands(layer.number("Size")) : Long.toString(layer.number("Size"));
                case "Comment" -> layer.text("Comment");
                default -> FieldSource.NO_FIELD;
            };
        }
    }
}
