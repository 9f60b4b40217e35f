package dev.priok.cli.volume;

import dev.priok.cli.command.Command;
import dev.priok.cli.command.Session;
import dev.priok.cli.option.Arity;
import dev.priok.client.Reply;
import dev.priok.client.Request;
import java.io.IOException;
import java.util.List;

/** {@code volume clone}: a new volume with what another has. */
public final class VolumeCloneCommand extends Command {
    public VolumeCloneCommand() {
        super("VOLUME[@SNAPSHOT] NEW-VOLUME", "Make a volume with what another one has or had", Arity.exactly(2));
    }

    @Override
    public int run(Session session, List<String> arguments) throws IOException {
        SnapshotName name = SnapshotName.parse(arguments.getFirst());
        Request request = Request.post(name.path() + "/clone")
                .queryUnlessEmpty("snapshot", name.snapshot())
                .query("name", arguments.getLast());
        try (Reply reply = session.client().send(request)) {
            session.out().println(reply.object().text("Name"));
        }
        return 0;
    }
}
