package dev.priok.cli.container;

import dev.priok.cli.command.CommandFailed;
import dev.priok.cli.command.Session;
import dev.priok.cli.terminal.ContainerStreams;
import dev.priok.cli.terminal.DetachKeys;
import dev.priok.cli.terminal.Terminal;
import dev.priok.client.Hijacked;
import dev.priok.client.JsonObject;
import dev.priok.client.Reply;
import dev.priok.client.Request;
import dev.priok.core.Failure;
import java.io.IOException;

/**
 * Runs a container in the foreground: attach, then wait, then start, so that neither its first byte nor its exit code can be
 * missed.
 */
final class Attachment {
    /** How often a first resize is tried: right after the start the container's terminal may not be there yet. */
    private static final int RESIZE_TRIES = 10;

    private static final long RESIZE_PAUSE_MILLIS = 10;

    /**
     * What to attach.
     *
     * @param container id
     * @param isTty whether it has a terminal
     * @param stdin whether to send standard input
     * @param stdout whether to show its standard output
     * @param stderr whether to show its standard error
     * @param detachKeys the keys to watch for
     * @param detachKeysText the same as the user wrote them, for the daemon
     * @param forwardsSignals whether signals to this process go to the container
     * @param isRemovedAtEnd whether the daemon removes it when it ends
     */
    record Plan(
            String container,
            boolean isTty,
            boolean stdin,
            boolean stdout,
            boolean stderr,
            DetachKeys detachKeys,
            String detachKeysText,
            boolean forwardsSignals,
            boolean isRemovedAtEnd) {}

    private Attachment() {}

    /** Starts an attached container and returns its exit code, or 0 when the user detached. */
    static int startAttached(Session session, Plan plan) throws IOException {
        if (plan.forwardsSignals()) {
            // Beside the calls below: taking signals costs milliseconds.
            Thread.ofPlatform().daemon().name("signals").start(() -> forwardSignals(session, plan.container()));
        }
        try (Hijacked connection = attach(session, plan);
                Reply ended = awaitEnd(session, plan)) {
            start(session, plan, ended);
            if (plan.isTty()) {
                followSize(session, Containers.path(plan.container()));
            }
            ContainerStreams streams = new ContainerStreams(
                    session,
                    connection,
                    new ContainerStreams.Plan(
                            plan.isTty(), plan.stdin(), plan.stdout(), plan.stderr(), plan.detachKeys()));
            if (!plan.stdout() && !plan.stderr()) {
                Thread.ofPlatform().daemon().name("streams").start(() -> copyQuietly(streams));
                return exitCode(session, ended);
            }
            return streams.copy() == ContainerStreams.End.DETACHED ? 0 : exitCode(session, ended);
        }
    }

    static Hijacked attach(Session session, Plan plan) throws IOException {
        return session.client()
                .hijack(Containers.post(plan.container(), "attach")
                        .queryIf(true, "stream")
                        .queryIf(plan.stdin(), "stdin")
                        .queryIf(plan.stdout(), "stdout")
                        .queryIf(plan.stderr(), "stderr")
                        .queryUnlessEmpty("detachKeys", plan.detachKeysText()));
    }

    /** The wait call; the daemon answers its head at once and its body when the container ended. */
    private static Reply awaitEnd(Session session, Plan plan) throws IOException {
        return session.client()
                .send(Containers.post(plan.container(), "wait")
                        .query("condition", plan.isRemovedAtEnd() ? "removed" : "next-exit"));
    }

    private static void start(Session session, Plan plan, Reply ended) throws IOException {
        try {
            session.client().call(Containers.post(plan.container(), "start"));
        } catch (Failure e) {
            if (plan.isRemovedAtEnd()) {
                // The daemon removes what never started; leaving before that would surprise the next command.
                ended.body().readAllBytes();
            }
            throw e;
        }
    }

    static int exitCode(Session session, Reply ended) throws IOException {
        JsonObject result = ended.object();
        String error = result.object("Error").text("Message");
        if (!error.isEmpty()) {
            session.err().println("Error waiting for container: " + error);
            return CommandFailed.REFUSED;
        }
        return (int) result.number("StatusCode");
    }

    static void forwardSignals(Session session, String container) {
        session.terminal().onSignal(name -> {
            if (name.equals("WINCH")) {
                return;
            }
            try {
                session.client().call(Containers.post(container, "kill").query("signal", name));
            } catch (IOException | Failure _) {
                // The container ended before the signal came: there is nobody to tell.
            }
        });
    }

    /** Gives the container's terminal the size of this one, now and whenever it changes. */
    static void followSize(Session session, String path) {
        Terminal terminal = session.terminal();
        if (!terminal.isOutput()) {
            return;
        }
        Thread.ofPlatform().daemon().name("resize").start(() -> {
            for (int i = 0; i < RESIZE_TRIES && !resize(session, path); i++) {
                try {
                    Thread.sleep(RESIZE_PAUSE_MILLIS * (i + 1));
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return;
                }
            }
        });
        terminal.onResize(() -> resize(session, path));
    }

    private static boolean resize(Session session, String path) {
        Terminal.Size size = session.terminal().size();
        if (size.rows() == 0 && size.columns() == 0) {
            return true;
        }
        try {
            session.client()
                    .call(Request.post(path + "/resize")
                            .query("h", Integer.toString(size.rows()))
                            .query("w", Integer.toString(size.columns())));
            return true;
        } catch (IOException | Failure _) {
            // Not running yet, or no longer: the caller tries again or gives up.
            return false;
        }
    }

    private static void copyQuietly(ContainerStreams streams) {
        try {
            streams.copy();
        } catch (IOException _) {
            // Only input is attached here; the wait call tells how it ended.
        }
    }
}
