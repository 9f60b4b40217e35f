package dev.priok.build.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.build.CheckFinding;
import dev.priok.build.CheckReport;
import dev.priok.build.ignore.IgnoreRules;
import dev.priok.core.Platform;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every check has a page, and finds what its page says. */
class CheckDocsTest {
    private static final Path PAGES = Path.of("../../docs/checks");
    private static final Pattern EXAMPLE =
            Pattern.compile("## (Found|Better)\n```dockerfile\n(.*?)\n```", Pattern.DOTALL);

    private static CheckReport check(String text) {
        return DockerfileCheck.check(
                "Dockerfile",
                (text + "\n").getBytes(StandardCharsets.UTF_8),
                IgnoreRules.parse("*.tmp\n"),
                Map.of(),
                new Platform("linux", "amd64", ""),
                reference -> switch (reference) {
                    case "other-platform:1" ->
                        Optional.of(new DockerfileCheck.Base(List.of(), new Platform("linux", "arm64", "")));
                    case "this-platform:1" ->
                        Optional.of(new DockerfileCheck.Base(List.of(), new Platform("linux", "amd64", "")));
                    default -> Optional.empty();
                });
    }

    private static List<String> rules(String text) {
        return check(text).findings().stream().map(CheckFinding::rule).toList();
    }

    @ParameterizedTest
    @EnumSource(CheckRule.class)
    void page_showsWhatIsFound(CheckRule rule) throws IOException {
        String page = Files.readString(PAGES.resolve(rule.id() + ".md"));
        assertTrue(page.startsWith("# " + rule.code() + " " + rule.id() + "\n"), page);
        Matcher example = EXAMPLE.matcher(page);
        int examples = 0;
        while (example.find()) {
            boolean isFound = rules(example.group(2)).contains(rule.id());
            assertEquals(example.group(1).equals("Found"), isFound, example.group());
            examples++;
        }
        boolean hasNoExample = !rule.isOn() || rule == CheckRule.DL3043 || rule == CheckRule.DL3061;
        assertEquals(examples == 0 ? hasNoExample : examples == 2, true, "examples of " + rule.id());
        assertTrue(Files.readString(PAGES.resolve("README.md")).contains("[" + rule.id() + "](" + rule.id() + ".md)"));
    }

    @Test
    void comments_silence() {
        String bad = "RUN apt install -y x\n";
        assertTrue(rules("FROM debian:12\n" + bad).contains("DL3027"));
        assertFalse(rules("FROM debian:12\n# hadolint ignore=DL3027\n" + bad).contains("DL3027"));
        assertFalse(rules("FROM debian:12\n# check=skip=DL3027,DL3015\n" + bad).contains("DL3027"));
        assertFalse(
                rules("# check=skip=DL3027;error=true\nFROM debian:12\n" + bad).contains("DL3027"));
        assertTrue(check("# check=skip=all;error=true\nFROM debian\n" + bad).isError());
        assertEquals(List.of(), rules("# check=skip=all\nFROM debian\n" + bad));
        assertFalse(rules("FROM debian:12\n# hadolint ignore=DL3024\nFROM debian:12 AS a\n")
                .contains("DL3024"));
        assertFalse(rules("FROM a:1 AS x\n# hadolint ignore=DL3024\nFROM b:1 AS x\n")
                .contains("DuplicateStageName"));
    }

    @Test
    void goodFile_hasNoFindings() {
        assertEquals(List.of(), check("""
                        ARG VERSION=12
                        FROM debian:${VERSION} AS build
                        ARG MODE=fast
                        WORKDIR /src
                        COPY . .
                        RUN --mount=type=cache,target=/root/.cache make "$MODE"

                        FROM scratch
                        COPY --from=build /src/app /app
                        USER 1000:1000
                        EXPOSE 8080
                        ENTRYPOINT ["/app"]
                        """).findings());
    }
}
