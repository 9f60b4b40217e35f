package dev.priok.build.dockerfile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.build.dockerfile.Instruction.Source;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Several hundred Dockerfiles, made in families of constructs, each with the instruction that the reference says it is. What is
 * expected is built from the parts, not read out of the text.
 */
class GeneratedCorpusTest {
    /** A Dockerfile that begins with {@code FROM base} unless it is about FROM; its last instruction is looked at. */
    private record Sample(String text, Function<Source, Instruction> expected) {}

    private final List<Sample> samples = new ArrayList<>();

    private void add(String text, Function<Source, Instruction> expected) {
        samples.add(new Sample(text, expected));
    }

    private void after(String text, Function<Source, Instruction> expected) {
        add("FROM base\n" + text + "\n", expected);
    }

    @TestFactory
    Stream<DynamicTest> samples_areParsedAsTheReferenceSays() {
        makeAll();
        return samples.stream().map(sample -> DynamicTest.dynamicTest(sample.text(), () -> check(sample)));
    }

    @Test
    void corpus_isNotEmpty() {
        makeAll();
        assertTrue(samples.size() >= 400, Integer.toString(samples.size()));
        assertEquals(
                samples.size(), samples.stream().map(Sample::text).distinct().count(), "samples are there twice");
    }

    private static void check(Sample sample) {
        Dockerfile file = DockerfileParser.parse("Dockerfile", sample.text().getBytes(StandardCharsets.UTF_8));
        Dockerfile.Stage stage = file.stages().getLast();
        Instruction last = stage.instructions().isEmpty()
                ? stage.from()
                : stage.instructions().getLast();
        assertEquals(sample.expected().apply(last.source()), last);
    }

    private void makeAll() {
        samples.clear();
        froms();
        runs();
        continuations();
        copies();
        adds();
        heredocs();
        pairs();
        args();
        healthchecks();
        commands();
        wordLists();
        singles();
        cases();
        triggers();
        surroundings();
    }

    private void froms() {
        for (String platform : List.of("", "linux/amd64", "linux/arm64/v8", "$BUILDPLATFORM")) {
            for (String image : List.of(
                    "scratch",
                    "alpine:3.20",
                    "registry.example:5000/team/app",
                    "busybox@sha256:" + "a".repeat(64),
                    "${BASE:-debian}:$TAG")) {
                for (String stage : List.of("", "build", "Build-2.x")) {
                    String text = "FROM " + (platform.isEmpty() ? "" : "--platform=" + platform + " ") + image
                            + (stage.isEmpty() ? "" : " AS " + stage) + "\n";
                    add(
                            text,
                            source -> new Instruction.From(
                                    source,
                                    image,
                                    Optional.of(platform).filter(p -> !p.isEmpty()),
                                    Optional.of(stage.toLowerCase(Locale.ROOT)).filter(s -> !s.isEmpty())));
                }
            }
        }
    }

    private static Function<Source, Instruction> run(
            CommandLine command, List<String> mounts, String network, String security) {
        return source -> new Instruction.Run(
                source,
                command,
                List.of(),
                mounts,
                Optional.of(network).filter(n -> !n.isEmpty()),
                Optional.of(security).filter(s -> !s.isEmpty()));
    }

    private void runs() {
        List<List<String>> mounts = List.of(
                List.of(),
                List.of("type=cache,target=/root/.m2"),
                List.of("type=secret,id=k,env=KEY", "type=bind,from=build,source=/out,target=/in,rw"),
                List.of("type=tmpfs,target=/t,size=1m", "type=ssh", "type=cache,id=x,target=/x,sharing=locked"));
        for (List<String> mount : mounts) {
            for (String network : List.of("", "none", "host")) {
                for (String security : List.of("", "insecure")) {
                    String flags = String.join(
                                    "",
                                    mount.stream()
                                            .map(m -> "--mount=" + m + " ")
                                            .toList())
                            + (network.isEmpty() ? "" : "--network=" + network + " ")
                            + (security.isEmpty() ? "" : "--security=" + security + " ");
                    after(
                            "RUN " + flags + "make -j $(nproc) && echo \"a  b\"",
                            run(new CommandLine.Shell("make -j $(nproc) && echo \"a  b\""), mount, network, security));
                    after(
                            "RUN " + flags + "[\"make\", \"a b\", \"c\\\"d\"]",
                            run(new CommandLine.Exec(List.of("make", "a b", "c\"d")), mount, network, security));
                }
            }
        }
    }

    /** Lines that go on, with what may stand between them. */
    private void continuations() {
        for (String escape : List.of("\\", "`")) {
            String directive = escape.equals("`") ? "# escape=`\n" : "";
            for (String blanks : List.of("", " ", "\t ")) {
                for (String between : List.of("", "# a comment\n", "   # indented comment\n", "\n", "# one\n# two\n")) {
                    add(
                            directive + "FROM base\nRUN one " + escape + blanks + "\n" + between + "  two " + escape
                                    + "\n three\n",
                            run(new CommandLine.Shell("one   two  three"), List.of(), "", ""));
                }
            }
        }
    }

    private void copies() {
        for (int bits = 0; bits < 64; bits++) {
            boolean from = (bits & 1) != 0;
            boolean chown = (bits & 2) != 0;
            boolean chmod = (bits & 4) != 0;
            boolean link = (bits & 8) != 0;
            boolean parents = (bits & 16) != 0;
            boolean exclude = (bits & 32) != 0;
            String flags = (from ? "--from=build " : "")
                    + (chown ? "--chown=app:$GROUP " : "")
                    + (chmod ? "--chmod=u=rwX,go=rX " : "")
                    + (link ? "--link " : "")
                    + (parents ? "--parents " : "")
                    + (exclude ? "--exclude=*.md --exclude=**/t " : "");
            Function<Source, Instruction> expected = source -> new Instruction.Copy(
                    source,
                    from ? Optional.of("build") : Optional.empty(),
                    List.of("a", "b*"),
                    List.of(),
                    "/to/",
                    new Instruction.Ownership(
                            chown ? Optional.of("app:$GROUP") : Optional.empty(),
                            chmod ? Optional.of("u=rwX,go=rX") : Optional.empty()),
                    exclude ? List.of("*.md", "**/t") : List.of(),
                    link,
                    parents);
            after("COPY " + flags + "a b* /to/", expected);
            after("COPY " + flags + "[\"a\", \"b*\", \"/to/\"]", expected);
        }
        for (String value : List.of("true", "false")) {
            after(
                    "COPY --link=" + value + " a /b",
                    source -> new Instruction.Copy(
                            source,
                            Optional.empty(),
                            List.of("a"),
                            List.of(),
                            "/b",
                            new Instruction.Ownership(Optional.empty(), Optional.empty()),
                            List.of(),
                            value.equals("true"),
                            false));
        }
    }

    private void adds() {
        for (String place : List.of(
                "a.tar.gz",
                "https://example.com/x.tar",
                "https://example.com/r.git#main:docs",
                "git@example.com:r.git")) {
            for (String checksum : List.of("", "sha256:" + "b".repeat(64))) {
                for (String unpack : List.of("", "true", "false")) {
                    for (boolean keep : new boolean[] {false, true}) {
                        String flags = (checksum.isEmpty() ? "" : "--checksum=" + checksum + " ")
                                + (unpack.isEmpty() ? "" : "--unpack=" + unpack + " ")
                                + (keep ? "--link --keep-git-dir=true " : "");
                        after(
                                "ADD " + flags + place + " /d",
                                source -> new Instruction.Add(
                                        source,
                                        List.of(place),
                                        List.of(),
                                        "/d",
                                        new Instruction.Ownership(Optional.empty(), Optional.empty()),
                                        List.of(),
                                        keep,
                                        Optional.of(checksum).filter(c -> !c.isEmpty()),
                                        keep,
                                        Optional.of(unpack)
                                                .filter(u -> !u.isEmpty())
                                                .map(Boolean::parseBoolean)));
                    }
                }
            }
        }
    }

    private void heredocs() {
        for (String name : List.of("EOF", "end-1")) {
            for (String quote : List.of("", "\"", "'")) {
                for (String dash : List.of("", "-")) {
                    String word = "<<" + dash + quote + name + quote;
                    Heredoc heredoc = new Heredoc(name, quote.isEmpty(), !dash.isEmpty(), word, "\tone $X\ntwo\n");
                    String body = "\n\tone $X\ntwo\n" + name;
                    after(
                            "RUN " + word + body,
                            source -> new Instruction.Run(
                                    source,
                                    new CommandLine.Shell(word),
                                    List.of(heredoc),
                                    List.of(),
                                    Optional.empty(),
                                    Optional.empty()));
                    after(
                            "COPY " + word + " /to" + body,
                            source -> new Instruction.Copy(
                                    source,
                                    Optional.empty(),
                                    List.of(),
                                    List.of(heredoc),
                                    "/to",
                                    new Instruction.Ownership(Optional.empty(), Optional.empty()),
                                    List.of(),
                                    false,
                                    false));
                    after(
                            "ADD --chmod=600 file " + word + " /to/" + body,
                            source -> new Instruction.Add(
                                    source,
                                    List.of("file"),
                                    List.of(heredoc),
                                    "/to/",
                                    new Instruction.Ownership(Optional.empty(), Optional.of("600")),
                                    List.of(),
                                    false,
                                    Optional.empty(),
                                    false,
                                    Optional.empty()));
                }
            }
        }
        after(
                "RUN cat <<A >/a; cat <<B >/b\n1\nA\n2\nB",
                source -> new Instruction.Run(
                        source,
                        new CommandLine.Shell("cat <<A >/a; cat <<B >/b"),
                        List.of(
                                new Heredoc("A", true, false, "<<A", "1\n"),
                                new Heredoc("B", true, false, "<<B", "2\n")),
                        List.of(),
                        Optional.empty(),
                        Optional.empty()));
    }

    private void pairs() {
        List<List<String>> forms = List.of(
                List.of("a=b", "a", "b"),
                List.of("a=", "a", ""),
                List.of("a=\"b c\"", "a", "\"b c\""),
                List.of("a='b $c'", "a", "'b $c'"),
                List.of("a=b\\ c", "a", "b\\ c"),
                List.of("a=${b:-c}", "a", "${b:-c}"),
                List.of("a.b-c=/x:$PATH", "a.b-c", "/x:$PATH"),
                List.of("a=b=c", "a", "b=c"));
        for (List<String> form : forms) {
            Instruction.Pair pair = new Instruction.Pair(form.get(1), form.get(2));
            Instruction.Pair other = new Instruction.Pair("z", "1");
            after("ENV " + form.getFirst(), source -> new Instruction.Env(source, List.of(pair)));
            after("ENV " + form.getFirst() + " z=1", source -> new Instruction.Env(source, List.of(pair, other)));
            after(
                    "LABEL z=1 \\\n    " + form.getFirst(),
                    source -> new Instruction.Label(source, List.of(other, pair)));
            after("LABEL " + form.getFirst(), source -> new Instruction.Label(source, List.of(pair)));
        }
        for (String value : List.of("one", "one two", "\"one\" two", "$A/b c")) {
            Instruction.Pair pair = new Instruction.Pair("name", value);
            after("ENV name " + value, source -> new Instruction.Env(source, List.of(pair)));
            after("LABEL name   " + value, source -> new Instruction.Label(source, List.of(pair)));
        }
    }

    private void args() {
        List<List<String>> forms = List.of(
                List.of("A"), List.of("A=1"), List.of("A="), List.of("A", "B=\"x y\""), List.of("A=${B}", "C='d'"));
        for (List<String> form : forms) {
            after(
                    "ARG " + String.join(" ", form),
                    source -> new Instruction.Arg(
                            source,
                            form.stream()
                                    .map(word -> {
                                        String[] parts = word.split("=", 2);
                                        return new Instruction.Arg.Definition(
                                                parts[0], parts.length < 2 ? Optional.empty() : Optional.of(parts[1]));
                                    })
                                    .toList()));
        }
    }

    private void healthchecks() {
        after(
                "HEALTHCHECK NONE",
                source -> new Instruction.Healthcheck(
                        source,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        0));
        for (int bits = 0; bits < 32; bits++) {
            boolean interval = (bits & 1) != 0;
            boolean timeout = (bits & 2) != 0;
            boolean period = (bits & 4) != 0;
            boolean startInterval = (bits & 8) != 0;
            boolean retries = (bits & 16) != 0;
            String flags = (interval ? "--interval=1m30s " : "")
                    + (timeout ? "--timeout=500ms " : "")
                    + (period ? "--start-period=2h " : "")
                    + (startInterval ? "--start-interval=5s " : "")
                    + (retries ? "--retries=7 " : "");
            Function<CommandLine, Function<Source, Instruction>> expected =
                    command -> source -> new Instruction.Healthcheck(
                            source,
                            Optional.of(command),
                            given(interval, Duration.ofSeconds(90)),
                            given(timeout, Duration.ofMillis(500)),
                            given(period, Duration.ofHours(2)),
                            given(startInterval, Duration.ofSeconds(5)),
                            retries ? 7 : 0);
            after("HEALTHCHECK " + flags + "CMD curl -f /", expected.apply(new CommandLine.Shell("curl -f /")));
            after(
                    "HEALTHCHECK " + flags + "CMD [\"curl\", \"/\"]",
                    expected.apply(new CommandLine.Exec(List.of("curl", "/"))));
        }
    }

    private static <T> Optional<T> given(boolean is, T value) {
        return is ? Optional.of(value) : Optional.empty();
    }

    private void commands() {
        List<CommandLine> commands = List.of(
                new CommandLine.Shell("a b"),
                new CommandLine.Shell("['a', 'b']"),
                new CommandLine.Shell("[\"a\", b]"),
                new CommandLine.Exec(List.of("a")),
                new CommandLine.Exec(List.of("a", "", "\u00fc")),
                new CommandLine.Exec(List.of()));
        List<String> texts =
                List.of("a b", "['a', 'b']", "[\"a\", b]", "[\"a\"]", "[ \"a\",\"\",  \"\\u00fc\" ]", "[]");
        for (int i = 0; i < texts.size(); i++) {
            CommandLine command = commands.get(i);
            after("CMD " + texts.get(i), source -> new Instruction.Cmd(source, command));
            after("ENTRYPOINT " + texts.get(i), source -> new Instruction.Entrypoint(source, command));
        }
    }

    private void wordLists() {
        for (List<String> ports :
                List.of(List.of("80"), List.of("80/tcp", "53/udp"), List.of("8000-8010"), List.of("$PORT", "1/sctp"))) {
            after("EXPOSE " + String.join(" ", ports), source -> new Instruction.Expose(source, ports));
        }
        for (List<String> paths : List.of(List.of("/a"), List.of("/a", "/b"), List.of("$V", "/c d".strip()))) {
            String json =
                    String.join(", ", paths.stream().map(p -> "\"" + p + "\"").toList());
            after("VOLUME [" + json + "]", source -> new Instruction.Volume(source, paths));
        }
        after("VOLUME /a /b", source -> new Instruction.Volume(source, List.of("/a", "/b")));
        for (List<String> shell : List.of(List.of("/bin/bash", "-c"), List.of("powershell"))) {
            String json =
                    String.join(",", shell.stream().map(p -> "\"" + p + "\"").toList());
            after("SHELL [" + json + "]", source -> new Instruction.Shell(source, shell));
        }
    }

    private void singles() {
        for (String path : List.of("/a", "a/b", "$HOME", "/a b", "\"/q\"")) {
            after("WORKDIR " + path, source -> new Instruction.Workdir(source, path));
        }
        for (String user : List.of("app", "1000:1000", "$USER:staff")) {
            after("USER " + user, source -> new Instruction.User(source, user));
        }
        for (String signal : List.of("SIGQUIT", "9", "$SIGNAL")) {
            after("STOPSIGNAL " + signal, source -> new Instruction.StopSignal(source, signal));
        }
        after("MAINTAINER A B <a@b>", source -> new Instruction.Maintainer(source, "A B <a@b>"));
    }

    /** Keywords in any case. */
    private void cases() {
        for (String keyword : List.of("user", "User", "uSeR")) {
            for (String indent : List.of("", "  ", "\t")) {
                for (String end : List.of("", "  ")) {
                    after(indent + keyword + "  app" + end, source -> new Instruction.User(source, "app"));
                }
            }
        }
    }

    private void triggers() {
        for (String trigger : List.of(
                "RUN make",
                "RUN [\"make\"]",
                "COPY --from=build a b",
                "ADD --checksum=sha256:" + "c".repeat(64) + " https://e.com/a b",
                "ENV a=b",
                "LABEL a=b",
                "ARG a",
                "USER x",
                "WORKDIR /x",
                "EXPOSE 80",
                "VOLUME /v",
                "CMD x",
                "ENTRYPOINT x",
                "STOPSIGNAL 9",
                "SHELL [\"x\"]",
                "HEALTHCHECK NONE")) {
            after("ONBUILD " + trigger, source -> new Instruction.OnBuild(source, trigger));
            after("onbuild   " + trigger, source -> new Instruction.OnBuild(source, trigger));
        }
        after("ONBUILD RUN <<E\nx\nE", source -> new Instruction.OnBuild(source, "RUN <<E\nx\nE"));
    }

    /** What may stand around instructions without a meaning for them. */
    private void surroundings() {
        for (String before : List.of(
                "",
                "\uFEFF",
                "# syntax=docker/dockerfile:1\n",
                "# check=skip=all\n",
                "\n\n",
                "# words\n",
                "ARG A=1\nARG B\n")) {
            for (String end : List.of("\n", "\r\n")) {
                for (String last : List.of("", end, end + end + "# end" + end)) {
                    add(
                            before + "FROM base" + end + "# c" + end + "USER app" + last,
                            source -> new Instruction.User(source, "app"));
                }
            }
        }
    }
}
