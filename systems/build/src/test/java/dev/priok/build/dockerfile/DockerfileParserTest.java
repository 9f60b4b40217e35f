package dev.priok.build.dockerfile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.core.Failure;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DockerfileParserTest {
    private static Dockerfile parse(String text) {
        return DockerfileParser.parse("Dockerfile", text.getBytes(StandardCharsets.UTF_8));
    }

    private static <T extends Instruction> T only(Class<T> type, String line) {
        List<Instruction> instructions =
                parse("FROM scratch\n" + line).stages().getFirst().instructions();
        assertEquals(1, instructions.size());
        return assertInstanceOf(type, instructions.getFirst());
    }

    @Test
    void parse_stagesAndGlobalArgs() {
        Dockerfile file = parse("""
                ARG VERSION=3
                FROM alpine:$VERSION AS Base
                RUN true
                FROM --platform=linux/amd64 base
                """);
        assertEquals(
                "VERSION", file.globalArgs().getFirst().definitions().getFirst().name());
        assertEquals(2, file.stages().size());
        assertEquals(Optional.of("base"), file.stages().getFirst().from().stageName());
        assertEquals(Optional.of("linux/amd64"), file.stages().getLast().from().platform());
        assertEquals(0, file.stages().getLast().instructions().size());
    }

    @Test
    void parse_continuationDropsCommentsAndWarnsOfBlankLines() {
        Dockerfile file = parse("FROM scratch\nRUN a && \\\n  # why\n  b && \\  \n\n  c\nUSER x\n");
        Instruction.Run run =
                (Instruction.Run) file.stages().getFirst().instructions().getFirst();
        assertEquals(new CommandLine.Shell("a &&   b &&   c"), run.command());
        assertEquals("Dockerfile:2-6", run.source().lines().toString());
        assertEquals(1, file.warnings().size());
        assertEquals(2, file.stages().getFirst().instructions().size());
    }

    @Test
    void parse_byteOrderMarkCarriageReturnsAndIndent() {
        Dockerfile file = parse("\uFEFFFROM scratch\r\n\t  env A=b\r\n# end\r\n");
        assertEquals(
                List.of(new Instruction.Pair("A", "b")),
                ((Instruction.Env) file.stages().getFirst().instructions().getFirst()).pairs());
    }

    @Test
    void parse_escapeDirective() {
        Dockerfile file = parse("# escape=`\nFROM scratch\nRUN dir `\n  c:\\\n");
        Instruction.Run run =
                (Instruction.Run) file.stages().getFirst().instructions().getFirst();
        assertEquals(new CommandLine.Shell("dir   c:\\"), run.command());
        assertEquals('`', file.escape());
    }

    @Test
    void parse_directiveAfterCommentIsComment() {
        assertEquals('\\', parse("# hello\n# escape=`\nFROM scratch\n").escape());
    }

    @Test
    void parse_runForms() {
        assertEquals(
                new CommandLine.Exec(List.of("a", "b c")),
                only(Instruction.Run.class, "RUN [\"a\", \"b c\"]").command());
        assertEquals(
                new CommandLine.Shell("['a', \"b\"]"),
                only(Instruction.Run.class, "RUN ['a', \"b\"]").command());
        Instruction.Run run = only(Instruction.Run.class, "RUN --mount=type=tmpfs,target=/t --network=none make -j");
        assertEquals(List.of("type=tmpfs,target=/t"), run.mounts());
        assertEquals(Optional.of("none"), run.network());
        assertEquals(new CommandLine.Shell("make -j"), run.command());
    }

    @Test
    void parse_heredocs() {
        Instruction.Run run = only(Instruction.Run.class, "RUN <<-\"EOF\" cat\n\thello $x\n\tEOF\n");
        Heredoc heredoc = run.heredocs().getFirst();
        assertEquals("EOF", heredoc.name());
        assertEquals("hello $x\n", heredoc.text());
        assertTrue(!heredoc.expand() && heredoc.stripTabs());

        Instruction.Copy copy =
                only(Instruction.Copy.class, "COPY <<one.txt <<two.txt plain /dest/\nA\none.txt\nB\ntwo.txt\n");
        assertEquals(List.of("plain"), copy.sources());
        assertEquals(
                List.of("A\n", "B\n"),
                copy.heredocs().stream().map(Heredoc::text).toList());
        assertEquals("/dest/", copy.destination());
        assertEquals("Dockerfile:2-6", copy.source().lines().toString());
    }

    @Test
    void parse_hereStringIsNotHeredoc() {
        assertEquals(
                0,
                only(Instruction.Run.class, "RUN cat <<<x && echo $((1<<2))")
                        .heredocs()
                        .size());
    }

    @Test
    void parse_copyAndAddFlags() {
        Instruction.Copy copy = only(
                Instruction.Copy.class,
                "COPY --from=0 --chown=a:b --chmod=644 --link --exclude=*.md --exclude=x [\"a b\", \"c\", \"/d/\"]");
        assertEquals(Optional.of("0"), copy.from());
        assertEquals(List.of("a b", "c"), copy.sources());
        assertEquals(List.of("*.md", "x"), copy.excludes());
        assertTrue(copy.link() && !copy.parents());
        Instruction.Add add = only(Instruction.Add.class, "ADD --checksum=sha256:0 --unpack=false http://h/f /");
        assertEquals(Optional.of(false), add.unpack());
        assertEquals(Optional.of("sha256:0"), add.checksum());
    }

    @Test
    void parse_pairs() {
        assertEquals(
                List.of(new Instruction.Pair("A", "\"b c\""), new Instruction.Pair("D", "e\\ f")),
                only(Instruction.Env.class, "ENV A=\"b c\" D=e\\ f").pairs());
        assertEquals(
                List.of(new Instruction.Pair("A", "b  c")),
                only(Instruction.Label.class, "LABEL A b  c").pairs());
    }

    @Test
    void parse_healthcheck() {
        Instruction.Healthcheck check = only(
                Instruction.Healthcheck.class, "HEALTHCHECK --interval=1m30s --timeout=2.5s --retries=3 CMD curl x");
        assertEquals(Optional.of(Duration.ofSeconds(90)), check.interval());
        assertEquals(Optional.of(Duration.ofMillis(2500)), check.timeout());
        assertEquals(3, check.retries());
        assertEquals(Optional.of(new CommandLine.Shell("curl x")), check.command());
        assertEquals(
                Optional.empty(),
                only(Instruction.Healthcheck.class, "healthcheck none").command());
    }

    @Test
    void parse_onBuildKeepsHeredocs() {
        Instruction.OnBuild onBuild = only(Instruction.OnBuild.class, "ONBUILD RUN <<EOF\nmake\nEOF\n");
        Instruction trigger = DockerfileParser.parseTrigger(onBuild.trigger(), '\\', new SourceRange("base", 1, 1));
        assertEquals("make\n", ((Instruction.Run) trigger).heredocs().getFirst().text());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '^',
            value = {
                "^^ ~ file with no instructions",
                "# only ~ file with no instructions",
                "RUN x ~ no build stage in current context",
                "ARG x ~ dockerfile contains no stages to build",
                "FROM a b ~ FROM requires either one or three arguments",
                "FROM a AS 1x ~ invalid name for build stage: \"1x\"",
                "FORM a ~ unknown instruction: FORM (did you mean FROM?)",
                "FROM a|COPPY a b ~ unknown instruction: COPPY (did you mean COPY?)",
                "FROM a|XYZZY a b ~ line 2: unknown instruction: XYZZY (Dockerfile:2)",
                "FROM a|COPY --chwn=x a b ~ unknown flag: --chwn (did you mean chown?)",
                "FROM a|COPY --chown a b ~ missing a value on flag: --chown",
                "FROM a|COPY --chown=x --chown=y a b ~ duplicate flag specified: chown",
                "FROM a|COPY --link=maybe a b ~ expecting boolean value for flag link, not: maybe",
                "FROM a|COPY a ~ COPY requires at least two arguments",
                "FROM a|COPY a <<EOF|EOF ~ cannot accept a heredoc as a destination",
                "FROM a|RUN <<EOF|x ~ unterminated heredoc",
                "FROM a|RUN ~ RUN requires at least one argument",
                "FROM a|RUN [] ~ RUN requires at least one argument",
                "FROM a|CMD [1] ~ arrays must be comprised of strings only",
                "FROM a|ENV a ~ ENV must have two arguments",
                "FROM a|ENV a=b c ~ can't find = in \"c\"",
                "FROM a|ENV =b ~ ENV names can not be blank",
                "FROM a|ARG =b ~ ARG names can not be blank",
                "FROM a|SHELL bash ~ SHELL requires the arguments to be in JSON form",
                "FROM a|VOLUME [\"\"] ~ VOLUME specified can not be an empty string",
                "FROM a|ONBUILD ONBUILD RUN x ~ Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed",
                "FROM a|ONBUILD FROM x ~ FROM isn't allowed as an ONBUILD trigger",
                "FROM a|ONBUILD maintainer x ~ MAINTAINER isn't allowed as an ONBUILD trigger",
                "FROM a|ONBUILD RNU x ~ unknown instruction: RNU",
                "FROM a|HEALTHCHECK FOO ~ Unknown type \"FOO\" in HEALTHCHECK",
                "FROM a|HEALTHCHECK --interval=1us CMD x ~ cannot be less than 1ms",
                "FROM a|HEALTHCHECK CMD ~ Missing command after HEALTHCHECK CMD",
                "FROM a|WORKDIR ~ WORKDIR requires exactly one argument",
                "# escape=x|FROM a ~ invalid escape token",
                "# escape=`|# escape=`|FROM a ~ only one escape parser directive can be used"
            })
    void parse_mistakesAreTold(String text, String message) {
        Failure failure = assertThrows(Failure.class, () -> parse(text.replace('|', '\n')));
        assertTrue(failure.message().contains(message), failure.message());
    }

    @Test
    void parse_hugeLineFails() {
        String line = "RUN " + "x".repeat(70_000);
        Failure failure = assertThrows(Failure.class, () -> parse("FROM a\n" + line));
        assertTrue(failure.message().contains("line 2: dockerfile line greater than max allowed size of 65535"));
    }

    @Property(tries = 1000)
    void parse_neverThrowsAnythingButFailure(@ForAll("dockerfiles") String text) {
        try {
            assertTrue(!parse(text).stages().isEmpty());
        } catch (Failure e) {
            assertEquals(Failure.Kind.INVALID, e.kind());
        }
    }

    @Provide
    Arbitrary<String> dockerfiles() {
        return Arbitraries.of(
                        "FROM",
                        "a",
                        "RUN",
                        "COPY",
                        "ADD",
                        "ENV",
                        "ARG",
                        "ONBUILD",
                        "HEALTHCHECK",
                        "CMD",
                        "SHELL",
                        "VOLUME",
                        "LABEL",
                        "EXPOSE",
                        "--from=",
                        "--",
                        "--x",
                        "=",
                        "\"",
                        "'",
                        "\\",
                        "[",
                        "]",
                        "\"b\"",
                        ",",
                        "<<E",
                        "<<-'E'",
                        "E",
                        "\n",
                        "\n",
                        "\n",
                        " ",
                        " ",
                        "\t",
                        "#",
                        "# escape=`\n",
                        "\r",
                        "\uFEFF",
                        "$",
                        "{",
                        "\0",
                        "\uD800")
                .list()
                .ofMaxSize(60)
                .map(words -> "FROM a\n" + String.join(" ", words));
    }
}
