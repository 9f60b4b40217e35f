package dev.priok.cli.build;

import dev.priok.cli.command.Command;
import dev.priok.cli.command.Listings;
import dev.priok.cli.command.Session;
import dev.priok.cli.format.HumanTime;
import dev.priok.cli.format.Listing;
import dev.priok.cli.format.Text;
import dev.priok.cli.option.Arity;
import dev.priok.cli.option.Flag;
import dev.priok.cli.option.TextOption;
import dev.priok.cli.template.FieldSource;
import dev.priok.client.Json;
import dev.priok.client.JsonObject;
import dev.priok.client.Reply;
import dev.priok.client.Request;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code builds}: what was built, how long each step took, and what it wrote. */
public final class BuildsCommand {
    private BuildsCommand() {}

    private static String path(String id) {
        return "/priok/builds/" + Request.segment(id);
    }

    /** {@code builds ls}. */
    public static Command list() {
        return new Ls();
    }

    /** {@code builds logs}. */
    public static Command logs() {
        return new Logs();
    }

    /** {@code builds inspect}. */
    public static Command inspect() {
        return new Inspect();
    }

    private static final class Ls extends Command {
        private final TextOption format = options.text("format", Listings.FORMAT_HELP);
        private final Flag quiet = options.flag('q', "quiet", "Show only ids");

        Ls() {
            super("[OPTIONS]", "List builds", Arity.exactly(0));
        }

        @Override
        public int run(Session session, List<String> arguments) throws IOException {
            List<Row> rows = new ArrayList<>();
            try (Reply reply = session.client().send(Request.get("/priok/builds"))) {
                for (JsonObject build : JsonObject.objectsOf(reply.json())) {
                    rows.add(new Row(build, session.clock().instant()));
                }
            }
            if (quiet.value() && format.value().isEmpty()) {
                rows.forEach(row -> session.out().println(row.value("ID")));
                return 0;
            }
            Listing listing = new Listing("{{.ID}}\t{{.Name}}\t{{.Status}}\t{{.Created}}\t{{.Duration}}\t{{.Image}}")
                    .title("ID", "BUILD ID")
                    .title("Name", "NAME")
                    .title("Status", "STATUS")
                    .title("Created", "CREATED")
                    .title("Duration", "DURATION")
                    .title("Image", "IMAGE");
            Listings.print(session, listing, format.value(), rows);
            return 0;
        }
    }

    private record Row(JsonObject build, Instant now) implements Listing.Row {
        @Override
        public @Nullable Object value(String field) {
            return switch (field) {
                case "ID" -> build.text("ID");
                case "Name" -> build.text("Name");
                case "Status" -> build.text("Status");
                case "Created" -> HumanTime.ago(HumanTime.epochSeconds(build.text("StartedAt"), 0), now);
                case "Duration" -> duration(build.text("StartedAt"), build.text("EndedAt"));
                case "Image" -> build.text("Image").isEmpty() ? "" : Text.shortId(build.text("Image"));
                default -> FieldSource.NO_FIELD;
            };
        }
    }

    private static String duration(String from, String to) {
        if (from.isEmpty() || to.isEmpty()) {
            return "";
        }
        long millis = Duration.between(Instant.parse(from), Instant.parse(to)).toMillis();
        return String.format(java.util.Locale.ROOT, "%.1fs", millis / 1000.0);
    }

    private static final class Logs extends Command {
        Logs() {
            super("BUILD", "Show all that the steps of a build wrote", Arity.exactly(1));
        }

        @Override
        public int run(Session session, List<String> arguments) throws IOException {
            try (Reply reply = session.client().send(Request.get(path(arguments.getFirst()) + "/log"))) {
                session.flush();
                reply.body().transferTo(session.rawOut());
            }
            return 0;
        }
    }

    private static final class Inspect extends Command {
        private final Flag json = options.flag("json", "Print the daemon's whole answer");
        private final TextOption trace =
                options.text("trace", "Write the times of all steps to this file, for chrome://tracing or Perfetto");

        Inspect() {
            super("[OPTIONS] BUILD", "Show the steps of a build, their times, and why they ran", Arity.exactly(1));
        }

        @Override
        public int run(Session session, List<String> arguments) throws IOException {
            JsonObject build;
            try (Reply reply = session.client().send(Request.get(path(arguments.getFirst())))) {
                build = reply.object();
            }
            if (!trace.value().isEmpty()) {
                Files.writeString(Path.of(trace.value()), trace(build));
            }
            if (json.value()) {
                session.out().println(Json.writeIndented(build.fields(), "    "));
                return 0;
            }
            session.out()
                    .printf(
                            "Build:    %s%nName:     %s%nStatus:   %s%n",
                            build.text("ID"), build.text("Name"), build.text("Status"));
            session.out()
                    .printf(
                            "Started:  %s%nDuration: %s%n",
                            build.text("StartedAt"), duration(build.text("StartedAt"), build.text("EndedAt")));
            if (!build.text("Image").isEmpty()) {
                session.out().println("Image:    " + build.text("Image"));
            }
            if (!build.text("Error").isEmpty()) {
                session.out().println("Error:    " + build.text("Error"));
            }
            session.out().println();
            for (JsonObject step : build.objects("Steps")) {
                String state = step.text("Error").isEmpty() ? step.flag("Cached") ? "cached" : "" : "failed";
                session.out()
                        .printf(
                                "%8s %6s  %s%n",
                                duration(step.text("StartedAt"), step.text("CompletedAt")),
                                state,
                                step.text("Name").replace('\n', ' '));
                if (!step.text("Why").isEmpty()) {
                    session.out().println("                 " + step.text("Why"));
                }
            }
            return 0;
        }

        /** The steps as complete events of the trace event format. */
        private static String trace(JsonObject build) {
            List<Object> events = new ArrayList<>();
            int lane = 0;
            for (JsonObject step : build.objects("Steps")) {
                if (step.text("StartedAt").isEmpty() || step.text("CompletedAt").isEmpty()) {
                    continue;
                }
                Instant started = Instant.parse(step.text("StartedAt"));
                Map<String, @Nullable Object> event = new LinkedHashMap<>();
                event.put("name", step.text("Name"));
                event.put("cat", step.flag("Cached") ? "cached" : "run");
                event.put("ph", "X");
                event.put("ts", micros(started));
                event.put("dur", micros(Instant.parse(step.text("CompletedAt"))) - micros(started));
                event.put("pid", 1L);
                event.put("tid", (long) ++lane);
                events.add(event);
            }
            return Json.write(Map.of("traceEvents", events));
        }

        private static long micros(Instant instant) {
            return instant.getEpochSecond() * 1_000_000 + instant.getNano() / 1000;
        }
    }
}
