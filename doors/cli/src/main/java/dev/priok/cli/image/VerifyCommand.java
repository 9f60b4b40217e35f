package dev.priok.cli.image;

import dev.priok.cli.command.Command;
import dev.priok.cli.command.Progress;
import dev.priok.cli.command.Session;
import dev.priok.cli.format.RepositoryTag;
import dev.priok.cli.option.Arity;
import dev.priok.cli.option.Flag;
import dev.priok.client.Request;
import java.io.IOException;
import java.util.List;

/** {@code image verify}: reads everything of images again and compares it with its digests. */
public final class VerifyCommand extends Command {
    private final Flag repair =
            options.flag("repair", "Fetch what is damaged again from a registry that has the image");
    private final Flag quiet = options.flag('q', "quiet", "Say only what is wrong");

    public VerifyCommand() {
        super("[OPTIONS] IMAGE [IMAGE...]", "Compare images with their digests", Arity.atLeast(1));
    }

    @Override
    public int run(Session session, List<String> arguments) throws IOException {
        for (String image : arguments) {
            Request request = Request.post("/images/" + image + "/verify").queryIf(repair.value(), "repair");
            Credentials.addTo(session, request, RepositoryTag.parse(image).repository());
            if (quiet.value()) {
                Progress.swallow(session, request);
            } else {
                Progress.show(session, request);
            }
        }
        return 0;
    }
}
