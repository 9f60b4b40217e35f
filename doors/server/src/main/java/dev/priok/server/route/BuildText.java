package dev.priok.server.route;

import dev.priok.build.BuildEvent;
import dev.priok.core.Digest;
import dev.priok.core.Failure;
import dev.priok.core.ImageReference;

/** What happens in a build, in the words of the classic builder. A quiet build keeps them back and tells only its image. */
final class BuildText {
    /** Docker's builder shows in red what a step writes to standard error. */
    private static final String RED = "\u001b[91m";

    private static final String PLAIN = "\u001b[0m";

    /** As long as short ids are. */
    private static final int SHORT = 12;

    /** A quiet build that fails shows what was kept back; the end of it tells why. */
    private static final int MAX_KEPT_CHARS = 1 << 20;

    private final ProgressStream out;
    private final boolean quiet;
    private final StringBuilder kept = new StringBuilder();

    BuildText(ProgressStream out, boolean quiet) {
        this.out = out;
        this.quiet = quiet;
    }

    /** Tells one event, except the last. */
    void accept(BuildEvent event) {
        switch (event) {
            case BuildEvent.StepStarted step ->
                say("Step %d/%d : %s\n".formatted(step.number(), step.total(), step.text()));
            case BuildEvent.StepCached _ -> say(" ---> Using cache\n");
            case BuildEvent.StepSkipped _ -> say(" ---> Skipped, what is taken from it is known\n");
            case BuildEvent.TriggersStarted triggers ->
                say("# Executing %d build trigger%s\n".formatted(triggers.count(), triggers.count() == 1 ? "" : "s"));
            case BuildEvent.RunningIn running -> say(" ---> Running in %s\n".formatted(shortId(running.id())));
            case BuildEvent.Output output ->
                say(output.channel() == BuildEvent.Channel.STDERR ? RED + output.text() + PLAIN : output.text());
            case BuildEvent.Removed removed ->
                say(" ---> Removed intermediate container %s\n".formatted(shortId(removed.id())));
            case BuildEvent.Committed committed -> say(" ---> %s\n".formatted(shortId(committed.imageId())));
            case BuildEvent.FailureKept kept ->
                out.send(new Doc()
                        .with("aux", new Doc().with("FailedStep", kept.imageId().toString())));
            case BuildEvent.Pulling pulling -> {
                if (!quiet) {
                    out.send(pulling(pulling));
                }
            }
            case BuildEvent.Warning warning -> say("[Warning] %s\n".formatted(warning.text()));
            case BuildEvent.Ended _ -> {
                // Told by end(), when the rest of the context has been read.
            }
        }
    }

    private static Doc pulling(BuildEvent.Pulling pulling) {
        Doc doc = new Doc().with("status", pulling.status());
        if (pulling.total() > 0) {
            doc.with(
                    "progressDetail",
                    new Doc().with("current", pulling.current()).with("total", pulling.total()));
        }
        return pulling.id().isEmpty() ? doc : doc.with("id", pulling.id());
    }

    /** Tells how it ended; a build that failed before it said anything has an ordinary error as its answer. */
    void end(BuildEvent.Ended ended) {
        switch (ended) {
            case BuildEvent.Done done -> done(done);
            case BuildEvent.Failed failed -> {
                if (quiet && !kept.isEmpty()) {
                    out.text(kept.toString());
                }
                if (!out.begun()) {
                    throw new Failure(failed.kind(), failed.message());
                }
                out.error(failed.exitCode() == 1 ? 0 : failed.exitCode(), failed.message());
            }
        }
    }

    private void done(BuildEvent.Done done) {
        out.send(new Doc().with("aux", new Doc().with("ID", done.imageId().toString())));
        if (quiet) {
            out.text(done.imageId() + "\n");
            return;
        }
        say("Successfully built %s\n".formatted(shortId(done.imageId())));
        for (ImageReference tag : done.tags()) {
            say("Successfully tagged %s\n".formatted(tag.familiar()));
        }
    }

    private void say(String text) {
        if (!quiet) {
            out.text(text);
        } else if (kept.length() < MAX_KEPT_CHARS) {
            kept.append(text);
        }
    }

    private static String shortId(Digest digest) {
        return digest.hex().substring(0, SHORT);
    }

    private static String shortId(String id) {
        return id.length() > SHORT ? id.substring(0, SHORT) : id;
    }
}
