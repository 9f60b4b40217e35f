package dev.priok.build.dockerfile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.core.Failure;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExpansionTest {
    private static final Map<String, String> VARIABLES =
            Map.of("v", "value", "empty", "", "p", "a/b/c.tar.gz", "q", "say \"hi\"", "star", "a*b", "HOME", "/root");

    private static String expand(String word) {
        return Expansion.expand(word, '\\', name -> Optional.ofNullable(VARIABLES.get(name)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '^',
            value = {
                "plain ~ plain",
                "$v ~ value",
                "${v} ~ value",
                "x${v}y ~ xvaluey",
                "$v-x ~ value-x",
                "$unset ~ ^^",
                "[$unset] ~ []",
                "\\$v ~ $v",
                "'$v' ~ $v",
                "\"$v\" ~ value",
                "\"\\$v\" ~ $v",
                "\"a\\nb\" ~ a\\nb",
                "a\\nb ~ anb",
                "\"\\\"\" ~ ^\"^",
                "$ ~ $",
                "a$ ~ a$",
                "$. ~ $.",
                "${v:-d} ~ value",
                "${empty:-d} ~ d",
                "${empty-d} ~ ^^",
                "${unset-d} ~ d",
                "${unset:-d} ~ d",
                "${unset:-$v} ~ value",
                "${unset:-${v}x} ~ valuex",
                "${unset:-'}'} ~ }",
                "${v:+d} ~ d",
                "${empty:+d} ~ ^^",
                "${empty+d} ~ d",
                "${unset+d} ~ ^^",
                "${v:?no} ~ value",
                "${empty?no} ~ ^^",
                "${p#*/} ~ b/c.tar.gz",
                "${p##*/} ~ c.tar.gz",
                "${p%.*} ~ a/b/c.tar",
                "${p%%.*} ~ a/b/c",
                "${p%/?.tar.gz} ~ a/b",
                "${p#x} ~ a/b/c.tar.gz",
                "${p/\\//-} ~ a-b/c.tar.gz",
                "${p//\\//-} ~ a-b-c.tar.gz",
                "${p//?.t/X} ~ a/b/Xar.gz",
                "${star/\\*/+} ~ a+b",
                "${star//a\\*/x} ~ xb",
                "${v//nothing/x} ~ value",
                "$$ ~ ^^",
                "$1a ~ a",
                "/opt:$HOME/bin ~ /opt:/root/bin"
            })
    void expand_everyForm(String word, String expected) {
        assertEquals(expected, expand(word));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '^',
            value = {
                "${v ~ missing '}'",
                "${} ~ bad substitution",
                "${v:#x} ~ unsupported modifier (:#)",
                "${v:%x} ~ unsupported modifier (:%)",
                "${v^x} ~ unsupported modifier (^^)",
                "'open ~ single-quote",
                "\"open ~ double-quote",
                "${unset:?give it} ~ unset: give it",
                "${unset?} ~ unset: is not allowed to be unset",
                "${empty:?} ~ empty: is not allowed to be empty",
                "${v/a ~ looking for matching /"
            })
    void expand_malformedFails(String word, String message) {
        Failure failure = assertThrows(Failure.class, () -> expand(word.replace("^^", "^")));
        assertTrue(failure.message().contains(message.replace("^^", "^")), failure.message());
    }

    @Test
    void expand_backtickEscape() {
        assertEquals("$v C:\\x", Expansion.expand("`$v C:\\x", '`', _ -> Optional.of("no")));
    }

    @Test
    void expand_tooLongFails() {
        String big = "x".repeat(Expansion.MAXIMUM_LENGTH - 1);
        assertThrows(Failure.class, () -> Expansion.expand("$a$a", '\\', _ -> Optional.of(big)));
    }

    @Test
    void expandHeredoc_keepsQuotes() {
        assertEquals(
                "say \"value\" '$v' value \\n",
                Expansion.expandHeredoc(
                        "say \"$v\" '\\$v' ${v} \\n", '\\', n -> Optional.ofNullable(VARIABLES.get(n))));
    }

    @Property(tries = 300)
    void expand_singleQuotedIsLiteral(@ForAll @CharRange(from = ' ', to = '&') @StringLength(max = 30) String text) {
        assertEquals(text, expand("'" + text + "'"));
    }

    @Property(tries = 500)
    void expand_neverThrowsAnythingButFailure(
            @ForAll
                    @Chars({'$', '{', '}', ':', '-', '#', '%', '/', '?', '*', '\\', '\'', '"', 'v', 'x', ' ', '+'})
                    @StringLength(max = 40)
                    String text) {
        try {
            expand(text);
        } catch (Failure e) {
            assertEquals(Failure.Kind.INVALID, e.kind());
        }
    }

    @Property(tries = 300)
    void shellPattern_agreesWithRegularExpression(
            @ForAll @Chars({'a', 'b', '*', '?'}) @StringLength(max = 6) String pattern,
            @ForAll @Chars({'a', 'b'}) @StringLength(max = 8) String text) {
        String regex = pattern.replace("?", ".").replace("*", ".*");
        int longest = -1;
        int shortest = -1;
        for (int end = text.length(); end >= 0; end--) {
            if (text.substring(0, end).matches(regex)) {
                longest = Math.max(longest, end);
                shortest = end;
            }
        }
        assertEquals(longest, ShellPattern.of(pattern).matchEnd(text, 0, true));
        assertEquals(shortest, ShellPattern.of(pattern).matchEnd(text, 0, false));
    }
}
