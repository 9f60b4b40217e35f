package dev.priok.cli.image;

import dev.priok.cli.command.Command;
import dev.priok.cli.command.CommandFailed;
import dev.priok.cli.command.Progress;
import dev.priok.cli.command.Session;
import dev.priok.cli.option.Arity;
import dev.priok.cli.option.Flag;
import dev.priok.cli.option.ListOption;
import dev.priok.cli.option.TextOption;
import dev.priok.client.Request;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** {@code load}: images from an archive that {@code save} wrote. */
public final class LoadCommand extends Command {
    private final TextOption input = options.text('i', "input", "File to read instead of standard input");
    private final ListOption platform = options.list("platform", "Load only this platform: OS[/ARCH[/VARIANT]]");
    private final Flag quiet = options.flag('q', "quiet", "Do not show how it goes on");

    public LoadCommand() {
        super("[OPTIONS]", "Load an image from a tar archive or STDIN", Arity.NONE);
    }

    @Override
    public List<String> aliases() {
        return List.of("image load", "load");
    }

    @Override
    public int run(Session session, List<String> arguments) throws IOException {
        if (input.value().isEmpty() && session.terminal().isInput()) {
            throw new CommandFailed("requested load from stdin, but stdin is empty");
        }
        if (!input.value().isEmpty() && !Files.isReadable(Path.of(input.value()))) {
            throw new CommandFailed("open " + input.value() + ": no such file or directory");
        }
        boolean isQuiet = quiet.value() || !session.terminal().isOutput();
        Request request = Request.post("/images/load").query("quiet", isQuiet ? "1" : "0");
        platform.values().forEach(value -> request.query("platform", value));
        request.stream("application/x-tar", out -> {
            if (input.value().isEmpty()) {
                session.in().transferTo(out);
            } else {
                Files.copy(Path.of(input.value()), out);
            }
        });
        Progress.show(session, request);
        return 0;
    }
}
