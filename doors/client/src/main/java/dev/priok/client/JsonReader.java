package dev.priok.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.StringReader;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads JSON values one after the other from a stream, never waiting for more than the value needs. Made by hand: the first
 * value that a library reads in a fresh JVM costs ten times as much.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8259">RFC 8259</a>
 */
final class JsonReader {
    /** Deepest nesting; the reader recurses. */
    private static final int MAXIMUM_DEPTH = 500;
    /** Longest number; digits beyond are an attack on BigInteger. */
    private static final int MAXIMUM_NUMBER_LENGTH = 1000;

    private static final int END = -1;
    private static final int BUFFER_CHARS = 8 * 1024;

    private final Reader in;
    private final char[] buffer = new char[BUFFER_CHARS];
    private int at;
    private int limit;
    private int depth;
    private final StringBuilder text = new StringBuilder();

    JsonReader(InputStream in) {
        this.in = new InputStreamReader(in, StandardCharsets.UTF_8);
    }

    JsonReader(String text) {
        this.in = new StringReader(text);
    }

    /** Skips white space; whether a value follows. */
    boolean hasNext() throws IOException {
        return skipSpace() != END;
    }

    /** Reads one value. */
    @Nullable
    Object next() throws IOException {
        int c = skipSpace();
        return switch (c) {
            case '{' -> object();
            case '[' -> list();
            case '"' -> string();
            case 't' -> word("true", true);
            case 'f' -> word("false", false);
            case 'n' -> word("null", null);
            default -> number(c);
        };
    }

    private Map<String, @Nullable Object> object() throws IOException {
        enter();
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        if (skipSpace() == '}') {
            at++;
            depth--;
            return fields;
        }
        while (true) {
            if (skipSpace() != '"') {
                throw bad("expected the name of a field");
            }
            String name = string();
            expect(':');
            fields.put(name, next());
            int c = skipSpace();
            at++;
            if (c == '}') {
                depth--;
                return fields;
            }
            if (c != ',') {
                throw bad("expected a comma or the end of an object");
            }
        }
    }

    private List<@Nullable Object> list() throws IOException {
        enter();
        List<@Nullable Object> items = new ArrayList<>();
        if (skipSpace() == ']') {
            at++;
            depth--;
            return items;
        }
        while (true) {
            items.add(next());
            int c = skipSpace();
            at++;
            if (c == ']') {
                depth--;
                return items;
            }
            if (c != ',') {
                throw bad("expected a comma or the end of a list");
            }
        }
    }

    private void enter() throws IOException {
        at++;
        if (++depth > MAXIMUM_DEPTH) {
            throw bad("nested too deeply");
        }
    }

    private String string() throws IOException {
        at++;
        text.setLength(0);
        while (true) {
            int start = at;
            while (at < limit && buffer[at] != '"' && buffer[at] != '\\') {
                at++;
            }
            text.append(buffer, start, at - start);
            int c = peek();
            if (c == END) {
                throw bad("unterminated text");
            }
            if (c == '"') {
                at++;
                return text.toString();
            }
            if (c == '\\') {
                at++;
                text.append(escape());
            }
        }
    }

    private char escape() throws IOException {
        int c = take();
        return switch (c) {
            case '"', '\\', '/' -> (char) c;
            case 'n' -> '\n';
            case 't' -> '\t';
            case 'r' -> '\r';
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'u' -> {
                int code = 0;
                for (int i = 0; i < 4; i++) {
                    int digit = Character.digit(take(), 16);
                    if (digit < 0) {
                        throw bad("bad escape");
                    }
                    code = code << 4 | digit;
                }
                yield (char) code;
            }
            default -> throw bad("bad escape");
        };
    }

    private Object number(int first) throws IOException {
        boolean isNumber = first == '-' || (first >= '0' && first <= '9');
        if (!isNumber) {
            throw bad(first == END ? "unexpected end" : "unexpected character");
        }
        text.setLength(0);
        boolean isWhole = true;
        for (int c = first; isPartOfNumber(c); c = peek()) {
            isWhole &= c != '.' && c != 'e' && c != 'E';
            text.append((char) c);
            at++;
            if (text.length() > MAXIMUM_NUMBER_LENGTH) {
                throw bad("number is too long");
            }
        }
        String digits = text.toString();
        try {
            if (!isWhole) {
                return Double.valueOf(digits);
            }
            return digits.length() < 19 ? Long.valueOf(digits) : wholeNumber(digits);
        } catch (NumberFormatException _) {
            throw bad("bad number " + digits);
        }
    }

    private static Number wholeNumber(String digits) {
        BigInteger value = new BigInteger(digits);
        return value.bitLength() < Long.SIZE ? Long.valueOf(value.longValue()) : value;
    }

    private static boolean isPartOfNumber(int c) {
        return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E';
    }

    private @Nullable Object word(String word, @Nullable Object value) throws IOException {
        for (int i = 0; i < word.length(); i++) {
            if (take() != word.charAt(i)) {
                throw bad("unknown word");
            }
        }
        return value;
    }

    private void expect(char wanted) throws IOException {
        if (skipSpace() != wanted) {
            throw bad("expected '" + wanted + "'");
        }
        at++;
    }

    private int skipSpace() throws IOException {
        int c = peek();
        while (c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == 0x1e) {
            at++;
            c = peek();
        }
        return c;
    }

    private int take() throws IOException {
        int c = peek();
        at++;
        return c;
    }

    private int peek() throws IOException {
        if (at < limit) {
            return buffer[at];
        }
        int n;
        do {
            n = in.read(buffer, 0, buffer.length);
        } while (n == 0);
        at = 0;
        limit = Math.max(0, n);
        return n < 0 ? END : buffer[0];
    }

    private static IOException bad(String what) {
        return new IOException("the daemon's answer is not JSON: " + what);
    }
}
