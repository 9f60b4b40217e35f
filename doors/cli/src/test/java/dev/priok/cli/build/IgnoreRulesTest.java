package dev.priok.cli.build;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.priok.cli.command.CommandFailed;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class IgnoreRulesTest {
    private static boolean isIgnored(String rules, String path) {
        IgnoreRules parsed = IgnoreRules.parse(List.of(rules.split(";")));
        IgnoreRules.Match match = IgnoreRules.Match.NONE;
        int slash = -1;
        do {
            slash = path.indexOf('/', slash + 1);
            match = parsed.match(slash < 0 ? path : path.substring(0, slash), match);
        } while (slash >= 0);
        return match.isIgnored();
    }

    @ParameterizedTest
    @CsvSource({
        "foo,foo,true",
        "foo,a/foo,false",
        "foo,foo/bar,true",
        "foo,foobar,false",
        "/foo,foo,true",
        "foo/,foo/x,true",
        "./foo,foo,true",
        "a/../foo,foo,true",
        "*.md,README.md,true",
        "*.md,docs/README.md,false",
        "*/*.md,docs/README.md,true",
        "**/*.md,README.md,true",
        "**/*.md,a/b/c.md,true",
        "**/foo,a/b/foo/c,true",
        "a/**,a/b/c,true",
        "a/**,a,false",
        "a/**/z,a/z,true",
        "a/**/z,a/b/c/z,true",
        "**,anything/at/all,true",
        "?.txt,a.txt,true",
        "?.txt,ab.txt,false",
        "[a-c].txt,b.txt,true",
        "[^a-c].txt,b.txt,false",
        "[^a-c].txt,d.txt,true",
        "\\*.txt,*.txt,true",
        "\\*.txt,a.txt,false",
        "*;!keep,keep,false",
        "*;!keep,drop,true",
        "dir;!dir/keep,dir/keep,false",
        "dir;!dir/keep,dir/drop,true",
        "!a;a,a,true",
        "#foo,#foo,false",
        "*.md;!README*.md;README-secret.md,README-secret.md,true",
        "*.md;!README*.md;README-secret.md,README-x.md,false"
    })
    void match_pattern_followsDockersRules(String rules, String path, boolean isIgnored) {
        assertEquals(isIgnored, isIgnored(rules, path), rules + " against " + path);
    }

    @Test
    void parse_markAndBlankLines_areSkipped() {
        assertEquals(true, isIgnored("\ufefffoo; ;# comment", "foo"));
    }

    @Test
    void parse_badPattern_namesIt() {
        assertEquals("illegal exclusion pattern: \"!\"", failure("!"));
        assertEquals("syntax error in pattern: \"[a\" in .dockerignore", failure("[a"));
    }

    private static String failure(String rule) {
        return assertThrows(CommandFailed.class, () -> IgnoreRules.parse(List.of(rule)))
                .message();
    }

    @Test
    void match_manyStars_takesNoPowerOfTime() {
        String pattern = "**/a*".repeat(30) + "b";
        assertTimeoutPreemptively(
                Duration.ofSeconds(5),
                () -> assertEquals(false, isIgnored(pattern, "a".repeat(200) + "/" + "a".repeat(200))));
    }

    @Test
    void mayKeepBelow_exceptionsInside_openTheFolder() {
        assertEquals(true, IgnoreRules.parse(List.of("a", "!a/b/c")).mayKeepBelow("a"));
        assertEquals(true, IgnoreRules.parse(List.of("a", "!**/c")).mayKeepBelow("a"));
        assertEquals(false, IgnoreRules.parse(List.of("a", "!b/c")).mayKeepBelow("a"));
    }
}
