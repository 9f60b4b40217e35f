package dev.priok.cli.build;

import dev.priok.cli.command.Command;
import dev.priok.cli.command.CommandFailed;
import dev.priok.cli.command.Session;
import dev.priok.cli.format.HumanSize;
import dev.priok.cli.format.Text;
import dev.priok.cli.option.Arity;
import dev.priok.cli.option.Flag;
import dev.priok.cli.option.NumberOption;
import dev.priok.cli.option.TextOption;
import dev.priok.client.Json;
import dev.priok.client.JsonObject;
import dev.priok.client.Reply;
import dev.priok.client.Request;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** {@code image analyze}: what is in the layers of an image, and what of it is of no use. */
public final class AnalyzeCommand extends Command {
    private static final int MAKER_WIDTH = 60;
    private static final int SHOWN = 10;

    private final NumberOption failUnder =
            options.number("fail-under", 0, "End with 1 when the score is below this (0 to 100)");
    private final TextOption html = options.text("html", "Write a report to this file");
    private final Flag json = options.flag("json", "Print the daemon's whole answer");

    private final Flag plain =
            options.flag("plain", "Print the report also on a terminal, instead of walking through it");

    public AnalyzeCommand() {
        super("[OPTIONS] IMAGE", "Show what is in an image's layers, and what of it is of no use", Arity.exactly(1));
    }

    @Override
    public int run(Session session, List<String> arguments) throws IOException {
        JsonObject report;
        try (Reply reply = session.client()
                .send(Request.get("/priok/images/" + Request.segment(arguments.getFirst()) + "/analysis"))) {
            report = reply.object();
        }
        if (!html.value().isEmpty()) {
            Files.writeString(Path.of(html.value()), AnalysisPage.of(arguments.getFirst(), report));
        }
        if (json.value()) {
            session.out().println(Json.writeIndented(report.fields(), "  "));
        } else if (html.value().isEmpty()
                && !plain.value()
                && session.terminal().isInput()
                && session.terminal().isOutput()) {
            new AnalyzeScreen(arguments.getFirst(), report).show(session);
        } else {
            print(session.out(), report);
        }
        session.out().flush();
        if (report.number("Score") < failUnder.value()) {
            throw new CommandFailed("score " + report.number("Score") + " is below " + failUnder.value());
        }
        return 0;
    }

    private static void print(PrintStream out, JsonObject report) {
        out.printf(
                "Image:  %s%nSize:   %s%nWasted: %s%nScore:  %d of 100%n%n",
                Text.shortId(report.text("Image")),
                HumanSize.ofThousands(report.number("Size")),
                HumanSize.ofThousands(report.number("Wasted")),
                report.number("Score"));
        out.printf("%9s %7s %7s %7s  %s%n", "SIZE", "ADDED", "CHANGED", "REMOVED", "CREATED BY");
        for (JsonObject layer : report.objects("Layers")) {
            out.printf(
                    "%9s %7d %7d %7d  %s%n",
                    HumanSize.ofThousands(layer.number("Size")),
                    layer.number("Added"),
                    layer.number("Overwritten"),
                    layer.number("Removed"),
                    Text.ellipsis(layer.text("CreatedBy").replace('\n', ' '), MAKER_WIDTH));
        }
        List<JsonObject> wasted = report.objects("WastedPaths");
        if (!wasted.isEmpty()) {
            out.printf("%nWasted:%n");
            wasted.stream()
                    .limit(SHOWN)
                    .forEach(w -> out.printf("%9s  /%s%n", HumanSize.ofThousands(w.number("Size")), w.text("Path")));
        }
        if (!report.objects("Leftovers").isEmpty()) {
            out.printf("%nLeft behind:%n");
            report.objects("Leftovers")
                    .forEach(l -> out.printf(
                            "%9s  %s: /%s ...%n",
                            HumanSize.ofThousands(l.number("Size")), l.text("Kind"), l.text("Path")));
        }
        if (!report.texts("Advice").isEmpty()) {
            out.println();
            report.texts("Advice").forEach(a -> out.println("- " + a));
        }
    }
}
