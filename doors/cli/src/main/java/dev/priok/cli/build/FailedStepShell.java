package dev.priok.cli.build;

import dev.priok.cli.command.CommandFailed;
import dev.priok.cli.command.Session;
import dev.priok.cli.container.RunCommand;
import dev.priok.cli.option.UsageError;
import dev.priok.client.Request;
import java.io.IOException;
import java.util.List;

/** A shell in what a failed step left behind. */
final class FailedStepShell {
    private final Session session;

    FailedStepShell(Session session) {
        this.session = session;
    }

    /** Opens it on a terminal; elsewhere tells how to. The image goes when the shell ends. */
    void open(String image, String reason) throws IOException {
        if (!session.terminal().isInput() || !session.terminal().isOutput()) {
            session.err()
                    .println("the failed step is kept: look into it by  priok run --rm -it " + image
                            + ", then remove it by  priok rmi " + image);
            return;
        }
        session.err().println(reason);
        session.err()
                .println(
                        "a shell in the failed step follows; its bind, cache and secret mounts are not there. Leave by exit");
        RunCommand run = new RunCommand();
        try {
            List<String> arguments = run.options().parse(List.of("--rm", "-it", image, "/bin/sh"));
            run.run(session, arguments);
        } catch (UsageError e) {
            throw new CommandFailed(e.message());
        } finally {
            session.client()
                    .call(Request.delete("/images/" + Request.segment(image)).query("force", "1"));
        }
    }
}
