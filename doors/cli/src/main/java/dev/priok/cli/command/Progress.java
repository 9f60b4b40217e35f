package dev.priok.cli.command;

import dev.priok.cli.terminal.ProgressLog;
import dev.priok.client.JsonObject;
import dev.priok.client.Reply;
import dev.priok.client.Request;
import java.io.IOException;
import java.io.PrintStream;

/** Calls that answer with progress messages. */
public final class Progress {
    private Progress() {}

    /** Shows progress on standard output. */
    public static JsonObject show(Session session, Request request) throws IOException {
        return show(session, request, session.out(), session.terminal().isOutput());
    }

    /** Shows progress on standard error, where it does not mix with an id on standard output. */
    public static void showAside(Session session, Request request) throws IOException {
        show(session, request, session.err(), session.terminal().isError());
    }

    /** Waits for the end without showing anything but errors. */
    public static JsonObject swallow(Session session, Request request) throws IOException {
        return show(session, request, new PrintStream(PrintStream.nullOutputStream()), false);
    }

    private static JsonObject show(Session session, Request request, PrintStream out, boolean isTerminal)
            throws IOException {
        JsonObject[] last = {JsonObject.of(null)};
        try (Reply reply = session.client().send(request)) {
            int columns = isTerminal ? session.terminal().size().columns() : 0;
            new ProgressLog(out, isTerminal, columns).show(reply.body(), aux -> last[0] = aux);
        }
        return last[0];
    }
}
