package dev.priok.cli.image;

import dev.priok.cli.command.Command;
import dev.priok.cli.command.CommandFailed;
import dev.priok.cli.command.Progress;
import dev.priok.cli.command.Session;
import dev.priok.cli.format.RepositoryTag;
import dev.priok.cli.option.Arity;
import dev.priok.cli.option.ListOption;
import dev.priok.cli.option.TextOption;
import dev.priok.client.Request;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** {@code import}: an image of one layer from a tar archive. */
public final class ImportCommand extends Command {
    private final ListOption change = options.list('c', "change", "Dockerfile instruction to apply to the image");
    private final TextOption message = options.text('m', "message", "What the image is");
    private final TextOption platform = options.text("platform", "Platform of the image: OS[/ARCH[/VARIANT]]");

    public ImportCommand() {
        super(
                "[OPTIONS] file|URL|- [REPOSITORY[:TAG]]",
                "Import the contents from a tarball to create a filesystem image",
                Arity.atLeast(1));
    }

    @Override
    public List<String> aliases() {
        return List.of("image import", "import");
    }

    @Override
    public int run(Session session, List<String> arguments) throws IOException {
        String source = arguments.getFirst();
        boolean isUrl = source.startsWith("http://") || source.startsWith("https://");
        RepositoryTag name = RepositoryTag.parse(arguments.size() > 1 ? arguments.get(1) : "");
        Request request = Request.post("/images/create")
                .query("fromSrc", isUrl ? source : "-")
                .queryUnlessEmpty("repo", name.repository())
                .queryUnlessEmpty("tag", name.tag())
                .queryUnlessEmpty("message", message.value())
                .queryUnlessEmpty("platform", platform.value());
        change.values().forEach(value -> request.query("changes", value));
        if (!isUrl) {
            if (!source.equals("-") && !Files.isReadable(Path.of(source))) {
                throw new CommandFailed("open " + source + ": no such file or directory");
            }
            request.stream("text/plain", out -> {
                if (source.equals("-")) {
                    session.in().transferTo(out);
                } else {
                    Files.copy(Path.of(source), out);
                }
            });
        }
        Progress.show(session, request);
        return 0;
    }
}
