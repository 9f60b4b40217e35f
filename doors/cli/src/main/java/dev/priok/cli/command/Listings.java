package dev.priok.cli.command;

import dev.priok.cli.format.Listing;
import dev.priok.cli.option.BadValue;
import dev.priok.cli.template.TemplateError;
import dev.priok.client.Filters;
import java.util.List;
import java.util.Locale;

/** What commands that list things share. */
public final class Listings {
    /** Description of {@code --format} where it takes tables. */
    public static final String FORMAT_HELP = "How to print: 'table', 'table TEMPLATE', 'json' or\na Go template";

    private Listings() {}

    /** Prints rows; a bad format ends the command. */
    public static void print(Session session, Listing listing, String format, List<? extends Listing.Row> rows) {
        try {
            session.out().print(listing.print(format, rows));
        } catch (TemplateError e) {
            throw templateFailed(e);
        }
    }

    /** How a bad template ends a command. */
    public static CommandFailed templateFailed(TemplateError e) {
        String kind = e.message().contains("executing") ? "failed to execute template: " : "failed to parse template: ";
        return new CommandFailed(kind + e.message());
    }

    /** Checks {@code key=value}. */
    public static void checkFilter(String text) throws BadValue {
        if (!text.isEmpty() && text.indexOf('=') < 0) {
            throw new BadValue("bad format of filter (expected name=value)");
        }
    }

    /** The values of {@code --filter}. */
    public static Filters filters(List<String> values) {
        Filters filters = new Filters();
        for (String value : values) {
            int equals = value.indexOf('=');
            if (equals >= 0) {
                filters.add(
                        value.substring(0, equals).strip().toLowerCase(Locale.ROOT),
                        value.substring(equals + 1).strip());
            }
        }
        return filters;
    }
}
