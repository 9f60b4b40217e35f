package dev.priok.cli.volume;

import dev.priok.cli.command.Command;
import dev.priok.cli.command.CommandFailed;
import dev.priok.cli.command.OutputFile;
import dev.priok.cli.command.Session;
import dev.priok.cli.format.RepositoryTag;
import dev.priok.cli.image.Credentials;
import dev.priok.cli.option.Arity;
import dev.priok.cli.option.TextOption;
import dev.priok.client.Reply;
import dev.priok.client.Request;
import java.io.IOException;
import java.util.List;

/** {@code volume backup}: a volume as a tar archive, or in a registry. */
public final class VolumeBackupCommand extends Command {
    private final TextOption output = options.text('o', "output", "File to write instead of standard output");
    private final TextOption to = options.text("to", "Store it in a registry instead: NAME[:TAG]");

    public VolumeBackupCommand() {
        super(
                "[OPTIONS] VOLUME[@SNAPSHOT]",
                "Save a volume to a tar archive (streamed to STDOUT by default) or to a registry",
                Arity.exactly(1));
    }

    @Override
    public int run(Session session, List<String> arguments) throws IOException {
        SnapshotName name = SnapshotName.parse(arguments.getFirst());
        if (to.value().isEmpty()) {
            OutputFile.check(session, output.value());
            Request request = Request.get(name.path() + "/archive").queryUnlessEmpty("snapshot", name.snapshot());
            try (Reply reply = session.client().send(request)) {
                OutputFile.write(session, output.value(), reply.body());
            }
            return 0;
        }
        if (!output.value().isEmpty()) {
            throw new CommandFailed("--output and --to cannot be used together");
        }
        Request request = Request.post(name.path() + "/push")
                .queryUnlessEmpty("snapshot", name.snapshot())
                .query("reference", to.value());
        Credentials.addTo(session, request, RepositoryTag.parse(to.value()).repository());
        try (Reply reply = session.client().send(request)) {
            session.out().println(reply.object().text("Digest"));
        }
        return 0;
    }
}
