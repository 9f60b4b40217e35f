package dev.priok.cli.image;

import dev.priok.cli.command.Command;
import dev.priok.cli.command.OutputFile;
import dev.priok.cli.command.Session;
import dev.priok.cli.option.Arity;
import dev.priok.cli.option.ListOption;
import dev.priok.cli.option.TextOption;
import dev.priok.client.Reply;
import dev.priok.client.Request;
import java.io.IOException;
import java.util.List;

/** {@code save}: images as one archive. */
public final class SaveCommand extends Command {
    private final TextOption output = options.text('o', "output", "File to write instead of standard output");
    private final ListOption platform = options.list("platform", "Save only this platform: OS[/ARCH[/VARIANT]]");

    public SaveCommand() {
        super(
                "[OPTIONS] IMAGE [IMAGE...]",
                "Save one or more images to a tar archive (streamed to STDOUT by default)",
                Arity.atLeast(1));
    }

    @Override
    public List<String> aliases() {
        return List.of("image save", "save");
    }

    @Override
    public int run(Session session, List<String> arguments) throws IOException {
        OutputFile.check(session, output.value());
        Request request = Request.get("/images/get");
        arguments.forEach(name -> request.query("names", name));
        platform.values().forEach(value -> request.query("platform", value));
        try (Reply reply = session.client().send(request)) {
            OutputFile.write(session, output.value(), reply.body());
        }
        return 0;
    }
}
