package dev.priok.cli.container;

import dev.priok.cli.command.Command;
import dev.priok.cli.command.OutputFile;
import dev.priok.cli.command.Session;
import dev.priok.cli.option.Arity;
import dev.priok.cli.option.TextOption;
import dev.priok.client.Reply;
import dev.priok.client.Request;
import java.io.IOException;
import java.util.List;

/** {@code export}: a container's file system as a tar archive. */
public final class ExportCommand extends Command {
    private final TextOption output = options.text('o', "output", "File to write instead of standard output");

    public ExportCommand() {
        super("[OPTIONS] CONTAINER", "Export a container's filesystem as a tar archive", Arity.exactly(1));
    }

    @Override
    public List<String> aliases() {
        return List.of("container export", "export");
    }

    @Override
    public int run(Session session, List<String> arguments) throws IOException {
        OutputFile.check(session, output.value());
        try (Reply reply = session.client().send(Request.get(Containers.path(arguments.getFirst()) + "/export"))) {
            OutputFile.write(session, output.value(), reply.body());
        }
        return 0;
    }
}
