package dev.priok.cli.container;

import dev.priok.cli.command.Command;
import dev.priok.cli.command.Listings;
import dev.priok.cli.command.Session;
import dev.priok.cli.option.Arity;
import dev.priok.cli.option.Flag;
import dev.priok.cli.option.ListOption;
import dev.priok.cli.option.NumberOption;
import dev.priok.cli.option.TextOption;
import dev.priok.client.JsonObject;
import dev.priok.client.Reply;
import dev.priok.client.Request;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** {@code ps}: lists containers. */
public final class PsCommand extends Command {
    private final Flag all = options.flag('a', "all", "Show stopped containers too");
    private final ListOption filter =
            options.list('f', "filter", "filter", "Show only what matches key=value", Listings::checkFilter);
    private final TextOption format = options.text("format", Listings.FORMAT_HELP);
    private final NumberOption last = options.number('n', "last", -1, "Show the N newest containers, in any state");
    private final Flag latest = options.flag('l', "latest", "Show the newest container, in any state");
    private final Flag noTrunc = options.flag("no-trunc", "Show everything in full");
    private final Flag quiet = options.flag('q', "quiet", "Show only ids");
    private final Flag size = options.flag('s', "size", "Show how much disk each container takes");

    public PsCommand() {
        super("[OPTIONS]", "List containers", Arity.NONE);
    }

    @Override
    public List<String> aliases() {
        return List.of("container ls", "container list", "container ps", "ps");
    }

    @Override
    public int run(Session session, List<String> arguments) throws IOException {
        boolean needsSize = size.value() || format.value().contains(".Size");
        long limit = latest.value() && !last.isSet() ? 1 : last.value();
        Request request = Request.get("/containers/json")
                .queryIf(all.value(), "all")
                .queryUnlessEmpty("limit", limit > 0 ? Long.toString(limit) : "")
                .queryIf(needsSize, "size")
                .queryUnlessEmpty("filters", Listings.filters(filter.values()).text());
        List<JsonObject> containers;
        try (Reply reply = session.client().send(request)) {
            containers = JsonObject.objectsOf(reply.json());
        }
        boolean isCut = !noTrunc.value();
        if (quiet.value() && (format.value().isEmpty() || format.value().equals("table"))) {
            for (JsonObject container : containers) {
                session.out().println(ContainerRow.id(container, isCut));
            }
            return 0;
        }
        List<ContainerRow> rows = new ArrayList<>(containers.size());
        for (JsonObject container : containers) {
            rows.add(new ContainerRow(container, isCut, session.clock().instant()));
        }
        Listings.print(session, ContainerRow.listing(size.value()), format.value(), rows);
        return 0;
    }
}
