package dev.priok.cli.format;

import dev.priok.cli.template.FieldSource;
import dev.priok.cli.template.Template;
import dev.priok.cli.template.TemplateError;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Prints rows by {@code --format}: docker's table, a table of the user's, JSON lines, or any template. */
public final class Listing {
    private static final String TABLE = "table";
    private static final String JSON = "json";

    private final Map<String, String> titles = new LinkedHashMap<>();
    private final String defaultTable;

    /**
     * @param defaultTable fields of the default table, as a template: <code>{{.ID}}\t{{.Names}}</code> with real tabs
     */
    public Listing(String defaultTable) {
        this.defaultTable = defaultTable;
    }

    /** Declares a field and the title of its column. */
    public Listing title(String field, String title) {
        titles.put(field, title);
        return this;
    }

    /** One row: computes fields on demand. */
    public interface Row {
        /** Value of a declared field. */
        @Nullable
        Object value(String field);

        /** Value of a field with an argument; {@link FieldSource#NO_FIELD} when there is none of that name. */
        default @Nullable Object value(String field, String argument) {
            return FieldSource.NO_FIELD;
        }
    }

    /**
     * All rows as text.
     *
     * @param format what the user asked; empty for the default
     * @throws TemplateError when the format is no template, or asks for fields that rows do not have
     */
    public String print(String format, List<? extends Row> rows) throws TemplateError {
        StringBuilder out = new StringBuilder();
        boolean isTable = format.isEmpty() || format.startsWith(TABLE);
        Template template = Template.parse(templateText(format));
        if (!isTable) {
            for (Row row : rows) {
                template.render(out, record(row));
                out.append('\n');
            }
            return out.toString();
        }
        template.renderTitles(out, record(new Titles(titles)));
        out.append('\n');
        for (Row row : rows) {
            template.render(out, record(row));
            out.append('\n');
        }
        Table table = new Table();
        table.addText(out.toString());
        return table.toString();
    }

    private String templateText(String format) {
        if (format.isEmpty() || format.equals(TABLE)) {
            return defaultTable;
        }
        if (format.equals(JSON)) {
            return "{{json .}}";
        }
        String template = format.startsWith(TABLE) ? format.substring(TABLE.length()) : format;
        return unescape(trimBlanks(template));
    }

    private static String trimBlanks(String text) {
        int from = 0;
        int to = text.length();
        while (from < to && text.charAt(from) == ' ') {
            from++;
        }
        while (to > from && text.charAt(to - 1) == ' ') {
            to--;
        }
        return text.substring(from, to);
    }

    /** Shells pass a backslash and a letter where users mean a tab or a line break. */
    static String unescape(String text) {
        return text.indexOf('\\') < 0 ? text : text.replace("\\t", "\t").replace("\\n", "\n");
    }

    private FieldSource record(Row row) {
        return new FieldSource() {
            @Override
            public @Nullable Object field(String name) {
                return titles.containsKey(name) ? row.value(name) : NO_FIELD;
            }

            @Override
            public @Nullable Object field(String name, List<@Nullable Object> arguments) {
                return arguments.size() == 1 && arguments.getFirst() instanceof String argument
                        ? row.value(name, argument)
                        : NO_FIELD;
            }

            @Override
            public List<String> fieldNames() {
                return List.copyOf(new TreeMap<>(titles).keySet());
            }

            @Override
            public String toString() {
                return "row (fields: " + String.join(", ", fieldNames()) + ")";
            }
        };
    }

    /** The row of titles; a label's title is the last part of its key. */
    private record Titles(Map<String, String> titles) implements Row {
        @Override
        public @Nullable Object value(String field) {
            return titles.get(field);
        }

        @Override
        public Object value(String field, String argument) {
            String last = argument.substring(argument.lastIndexOf('.') + 1);
            return last.replace('-', ' ').replace('_', ' ');
        }
    }
}
