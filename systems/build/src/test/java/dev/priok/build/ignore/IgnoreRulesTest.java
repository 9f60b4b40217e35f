package dev.priok.build.ignore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.core.Failure;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IgnoreRulesTest {
    private static boolean excluded(String rules, String path) {
        return IgnoreRules.parse(rules.replace('|', '\n')).excludedBy(path).isPresent();
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "a, a, true",
                "a, b, false",
                "a, a/b/c, true",
                "a, x/a, false",
                "/a, a, true",
                "./a/, a, true",
                "a/../b, b, true",
                "*, x/y, true",
                "*.md, a.md, true",
                "*.md, d/a.md, false",
                "**/*.md, d/e/a.md, true",
                "**/*.md, a.md, true",
                "**, anything/at/all, true",
                "a/**, a/b, true",
                "a/**/z, a/z, true",
                "a/**/z, a/b/c/z, true",
                "a?c, abc, true",
                "a?c, a/c, false",
                "[a-c]x, bx, true",
                "[^a-c]x, bx, false",
                "[^a-c]x, zx, true",
                "a\\*b, a*b, true",
                "a\\*b, axb, false",
                "a.b, axb, false",
                "#a, #a, false",
                "*|!b, b, false",
                "*|!b, b/c, false",
                "*|!b|b/c, b/c, true",
                "node_modules|!node_modules/keep, node_modules/keep/x, false",
                "node_modules|!node_modules/keep, node_modules/other, true",
                "!a|a, a, true",
                "*, ., false"
            })
    void excludedBy_asDocker(String rules, String path, boolean expected) {
        assertEquals(expected, excluded(rules, path));
    }

    @Test
    void excludedBy_namesTheRule() {
        IgnoreRules rules = IgnoreRules.parse("\uFEFF# comment\n\n  *.log  \r\n!keep.log\n");
        IgnoreRules.Rule rule = rules.excludedBy("x.log").orElseThrow();
        assertEquals("*.log", rule.text());
        assertEquals(3, rule.line());
        assertTrue(rules.excludedBy("keep.log").isEmpty());
        assertTrue(rules.hasExceptions());
    }

    @Test
    void parse_malformedFails() {
        assertThrows(Failure.class, () -> IgnoreRules.parse("!"));
        assertThrows(Failure.class, () -> IgnoreRules.parse("a[b"));
        assertThrows(Failure.class, () -> IgnoreRules.parse("a\\"));
    }

    @Property(tries = 500)
    void parse_neverThrowsAnythingButFailure(
            @ForAll @Chars({'*', '?', '[', ']', '^', '-', '\\', '!', '/', 'a', '.', '&', ' '}) @StringLength(max = 20)
                    String pattern) {
        try {
            IgnoreRules.of(List.of(pattern)).excludedBy("a/b&/a^]-");
        } catch (Failure e) {
            assertEquals(Failure.Kind.INVALID, e.kind());
        }
    }

    @Property(tries = 300)
    void excludedBy_escapedPatternMatchesExactlyItself(
            @ForAll @Chars({'*', '?', '[', ']', '^', '-', 'a', '&', '$', '('}) @StringLength(min = 1, max = 10)
                    String name,
            @ForAll @Chars({'*', '?', '[', 'a', '$'}) @StringLength(min = 1, max = 10) String other) {
        String escaped = name.replaceAll("(.)", "\\\\$1");
        IgnoreRules rules = IgnoreRules.of(List.of(escaped));
        assertTrue(rules.excludedBy(name).isPresent());
        assertEquals(other.equals(name), rules.excludedBy(other).isPresent());
    }
}
