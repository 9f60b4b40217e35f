package dev.priok.cli.volume;

import dev.priok.cli.command.Command;
import dev.priok.cli.command.CommandFailed;
import dev.priok.cli.command.Session;
import dev.priok.cli.option.Arity;
import dev.priok.client.JsonObject;
import dev.priok.client.Reply;
import dev.priok.client.Request;
import java.io.IOException;
import java.util.List;

/** {@code volume snapshot}: keeps a volume as it is now. */
public final class VolumeSnapshotCommand extends Command {
    public VolumeSnapshotCommand() {
        super("VOLUME[@SNAPSHOT]", "Keep a volume as it is now, named by the time or as said", Arity.exactly(1));
    }

    @Override
    public int run(Session session, List<String> arguments) throws IOException {
        SnapshotName name = SnapshotName.parse(arguments.getFirst());
        if (arguments.getFirst().endsWith("@")) {
            throw new CommandFailed("the snapshot has no name: VOLUME@SNAPSHOT");
        }
        Request request = Request.post(name.path() + "/snapshots").queryUnlessEmpty("name", name.snapshot());
        try (Reply reply = session.client().send(request)) {
            JsonObject made = reply.object();
            session.out().println(made.text("Volume") + "@" + made.text("Name"));
        }
        return 0;
    }
}
