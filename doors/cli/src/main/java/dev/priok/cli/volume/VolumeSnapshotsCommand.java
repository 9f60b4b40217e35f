package dev.priok.cli.volume;

import dev.priok.cli.command.Command;
import dev.priok.cli.command.Listings;
import dev.priok.cli.command.Session;
import dev.priok.cli.option.Arity;
import dev.priok.cli.option.Flag;
import dev.priok.cli.option.TextOption;
import dev.priok.client.JsonObject;
import dev.priok.client.Reply;
import dev.priok.client.Request;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** {@code volume snapshots}: lists snapshots. */
public final class VolumeSnapshotsCommand extends Command {
    private final TextOption format = options.text("format", Listings.FORMAT_HELP);
    private final Flag quiet = options.flag('q', "quiet", "Show only names");

    public VolumeSnapshotsCommand() {
        super("[OPTIONS] [VOLUME]", "List snapshots of a volume, or of all", Arity.between(0, 1));
    }

    @Override
    public int run(Session session, List<String> arguments) throws IOException {
        Request request = Request.get("/priok/volumes/snapshots")
                .queryUnlessEmpty("volume", arguments.isEmpty() ? "" : arguments.getFirst());
        List<SnapshotRow> rows = new ArrayList<>();
        try (Reply reply = session.client().send(request)) {
            for (JsonObject snapshot : JsonObject.objectsOf(reply.json())) {
                rows.add(new SnapshotRow(snapshot));
            }
        }
        if (quiet.value() && format.value().isEmpty()) {
            rows.forEach(row -> session.out().println(row.name()));
            return 0;
        }
        Listings.print(session, SnapshotRow.listing(), format.value(), rows);
        return 0;
    }
}
