package dev.priok.cli.image;

import dev.priok.cli.command.Command;
import dev.priok.cli.command.Session;
import dev.priok.cli.format.RepositoryTag;
import dev.priok.cli.option.Arity;
import dev.priok.client.Request;
import java.io.IOException;
import java.util.List;

/** {@code tag}: gives an image another name. */
public final class TagCommand extends Command {
    public TagCommand() {
        super(
                "SOURCE_IMAGE[:TAG] TARGET_IMAGE[:TAG]",
                "Create a tag TARGET_IMAGE that refers to SOURCE_IMAGE",
                Arity.exactly(2));
    }

    @Override
    public List<String> aliases() {
        return List.of("image tag", "tag");
    }

    @Override
    public int run(Session session, List<String> arguments) throws IOException {
        RepositoryTag target = Names.checked(arguments.getLast());
        session.client()
                .call(Request.post(Images.path(arguments.getFirst()) + "/tag")
                        .query("repo", target.repository())
                        .queryUnlessEmpty("tag", target.tag()));
        return 0;
    }
}
