package dev.priok.cli.command;

import dev.priok.cli.format.HumanSize;
import dev.priok.client.Filters;
import dev.priok.client.JsonObject;
import dev.priok.client.Reply;
import dev.priok.client.Request;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The prune calls and how their results are told. */
public final class Prune {
    /**
     * What a prune removed.
     *
     * @param lines heading and one line for each removed object; empty when nothing was
     * @param reclaimedBytes disk that came back
     */
    public record Result(List<String> lines, long reclaimedBytes) {
        /** Prints the removed objects and the reclaimed space. */
        public void print(Session session) {
            printLines(session);
            session.out().println("Total reclaimed space: " + HumanSize.ofThousandsPrecise(reclaimedBytes));
        }

        /** Prints the removed objects alone. */
        public void printLines(Session session) {
            if (!lines.isEmpty()) {
                lines.forEach(session.out()::println);
                session.out().println();
            }
        }
    }

    private Prune() {}

    /** Asks; anything but yes ends the command. */
    public static void confirm(Session session, String warning) throws IOException {
        session.out().print(warning + "\nAre you sure you want to continue? [y/N] ");
        session.out().flush();
        String answer = new BufferedReader(new InputStreamReader(session.in(), StandardCharsets.UTF_8)).readLine();
        if (answer == null || !answer.strip().equalsIgnoreCase("y")) {
            throw new CommandFailed("", 0);
        }
    }

    public static Result containers(Session session, Filters filters) throws IOException {
        return prune(session, "containers", filters, "Deleted Containers:", "ContainersDeleted");
    }

    public static Result volumes(Session session, Filters filters) throws IOException {
        return prune(session, "volumes", filters, "Deleted Volumes:", "VolumesDeleted");
    }

    public static Result networks(Session session, Filters filters) throws IOException {
        return prune(session, "networks", filters, "Deleted Networks:", "NetworksDeleted");
    }

    /** Images without a name, or all that no container uses. */
    public static Result images(Session session, Filters filters, boolean all) throws IOException {
        filters.add("dangling", all ? "false" : "true");
        JsonObject answer = call(session, "images", filters);
        List<String> lines = new ArrayList<>();
        for (JsonObject image : answer.objects("ImagesDeleted")) {
            lines.add(
                    image.has("Untagged")
                            ? "untagged: " + image.text("Untagged")
                            : "deleted: " + image.text("Deleted"));
        }
        return result("Deleted Images:", lines, answer);
    }

    private static Result prune(Session session, String kind, Filters filters, String heading, String field)
            throws IOException {
        JsonObject answer = call(session, kind, filters);
        return result(heading, answer.texts(field), answer);
    }

    private static Result result(String heading, List<String> removed, JsonObject answer) {
        List<String> lines = new ArrayList<>();
        if (!removed.isEmpty()) {
            lines.add(heading);
            lines.addAll(removed);
        }
        return new Result(lines, answer.number("SpaceReclaimed"));
    }

    private static JsonObject call(Session session, String kind, Filters filters) throws IOException {
        Request request = Request.post("/" + kind + "/prune").queryUnlessEmpty("filters", filters.text());
        try (Reply reply = session.client().send(request)) {
            return reply.object();
        }
    }
}
