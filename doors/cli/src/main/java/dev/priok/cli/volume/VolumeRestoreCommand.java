package dev.priok.cli.volume;

import dev.priok.cli.command.Command;
import dev.priok.cli.command.CommandFailed;
import dev.priok.cli.command.Session;
import dev.priok.cli.format.RepositoryTag;
import dev.priok.cli.image.Credentials;
import dev.priok.cli.option.Arity;
import dev.priok.cli.option.TextOption;
import dev.priok.client.Reply;
import dev.priok.client.Request;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** {@code volume restore}: puts a snapshot or a backup in the place of what a volume has. */
public final class VolumeRestoreCommand extends Command {
    private final TextOption input = options.text('i', "input", "Restore from this tar archive, - for standard input");
    private final TextOption from = options.text("from", "Restore from a backup in a registry: NAME[:TAG]");

    public VolumeRestoreCommand() {
        super(
                "[OPTIONS] VOLUME[@SNAPSHOT]",
                "Put a snapshot or a backup in the place of what a volume has",
                Arity.exactly(1));
    }

    @Override
    public int run(Session session, List<String> arguments) throws IOException {
        SnapshotName name = SnapshotName.parse(arguments.getFirst());
        int sources = (name.snapshot().isEmpty() ? 0 : 1)
                + (input.value().isEmpty() ? 0 : 1)
                + (from.value().isEmpty() ? 0 : 1);
        if (sources != 1) {
            throw new CommandFailed("say what to restore from, once: VOLUME@SNAPSHOT, --input or --from");
        }
        try (Reply reply = session.client().send(request(session, name))) {
            session.out().println(reply.object().text("Name"));
        }
        return 0;
    }

    private Request request(Session session, SnapshotName name) throws IOException {
        String file = input.value();
        if (file.isEmpty()) {
            Request request = Request.post(name.path() + "/restore")
                    .queryUnlessEmpty("snapshot", name.snapshot())
                    .queryUnlessEmpty("reference", from.value());
            if (!from.value().isEmpty()) {
                Credentials.addTo(
                        session, request, RepositoryTag.parse(from.value()).repository());
            }
            return request;
        }
        if (!file.equals("-") && !Files.isReadable(Path.of(file))) {
            throw new CommandFailed("open " + file + ": no such file or directory");
        }
        return Request.put(name.path() + "/archive").stream("application/x-tar", out -> {
            if (file.equals("-")) {
                session.in().transferTo(out);
            } else {
                Files.copy(Path.of(file), out);
            }
        });
    }
}
