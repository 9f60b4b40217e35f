package dev.priok.cli.image;

import dev.priok.cli.command.Command;
import dev.priok.cli.command.CommandFailed;
import dev.priok.cli.command.Progress;
import dev.priok.cli.command.Session;
import dev.priok.cli.format.RepositoryTag;
import dev.priok.cli.option.Arity;
import dev.priok.cli.option.Flag;
import dev.priok.cli.option.TextOption;
import dev.priok.client.Request;
import java.io.IOException;
import java.util.List;

/** {@code pull}: downloads an image. */
public final class PullCommand extends Command {
    private final Flag allTags = options.flag('a', "all-tags", "Download every tag of the repository");
    private final TextOption platform = options.text("platform", "Platform of the image: OS[/ARCH[/VARIANT]]");
    private final Flag quiet = options.flag('q', "quiet", "Do not show how it goes on");

    public PullCommand() {
        super("[OPTIONS] NAME[:TAG|@DIGEST]", "Download an image from a registry", Arity.exactly(1));
    }

    @Override
    public List<String> aliases() {
        return List.of("image pull", "pull");
    }

    @Override
    public int run(Session session, List<String> arguments) throws IOException {
        RepositoryTag name = Names.checked(arguments.getFirst());
        if (allTags.value() && (!name.tag().isEmpty() || !name.digest().isEmpty())) {
            throw new CommandFailed("tag can't be used with --all-tags/-a");
        }
        if (name.tag().isEmpty() && name.digest().isEmpty() && !allTags.value() && !quiet.value()) {
            session.out().println("Using default tag: latest");
        }
        Request request = Request.post("/images/create")
                .query("fromImage", name.repository())
                .queryUnlessEmpty("tag", allTags.value() ? "" : name.pullTag())
                .queryUnlessEmpty("platform", platform.value());
        Credentials.addTo(session, request, name.repository());
        if (quiet.value()) {
            Progress.swallow(session, request);
        } else {
            Progress.show(session, request);
        }
        String tag = name.digest().isEmpty() ? ":" + name.pullTag() : "@" + name.digest();
        session.out().println(qualified(name.repository()) + (allTags.value() ? "" : tag));
        return 0;
    }

    private static String qualified(String repository) {
        if (!Credentials.registry(repository).startsWith("https://")) {
            return repository;
        }
        String path = repository.startsWith("docker.io/") ? repository.substring(10) : repository;
        return "docker.io/" + (path.indexOf('/') < 0 ? "library/" : "") + path;
    }
}
