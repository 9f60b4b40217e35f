package dev.priok.cli.build;

import dev.priok.cli.command.CommandFailed;
import dev.priok.client.Json;
import dev.priok.client.JsonObject;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Prints what a check found: for people, as JSON, or as SARIF for code hosts and editors. */
final class CheckOutput {
    private static final String PAGES = "docs/checks/";

    private final PrintStream out;
    private final String format;

    CheckOutput(PrintStream out, String format) {
        this.out = out;
        this.format = format;
    }

    /** Prints a report; answers the exit code: 1 when something was found. */
    int print(JsonObject report) {
        List<JsonObject> findings = report.objects("Findings");
        switch (format) {
            case "text" -> text(report.text("File"), findings);
            case "json" -> out.println(Json.writeIndented(report.fields(), "  "));
            case "sarif" -> out.println(Json.writeIndented(sarif(report.text("File"), findings), "  "));
            default -> throw new CommandFailed("invalid --check-format " + format + ": text, json or sarif");
        }
        out.flush();
        return findings.isEmpty() ? 0 : 1;
    }

    private void text(String file, List<JsonObject> findings) {
        for (JsonObject finding : findings) {
            out.printf(
                    "%s:%d: %s %s: %s%n",
                    file,
                    finding.number("FirstLine"),
                    finding.text("Code"),
                    finding.text("Rule"),
                    finding.text("Message"));
        }
        out.println(
                findings.isEmpty()
                        ? "Check complete, no warnings found."
                        : "Check complete, " + findings.size()
                                + (findings.size() == 1 ? " warning has" : " warnings have") + " been found.");
    }

    /** SARIF 2.1.0. */
    private static Map<String, @Nullable Object> sarif(String file, List<JsonObject> findings) {
        Map<String, @Nullable Object> rules = new LinkedHashMap<>();
        List<@Nullable Object> results = new java.util.ArrayList<>();
        for (JsonObject finding : findings) {
            rules.put(
                    finding.text("Code"),
                    Map.of(
                            "id", finding.text("Code"),
                            "name", finding.text("Rule"),
                            "shortDescription", Map.of("text", finding.text("Title")),
                            "helpUri", PAGES + finding.text("Rule") + ".md"));
            Map<String, Object> region =
                    Map.of("startLine", finding.number("FirstLine"), "endLine", finding.number("LastLine"));
            Map<String, Object> place = Map.of("artifactLocation", Map.of("uri", file), "region", region);
            results.add(Map.of(
                    "ruleId", finding.text("Code"),
                    "level", "warning",
                    "message", Map.of("text", finding.text("Message")),
                    "locations", List.of(Map.of("physicalLocation", place))));
        }
        Map<String, @Nullable Object> driver = new LinkedHashMap<>();
        driver.put("name", "priok");
        driver.put("rules", List.copyOf(rules.values()));
        Map<String, @Nullable Object> document = new LinkedHashMap<>();
        document.put("$schema", "https://json.schemastore.org/sarif-2.1.0.json");
        document.put("version", "2.1.0");
        document.put("runs", List.of(Map.of("tool", Map.of("driver", driver), "results", results)));
        return document;
    }
}
