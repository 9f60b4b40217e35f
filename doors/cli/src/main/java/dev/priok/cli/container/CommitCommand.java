package dev.priok.cli.container;

import dev.priok.cli.command.Command;
import dev.priok.cli.command.Session;
import dev.priok.cli.format.RepositoryTag;
import dev.priok.cli.option.Arity;
import dev.priok.cli.option.Flag;
import dev.priok.cli.option.ListOption;
import dev.priok.cli.option.TextOption;
import dev.priok.client.Reply;
import dev.priok.client.Request;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** {@code commit}: an image from a container. */
public final class CommitCommand extends Command {
    private final TextOption author = options.text('a', "author", "Who made it");
    private final ListOption change = options.list('c', "change", "Dockerfile instruction to apply to the image");
    private final TextOption message = options.text('m', "message", "What was done");
    private final Flag pause = options.flagOn('p', "pause", "Pause the container meanwhile");

    public CommitCommand() {
        super(
                "[OPTIONS] CONTAINER [REPOSITORY[:TAG]]",
                "Create a new image from a container's changes",
                Arity.between(1, 2));
    }

    @Override
    public List<String> aliases() {
        return List.of("container commit", "commit");
    }

    @Override
    public int run(Session session, List<String> arguments) throws IOException {
        RepositoryTag name = RepositoryTag.parse(arguments.size() > 1 ? arguments.getLast() : "");
        Request request = Request.post("/commit")
                .query("container", arguments.getFirst())
                .queryUnlessEmpty("repo", name.repository())
                .queryUnlessEmpty("tag", name.tag())
                .queryUnlessEmpty("author", author.value())
                .queryUnlessEmpty("comment", message.value())
                .query("pause", pause.value() ? "1" : "0");
        change.values().forEach(value -> request.query("changes", value));
        try (Reply reply = session.client().send(request.json(Map.of()))) {
            session.out().println(reply.object().text("Id"));
        }
        return 0;
    }
}
