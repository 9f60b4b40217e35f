package dev.priok.cli.option;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class OptionsTest {
    private final Options options = new Options();
    private final Flag all = options.flag('a', "all", "Everything");
    private final Flag tty = options.flag('t', "tty", "A terminal");
    private final TextOption name = options.text('n', "name", "A name");
    private final NumberOption last = options.number('l', "last", -1, "How many");
    private final ListOption label = options.list("label", "Labels");
    private final ListOption cache = options.commaList("cache", "Images");
    private final ParsedOption<Long> memory = options.parsed('m', "memory", "bytes", 0L, "Memory", ValueParsers::bytes);

    private List<String> parse(String... words) throws UsageError {
        return options.parse(List.of(words));
    }

    @Test
    void parse_everyForm_setsValues() throws UsageError {
        List<String> arguments = parse(
                "x",
                "-at",
                "--name",
                "web",
                "-l5",
                "--label=a=b",
                "y",
                "--label",
                "c",
                "--cache",
                "p,q",
                "-m=1k",
                "--",
                "-z");
        assertEquals(List.of("x", "y", "-z"), arguments);
        assertTrue(all.value() && tty.value());
        assertEquals("web", name.value());
        assertEquals(5, last.value());
        assertEquals(List.of("a=b", "c"), label.values());
        assertEquals(List.of("p", "q"), cache.values());
        assertEquals(1024L, memory.value());
    }

    @Test
    void parse_clusterWithValue_takesTheRest() throws UsageError {
        parse("-anfoo");
        assertEquals("foo", name.value());
        assertTrue(all.value());
    }

    @Test
    void parse_notGiven_keepsDefaults() throws UsageError {
        assertEquals(List.of("-"), parse("-"));
        assertEquals(-1, last.value());
        assertEquals(false, last.isSet());
    }

    @Test
    void parse_stopsAtFirstArgument_leavesTheRestAlone() throws UsageError {
        options.stopAtFirstArgument();
        assertEquals(List.of("image", "-a", "--nonsense"), parse("-t", "image", "-a", "--nonsense"));
        assertEquals(false, all.value());
    }

    @Test
    void parse_flagSwitchedOff_isOff() throws UsageError {
        parse("--all", "--all=false", "--tty=1");
        assertEquals(false, all.value());
        assertTrue(all.isSet() && tty.value());
    }

    @Test
    void parse_help_isSeen() throws UsageError {
        parse("-h");
        assertTrue(options.isHelp());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    --foo           | unknown flag: --foo
                    --foo=1         | unknown flag: --foo
                    -z              | unknown shorthand flag: 'z' in -z
                    -az             | unknown shorthand flag: 'z' in -z
                    --name          | flag needs an argument: --name
                    -an             | flag needs an argument: 'n' in -n
                    --=x            | bad flag syntax: --=x
                    --all=maybe     | invalid argument "maybe" for "-a, --all" flag: strconv.ParseBool: parsing "maybe": invalid syntax
                    --last=x        | invalid argument "x" for "-l, --last" flag: strconv.ParseInt: parsing "x": invalid syntax
                    -mabc           | invalid argument "abc" for "-m, --memory" flag: invalid size: 'abc'
                    """)
    void parse_error_isWordedAsDockerDoes(String word, String message) {
        UsageError error = assertThrows(UsageError.class, () -> parse(word));
        assertEquals(message, error.message());
    }

    @ParameterizedTest
    @CsvSource({
        "0,0,1,'p' accepts no arguments",
        "1,1,0,'p' requires 1 argument",
        "2,2,1,'p' requires 2 arguments",
        "2,2147483647,1,'p' requires at least 2 arguments",
        "0,1,2,'p' requires at most 1 argument",
        "1,2,3,'p' requires at least 1 and at most 2 arguments"
    })
    void arity_wrongCount_isWordedAsDockerDoes(int minimum, int maximum, int count, String complaint) {
        assertEquals(
                complaint, new Arity(minimum, maximum).complaint("p", count).replace("''", "'"));
    }

    @Test
    void helpText_options_areAlignedAndWrapped() {
        Options some = new Options();
        some.flag('a', "all", "Everything");
        some.text("a-long-name", "A description that is long enough to be continued on the next line of the text");
        String help = new HelpText(60).options("Options", some).toString();
        assertEquals("""

                Options:
                      --a-long-name string   A description that is long
                                             enough to be continued on the
                                             next line of the text
                  -a, --all                  Everything
                """, help);
    }

    @Test
    void nanoCpus_values_areBillionths() throws BadValue {
        assertEquals(1_500_000_000L, ValueParsers.nanoCpus("1.5"));
        assertThrows(BadValue.class, () -> ValueParsers.nanoCpus("x"));
        assertThrows(BadValue.class, () -> ValueParsers.nanoCpus("0.00000000001"));
        assertEquals(-1L, ValueParsers.bytesOrUnlimited("-1"));
    }
}
