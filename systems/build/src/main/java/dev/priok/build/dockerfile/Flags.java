package dev.priok.build.dockerfile;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The {@code --name=value} words in front of an instruction's arguments. */
final class Flags {
    /** What a flag takes. */
    enum Kind {
        /** One value. */
        VALUE,
        /** A value each time it is given. */
        LIST,
        /** True, false, or nothing, which is true. */
        BOOLEAN
    }

    private final SourceRange lines;
    private final Map<String, List<String>> values;
    private final String rest;

    private Flags(SourceRange lines, Map<String, List<String>> values, String rest) {
        this.lines = lines;
        this.values = values;
        this.rest = rest;
    }

    /** Takes the flags off the arguments of an instruction; a flag that is not in {@code known} is refused. */
    static Flags read(String arguments, char escape, Map<String, Kind> known, SourceRange lines) {
        Map<String, List<String>> values = new LinkedHashMap<>();
        String rest = arguments.stripLeading();
        while (rest.startsWith("--")) {
            int end = wordEnd(rest, escape);
            String word = Words.unquote(rest.substring(0, end), escape);
            rest = rest.substring(end).stripLeading();
            if (word.equals("--")) {
                break;
            }
            int equals = word.indexOf('=');
            String name = equals < 0 ? word.substring(2) : word.substring(2, equals);
            Kind kind = known.get(name);
            if (kind == null) {
                throw lines.failure("unknown flag: --" + name + Spelling.suggestion(name, known.keySet()));
            }
            if (equals < 0 && kind != Kind.BOOLEAN) {
                throw lines.failure("missing a value on flag: --" + name);
            }
            List<String> given = values.computeIfAbsent(name, n -> new ArrayList<>());
            if (!given.isEmpty() && kind != Kind.LIST) {
                throw lines.failure("duplicate flag specified: " + name);
            }
            given.add(equals < 0 ? "true" : word.substring(equals + 1));
        }
        return new Flags(lines, values, rest);
    }

    private static int wordEnd(String text, char escape) {
        char quote = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quote == 0 && Character.isWhitespace(c)) {
                return i;
            }
            if (c == escape && quote != '\'') {
                i++;
            } else if (quote == 0 && (c == '"' || c == '\'')) {
                quote = c;
            } else if (c == quote) {
                quote = 0;
            }
        }
        return text.length();
    }

    /** The arguments after the flags. */
    String rest() {
        return rest;
    }

    Optional<String> value(String name) {
        return list(name).stream().findFirst();
    }

    List<String> list(String name) {
        return values.getOrDefault(name, List.of());
    }

    Optional<Boolean> bool(String name) {
        return value(name).map(v -> switch (v.toLowerCase(Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw lines.failure("expecting boolean value for flag " + name + ", not: " + v);
        });
    }
}
