package dev.priok.cli.image;

import dev.priok.cli.command.Command;
import dev.priok.cli.command.CommandFailed;
import dev.priok.cli.command.Progress;
import dev.priok.cli.command.Session;
import dev.priok.cli.format.RepositoryTag;
import dev.priok.cli.option.Arity;
import dev.priok.cli.option.Flag;
import dev.priok.client.Request;
import java.io.IOException;
import java.util.List;

/** {@code push}: uploads an image. */
public final class PushCommand extends Command {
    private final Flag allTags = options.flag('a', "all-tags", "Upload every tag of the repository");
    private final Flag quiet = options.flag('q', "quiet", "Do not show how it goes on");

    public PushCommand() {
        super("[OPTIONS] NAME[:TAG]", "Upload an image to a registry", Arity.exactly(1));
    }

    @Override
    public List<String> aliases() {
        return List.of("image push", "push");
    }

    @Override
    public int run(Session session, List<String> arguments) throws IOException {
        RepositoryTag name = Names.checked(arguments.getFirst());
        if (allTags.value() && !name.tag().isEmpty()) {
            throw new CommandFailed("tag can't be used with --all-tags/-a");
        }
        boolean isDefaultTag = name.tag().isEmpty() && name.digest().isEmpty() && !allTags.value();
        if (isDefaultTag && !quiet.value()) {
            session.out().println("Using default tag: latest");
        }
        Request request = Request.post(Images.path(name.repository()) + "/push")
                .queryUnlessEmpty("tag", allTags.value() ? "" : name.pullTag());
        // The daemon insists on the header, even when there is nothing to say.
        request.header("X-Registry-Auth", "e30=");
        Credentials.addTo(session, request, name.repository());
        if (quiet.value()) {
            Progress.swallow(session, request);
            session.out().println(arguments.getFirst());
        } else {
            Progress.show(session, request);
        }
        return 0;
    }
}
