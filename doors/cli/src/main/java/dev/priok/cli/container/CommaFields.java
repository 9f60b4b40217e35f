package dev.priok.cli.container;

import java.util.ArrayList;
import java.util.List;

/** {@code key=value,key,"key=a,b"}: one line of CSV, as {@code --mount} and the long form of {@code --network} are. */
final class CommaFields {
    /**
     * One field.
     *
     * @param key what stands before the first equals sign, in lower case
     * @param value what stands after it
     * @param hasValue whether there was an equals sign
     */
    record Field(String key, String value, boolean hasValue) {}

    private CommaFields() {}

    static List<Field> parse(String text) {
        List<Field> fields = new ArrayList<>();
        StringBuilder field = new StringBuilder();
        boolean isQuoted = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"') {
                boolean isDoubled = isQuoted && i + 1 < text.length() && text.charAt(i + 1) == '"';
                if (isDoubled) {
                    field.append('"');
                    i++;
                } else {
                    isQuoted = !isQuoted;
                }
            } else if (c == ',' && !isQuoted) {
                fields.add(field(field.toString()));
                field.setLength(0);
            } else {
                field.append(c);
            }
        }
        fields.add(field(field.toString()));
        return fields;
    }

    private static Field field(String text) {
        int equals = text.indexOf('=');
        String key = (equals < 0 ? text : text.substring(0, equals)).strip().toLowerCase(java.util.Locale.ROOT);
        return new Field(key, equals < 0 ? "" : text.substring(equals + 1), equals >= 0);
    }
}
