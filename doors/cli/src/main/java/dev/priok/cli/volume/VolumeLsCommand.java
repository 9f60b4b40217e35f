package dev.priok.cli.volume;

import dev.priok.cli.command.Command;
import dev.priok.cli.command.Listings;
import dev.priok.cli.command.Session;
import dev.priok.cli.option.Arity;
import dev.priok.cli.option.Flag;
import dev.priok.cli.option.ListOption;
import dev.priok.cli.option.TextOption;
import dev.priok.client.JsonObject;
import dev.priok.client.Reply;
import dev.priok.client.Request;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** {@code volume ls}: lists volumes. */
public final class VolumeLsCommand extends Command {
    private final ListOption filter =
            options.list('f', "filter", "filter", "Show only what matches key=value", Listings::checkFilter);
    private final TextOption format = options.text("format", Listings.FORMAT_HELP);
    private final Flag size = options.flag("size", "Show how much is in them");
    private final Flag quiet = options.flag('q', "quiet", "Show only names");

    public VolumeLsCommand() {
        super("[OPTIONS]", "List volumes", Arity.NONE);
    }

    @Override
    public List<String> aliases() {
        return List.of("volume ls", "volume list");
    }

    /** The same with what the daemon's account of the disk says of them. */
    private static List<VolumeRow> measured(Session session, List<VolumeRow> rows) throws IOException {
        Map<String, VolumeRow> byName = new HashMap<>();
        try (Reply reply = session.client().send(Request.get("/system/df").query("type", "volume"))) {
            for (JsonObject volume : reply.object().objects("Volumes")) {
                byName.put(volume.text("Name"), new VolumeRow(volume));
            }
        }
        return new ArrayList<>(rows.stream()
                .map(row -> byName.getOrDefault(row.volume().text("Name"), row))
                .toList());
    }

    @Override
    public int run(Session session, List<String> arguments) throws IOException {
        Request request = Request.get("/volumes")
                .queryUnlessEmpty("filters", Listings.filters(filter.values()).text());
        List<VolumeRow> rows = new ArrayList<>();
        try (Reply reply = session.client().send(request)) {
            for (JsonObject volume : reply.object().objects("Volumes")) {
                rows.add(new VolumeRow(volume));
            }
        }
        if (size.value()) {
            rows = measured(session, rows);
        }
        rows.sort(Comparator.comparing(row -> row.volume().text("Name")));
        if (quiet.value() && format.value().isEmpty()) {
            rows.forEach(row -> session.out().println(row.volume().text("Name")));
            return 0;
        }
        Listings.print(session, size.value() ? VolumeRow.sizes() : VolumeRow.listing(), format.value(), rows);
        return 0;
    }
}
