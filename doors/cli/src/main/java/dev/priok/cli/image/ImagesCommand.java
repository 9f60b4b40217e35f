package dev.priok.cli.image;

import dev.priok.cli.command.Command;
import dev.priok.cli.command.CommandFailed;
import dev.priok.cli.command.Listings;
import dev.priok.cli.command.Session;
import dev.priok.cli.option.Arity;
import dev.priok.cli.option.Flag;
import dev.priok.cli.option.ListOption;
import dev.priok.cli.option.TextOption;
import dev.priok.client.Filters;
import dev.priok.client.JsonObject;
import dev.priok.client.Reply;
import dev.priok.client.Request;
import java.io.IOException;
import java.util.List;

/** {@code images}: lists images. */
public final class ImagesCommand extends Command {
    private final Flag all = options.flag('a', "all", "Show intermediate images too");
    private final Flag digests = options.flag("digests", "Show digests");
    private final ListOption filter =
            options.list('f', "filter", "filter", "Show only what matches key=value", Listings::checkFilter);
    private final TextOption format = options.text("format", Listings.FORMAT_HELP);
    private final Flag noTrunc = options.flag("no-trunc", "Show everything in full");
    private final Flag quiet = options.flag('q', "quiet", "Show only ids");
    private final Flag tree = options.flag("tree", "Show each image with its names and the containers of it");

    public ImagesCommand() {
        super("[OPTIONS] [REPOSITORY[:TAG]]", "List images", Arity.between(0, 1));
    }

    @Override
    public List<String> aliases() {
        return List.of("image ls", "image list", "images");
    }

    @Override
    public int run(Session session, List<String> arguments) throws IOException {
        if (tree.value()
                && (quiet.value()
                        || noTrunc.value()
                        || digests.value()
                        || !format.value().isEmpty())) {
            throw new CommandFailed("--tree is not compatible with --quiet, --no-trunc, --digests and --format");
        }
        Filters filters = Listings.filters(filter.values());
        if (!arguments.isEmpty()) {
            filters.add("reference", arguments.getFirst());
        }
        Request request = Request.get("/images/json")
                .queryIf(all.value(), "all")
                .queryIf(tree.value(), "shared-size")
                .queryUnlessEmpty("filters", filters.text());
        List<JsonObject> images;
        try (Reply reply = session.client().send(request)) {
            images = JsonObject.objectsOf(reply.json());
        }
        if (tree.value()) {
            session.out().print(new ImageTree(images));
            return 0;
        }
        boolean isCut = !noTrunc.value();
        boolean showsDigests = digests.value() || format.value().contains(".Digest");
        List<ImageRow> rows = ImageRow.of(
                images,
                isCut,
                showsDigests,
                filters.has("dangling"),
                session.clock().instant());
        if (quiet.value() && (format.value().isEmpty() || format.value().equals("table"))) {
            for (ImageRow row : rows) {
                session.out().println(row.value("ID"));
            }
            return 0;
        }
        Listings.print(session, ImageRow.listing(digests.value()), format.value(), rows);
        return 0;
    }
}
