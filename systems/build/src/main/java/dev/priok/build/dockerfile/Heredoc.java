package dev.priok.build.dockerfile;

import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * Text inside a Dockerfile that stands for a file.
 *
 * @param name the delimiter, without quotes
 * @param expand whether variables in the content are replaced: the delimiter was not quoted
 * @param stripTabs whether it was written {@code <<-}
 * @param word the word that introduced it, as written: {@code 3<<-"EOF"}
 * @param content the lines, each with its line feed, as written
 */
public record Heredoc(String name, boolean expand, boolean stripTabs, String word, String content) {
    /** The content as the file will have it, before variables: without leading tabs when {@link #stripTabs}. */
    public String text() {
        if (!stripTabs) {
            return content;
        }
        return Arrays.stream(content.split("(?<=\n)"))
                .map(line -> line.replaceFirst("^\t+", ""))
                .collect(Collectors.joining());
    }
}
