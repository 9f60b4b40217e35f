package dev.priok.client;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * JSON as trees of {@link Map} (in the order sent), {@link List}, {@link String}, {@link Long}, {@link java.math.BigInteger},
 * {@link Double}, {@link Boolean} and null. No binding to classes: reflection costs more than a whole {@code ps}.
 */
public final class Json {
    private Json() {}

    /**
     * Reads one value and ignores what follows it; null also for an empty input.
     *
     * @throws IOException when the input breaks or is not JSON
     */
    public static @Nullable Object read(InputStream in) throws IOException {
        JsonReader reader = new JsonReader(in);
        return reader.hasNext() ? reader.next() : null;
    }

    /** Reads one value out of a text. */
    public static @Nullable Object read(String text) throws IOException {
        JsonReader reader = new JsonReader(text);
        return reader.hasNext() ? reader.next() : null;
    }

    /** Takes the values of an endless answer one by one; each is handed on as soon as it is whole. */
    @FunctionalInterface
    public interface Visitor {
        void visit(JsonObject value) throws IOException;
    }

    /** Reads objects until the input ends. */
    public static void readAll(InputStream in, Visitor visitor) throws IOException {
        JsonReader reader = new JsonReader(in);
        while (reader.hasNext()) {
            visitor.visit(JsonObject.of(reader.next()));
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
}
