package dev.priok.cli.build;

import dev.priok.cli.format.HumanSize;
import dev.priok.client.JsonObject;

/** The report of an analysis as one page without anything from elsewhere. */
final class AnalysisPage {
    private AnalysisPage() {}

    static String of(String image, JsonObject report) {
        StringBuilder page = new StringBuilder("<!doctype html><html lang=en><meta charset=utf-8><title>")
                .append(escaped(image))
                .append("</title><style>body{font:14px system-ui;max-width:70em;margin:2em auto;padding:0 1em}")
                .append("table{border-collapse:collapse;width:100%}td,th{padding:.3em .6em;text-align:left;")
                .append("border-bottom:1px solid #ccc}td.n{text-align:right;white-space:nowrap}</style>");
        page.append("<h1>").append(escaped(image)).append("</h1><p>");
        page.append(size(report, "Size")).append(", of that ").append(size(report, "Wasted"));
        page.append(" wasted; score ").append(report.number("Score")).append(" of 100</p>");
        page.append("<h2>Layers</h2><table><tr><th>Size<th>Added<th>Changed<th>Removed<th>Created by");
        for (JsonObject layer : report.objects("Layers")) {
            row(page, size(layer, "Size"));
            cell(page, Long.toString(layer.number("Added")));
            cell(page, Long.toString(layer.number("Overwritten")));
            cell(page, Long.toString(layer.number("Removed")));
            page.append("<td><details><summary>")
                    .append(escaped(layer.text("CreatedBy")))
                    .append("</summary>");
            layer.texts("Largest")
                    .forEach(path -> page.append("/").append(escaped(path)).append("<br>"));
            page.append("</details>");
        }
        page.append("</table><h2>Wasted</h2><table>");
        for (JsonObject waste : report.objects("WastedPaths")) {
            row(page, size(waste, "Size"));
            page.append("<td>/").append(escaped(waste.text("Path")));
        }
        page.append("</table><h2>Left behind</h2><table>");
        for (JsonObject leftover : report.objects("Leftovers")) {
            row(page, size(leftover, "Size"));
            page.append("<td>").append(escaped(leftover.text("Kind")));
            page.append("<td>/").append(escaped(leftover.text("Path")));
        }
        page.append("</table><ul>");
        report.texts("Advice").forEach(a -> page.append("<li>").append(escaped(a)));
        return page.append("</ul></html>\n").toString();
    }

    private static void row(StringBuilder page, String first) {
        page.append("<tr>");
        cell(page, first);
    }

    private static void cell(StringBuilder page, String text) {
        page.append("<td class=n>").append(escaped(text));
    }

    private static String size(JsonObject from, String field) {
        return HumanSize.ofThousands(from.number(field));
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
