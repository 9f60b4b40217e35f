package dev.priok.client;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * JSON as trees of {@link Map} (in the order sent), {@link List}, {@link String}, {@link Long}, {@link java.math.BigInteger},
 * {@link Double}, {@link Boolean} and null. No binding to classes: reflection costs more than a whole {@code ps}.
 */
public final class Json {
    private static final JsonFactory FACTORY = new JsonFactoryBuilder().build();

    private Json() {}

    /**
     * Reads one value and ignores what follows it; null also for an empty input.
     *
     * @throws IOException when the input breaks or is not JSON
     */
    public static @Nullable Object read(InputStream in) throws IOException {
        try (JsonParser parser = FACTORY.createParser(in)) {
            return parser.nextToken() == null ? null : value(parser);
        } catch (JsonParseException e) {
            throw notJson(e);
        }
    }

    /** Reads one value out of a text. */
    public static @Nullable Object read(String text) throws IOException {
        try (JsonParser parser = FACTORY.createParser(text)) {
            return parser.nextToken() == null ? null : value(parser);
        } catch (JsonParseException e) {
            throw notJson(e);
        }
    }

    /** Takes the values of an endless answer one by one; each is handed on as soon as it is whole. */
    @FunctionalInterface
    public interface Visitor {
        void visit(JsonObject value) throws IOException;
    }

    /** Reads objects until the input ends. */
    public static void readAll(InputStream in, Visitor visitor) throws IOException {
        try (JsonParser parser = FACTORY.createParser(in)) {
            while (parser.nextToken() != null) {
                visitor.visit(JsonObject.of(value(parser)));
            }
        } catch (JsonParseException e) {
            throw notJson(e);
        }
    }

    /** Writes a tree without spaces, in the order of its maps. */
    public static String write(@Nullable Object tree) {
        StringBuilder out = new StringBuilder();
        JsonText.append(out, tree);
        return out.toString();
    }

    /** Writes a tree over several lines, each level {@code indent} deeper; empty objects and lists stay on their line. */
    public static String writeIndented(@Nullable Object tree, String indent) {
        StringBuilder out = new StringBuilder();
        JsonText.appendIndented(out, tree, indent, 0);
        return out.toString();
    }

    private static @Nullable Object value(JsonParser parser) throws IOException {
        JsonToken token = parser.currentToken();
        return switch (token) {
            case START_OBJECT -> object(parser);
            case START_ARRAY -> list(parser);
            case VALUE_STRING -> parser.getText();
            case VALUE_NUMBER_INT ->
                parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
                        ? parser.getBigIntegerValue()
                        : Long.valueOf(parser.getLongValue());
            case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> null;
            default -> throw new IOException("unexpected " + token + " in JSON");
        };
    }

    private static Map<String, @Nullable Object> object(JsonParser parser) throws IOException {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            parser.nextToken();
            fields.put(name, value(parser));
        }
        return fields;
    }

    private static List<@Nullable Object> list(JsonParser parser) throws IOException {
        List<@Nullable Object> items = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            items.add(value(parser));
        }
        return items;
    }

    private static IOException notJson(JsonParseException e) {
        return new IOException("the daemon's answer is not JSON: " + e.getOriginalMessage(), e);
    }
}
