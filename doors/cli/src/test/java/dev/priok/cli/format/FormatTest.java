package dev.priok.cli.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.priok.cli.option.BadValue;
import dev.priok.cli.template.TemplateError;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class FormatTest {
    @ParameterizedTest
    @CsvSource({
        "0,0B,0B,0B",
        "999,999B,999B,999B",
        "1000,1kB,1kB,1000B",
        "1024,1.02kB,1.024kB,1KiB",
        "1500000,1.5MB,1.5MB,1.431MiB",
        "4261502,4.26MB,4.262MB,4.064MiB",
        "187654321,188MB,187.7MB,179MiB",
        "999500,1e+03kB,999.5kB,976.1KiB",
        "5368709120,5.37GB,5.369GB,5GiB",
        "1099511627776,1.1TB,1.1TB,1TiB"
    })
    void humanSize_bytes_areRoundedAsGoDoes(long bytes, String three, String four, String binary) {
        assertEquals(three, HumanSize.ofThousands(bytes));
        assertEquals(four, HumanSize.ofThousandsPrecise(bytes));
        assertEquals(binary, HumanSize.ofBinary((double) bytes));
    }

    @ParameterizedTest
    @CsvSource({
        "0,Less than a second",
        "1,1 second",
        "59,59 seconds",
        "60,About a minute",
        "119,About a minute",
        "120,2 minutes",
        "3599,59 minutes",
        "3600,About an hour",
        "5400,2 hours",
        "172799,2 days",
        "172800,2 days",
        "1209600,2 weeks",
        "5184000,2 months",
        "63072000,2 years"
    })
    void humanTime_seconds_areRoundedAsDockerDoes(long seconds, String text) {
        assertEquals(text, HumanTime.duration(seconds));
    }

    @Test
    void humanTime_forms_areGoForms() {
        Instant now = Instant.parse("2026-01-02T03:04:05.5Z");
        assertEquals("2 minutes ago", HumanTime.ago(now.getEpochSecond() - 120, now));
        assertEquals("Fri Jan  2 03:04:05 2026", HumanTime.ansi(now));
        assertEquals("1767323045.500000000", HumanTime.timestamp("2026-01-02T03:04:05.5Z", now));
        assertEquals("1767322445.500000000", HumanTime.timestamp("10m", now));
        assertEquals("1700000000.5", HumanTime.timestamp("1700000000.5", now));
        assertEquals("", HumanTime.timestamp("", now));
    }

    @Test
    void goDuration_texts_areRead() throws BadValue {
        assertEquals(Duration.ofMinutes(90), GoDuration.parse("1h30m"));
        assertEquals(Duration.ofMillis(1500), GoDuration.parse("1.5s"));
        assertEquals(Duration.ofNanos(-3000), GoDuration.parse("-3us"));
        assertEquals(Duration.ZERO, GoDuration.parse("0"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-", "5", "x", "1x", "1h2", "1..5s", "h"})
    void goDuration_badText_isRefused(String text) {
        BadValue refused = assertThrows(BadValue.class, () -> GoDuration.parse(text));
        assertEquals("time: invalid duration \"" + text + "\"", refused.reason());
    }

    @Test
    void table_cells_areAtLeastTenWideAndThreeApart() {
        Table table = new Table();
        table.addText("A\tLONG TITLE\tLAST\nééé\tx\tend\n\t12345678901\t\n");
        assertEquals("""
                A         LONG TITLE    LAST
                ééé       x             end
                          12345678901   \n""", table.toString());
    }

    @Test
    void text_conversions_areDockers() {
        assertEquals("0123456789ab", Text.shortId("sha256:0123456789abcdef"));
        assertEquals("abc…", Text.ellipsis("abcdef", 4));
        assertEquals("abcd", Text.ellipsis("abcd", 4));
        assertEquals("\"a\\\"b\\n\"", Text.quoted("a\"b\n"));
    }

    @Test
    void repositoryTag_names_areCutAtTheLastColonOfThePath() {
        assertEquals(new RepositoryTag("host:5000/a", "", ""), RepositoryTag.parse("host:5000/a"));
        assertEquals(new RepositoryTag("host:5000/a", "b", ""), RepositoryTag.parse("host:5000/a:b"));
        assertEquals(new RepositoryTag("a", "", "sha256:1"), RepositoryTag.parse("a@sha256:1"));
        assertEquals("sha256:1", RepositoryTag.parse("a:t@sha256:1").pullTag());
        assertEquals("latest", RepositoryTag.parse("a").pullTag());
    }

    @Test
    void listing_formats_areTableJsonOrTemplate() throws TemplateError {
        Listing listing =
                new Listing("{{.ID}}\t{{.Name}}").title("ID", "THE ID").title("Name", "NAME");
        List<Listing.Row> rows = List.of(field -> field.equals("ID") ? "1" : "web");
        assertEquals("THE ID    NAME\n1         web\n", listing.print("", rows));
        assertEquals("NAME      THE ID\nweb       1\n", listing.print("table {{.Name}}\\t{{.ID}}", rows));
        assertEquals("{\"ID\":\"1\",\"Name\":\"web\"}\n", listing.print("json", rows));
        assertEquals("web:1\n", listing.print("{{.Name}}:{{.ID}}", rows));
        assertThrows(TemplateError.class, () -> listing.print("{{.Nope}}", rows));
    }
}
