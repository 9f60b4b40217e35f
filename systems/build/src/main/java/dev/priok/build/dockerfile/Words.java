package dev.priok.build.dockerfile;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** Splits the text of an instruction into words, in the ways in which the language does. */
final class Words {
    private static final JsonFactory JSON = new JsonFactory();

    private Words() {}

    /** What became of reading a text as a JSON array of strings. */
    sealed interface JsonWords {
        /** It is one. */
        record Strings(List<String> words) implements JsonWords {}

        /** It is an array, but not of strings. */
        record NotStrings() implements JsonWords {}

        /** It is no JSON array at all, so it is text for the shell or plain words. */
        record NotJson() implements JsonWords {}
    }

    static JsonWords json(String text) {
        if (!text.startsWith("[")) {
            return new JsonWords.NotJson();
        }
        try (JsonParser parser = JSON.createParser(text)) {
            parser.nextToken();
            List<String> words = new ArrayList<>();
            boolean onlyStrings = true;
            int depth = 1;
            while (depth > 0) {
                JsonToken token = parser.nextToken();
                if (token == null) {
                    return new JsonWords.NotJson();
                }
                if (token.isStructStart()) {
                    depth++;
                } else if (token.isStructEnd()) {
                    depth--;
                }
                if (token == JsonToken.VALUE_STRING && depth == 1) {
                    words.add(parser.getText());
                } else if (depth > 0) {
                    onlyStrings = false;
                }
            }
            if (parser.nextToken() != null) {
                return new JsonWords.NotJson();
            }
            return onlyStrings ? new JsonWords.Strings(words) : new JsonWords.NotStrings();
        } catch (JsonProcessingException e) {
            return new JsonWords.NotJson();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Words between blanks; quotes and escapes hold a word together and stay in it. */
    static List<String> split(String text, char escape) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        char quote = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quote == 0 && Character.isWhitespace(c)) {
                if (!word.isEmpty()) {
                    words.add(word.toString());
                    word.setLength(0);
                }
                continue;
            }
            word.append(c);
            if (c == escape && quote != '\'') {
                if (i + 1 < text.length()) {
                    i++;
                    word.append(text.charAt(i));
                }
            } else if (quote == 0 && (c == '"' || c == '\'')) {
                quote = c;
            } else if (c == quote) {
                quote = 0;
            }
        }
        if (!word.isEmpty()) {
            words.add(word.toString());
        }
        return words;
    }

    /** A word without its quotes and escapes. */
    static String unquote(String word, char escape) {
        StringBuilder result = new StringBuilder();
        char quote = 0;
        for (int i = 0; i < word.length(); i++) {
            char c = word.charAt(i);
            if (c == escape && quote != '\'' && i + 1 < word.length()) {
                i++;
                result.append(word.charAt(i));
            } else if (quote == 0 && (c == '"' || c == '\'')) {
                quote = c;
            } else if (c == quote) {
                quote = 0;
            } else {
                result.append(c);
            }
        }
        return result.toString();
    }

    /** Words between blanks, nothing else. */
    static List<String> plain(String text) {
        return text.isBlank() ? List.of() : List.of(text.strip().split("\\s+"));
    }
}
