package dev.priok.build.solve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.build.BuildEvent;
import dev.priok.build.BuildExtras;
import dev.priok.build.BuildObserver;
import dev.priok.build.BuildRequest;
import dev.priok.build.CacheExchange;
import dev.priok.build.ProcessSpec;
import dev.priok.build.Secret;
import dev.priok.core.Credentials;
import dev.priok.core.Digest;
import dev.priok.core.Failure;
import dev.priok.core.ImageReference;
import dev.priok.oci.image.ImageConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What builds come to. */
class BuildTest {
    @TempDir
    Path root;

    private Bench bench = new Bench(Path.of("target/unused"));

    @BeforeEach
    void open() {
        bench = new Bench(root);
    }

    @Test
    void events_tellEveryStep() {
        bench.executor.behaviour = (_, _, out) -> {
            out.print("grüße\n");
            return 0;
        };
        bench.tags = List.of(ImageReference.parse("app:1"));
        Digest image = bench.image(Context.of("ARG V=1\nFROM base\nRUN hello\nENV A=b\n"));
        List<Object> told = new ArrayList<>();
        for (BuildEvent event : bench.events) {
            told.add(
                    switch (event) {
                        case BuildEvent.StepStarted(int n, int m, String text) -> "Step " + n + "/" + m + " : " + text;
                        case BuildEvent.Output(var channel, String text) -> channel + " " + text;
                        default -> event.getClass().getSimpleName();
                    });
        }
        told.removeIf(t ->
                t.toString().length() == "STDOUT x".length() && t.toString().startsWith("STDOUT"));
        assertEquals(
                List.of(
                        "Step 1/4 : ARG V=1",
                        "Step 2/4 : FROM base",
                        "Committed",
                        "Step 3/4 : RUN hello",
                        "RunningIn",
                        "Removed",
                        "Committed",
                        "Step 4/4 : ENV A=b",
                        "RunningIn",
                        "Removed",
                        "Committed",
                        "Done"),
                told);
        StringBuilder output = new StringBuilder();
        bench.events.forEach(e -> {
            if (e instanceof BuildEvent.Output(var _, String text)) {
                output.append(text);
            }
        });
        assertEquals("grüße\n", output.toString());
        assertEquals(image, bench.store.images.get("app:1").id());
    }

    @Test
    void history_isTheClassicBuilders() {
        bench.buildArgs = Map.of("V", "2");
        Digest image = bench.image(Context.of("""
                FROM base
                ARG V
                RUN make
                COPY a.txt /a
                ENV A=b C="d e"
                WORKDIR /etc
                CMD ["x", "y"]
                EXPOSE 80 70/udp
                LABEL k=v
                """).file("a.txt", "A"));
        List<String> history = bench.history(image);
        String digest = history.get(2).replaceFirst(".*file:([0-9a-f]{64}).*", "$1");
        assertEquals(
                List.of(
                        "/bin/sh -c #(nop)  ARG V",
                        "|1 V=2 /bin/sh -c make",
                        "/bin/sh -c #(nop) COPY file:" + digest + " in /a ",
                        "/bin/sh -c #(nop)  ENV A=b C=d e",
                        "/bin/sh -c #(nop)  WORKDIR /etc",
                        "/bin/sh -c #(nop)  CMD [\"x\" \"y\"]",
                        "/bin/sh -c #(nop)  EXPOSE 70/udp 80/tcp",
                        "/bin/sh -c #(nop)  LABEL k=v"),
                history);
        assertEquals(
                List.of(true, false, false, true, true, true, true, true),
                bench.store.config(image).history().stream()
                        .map(h -> h.emptyLayer())
                        .toList());
        assertEquals(3, bench.store.config(image).rootfs().diffIds().size());
    }

    @Test
    void configuration_isKept() {
        ImageConfig config = bench.config(Context.of("""
                FROM base
                SHELL ["/bin/bash", "-c"]
                CMD run it
                ENTRYPOINT ["/init"]
                CMD later
                USER app
                VOLUME /data /logs
                STOPSIGNAL SIGINT
                HEALTHCHECK --interval=5s CMD check
                MAINTAINER me
                ONBUILD RUN child
                """));
        assertEquals(List.of("/bin/bash", "-c", "later"), config.config().cmd());
        assertEquals(List.of("/init"), config.config().entrypoint());
        assertEquals("app", config.config().user());
        assertEquals("SIGINT", config.config().stopSignal());
        assertEquals(
                List.of("CMD-SHELL", "check"), config.config().healthcheck().test());
        assertEquals("me", config.author());
        assertEquals(List.of("RUN child"), config.config().onBuild());
        assertTrue(config.config().volumes().keySet().containsAll(List.of("/data", "/logs")));
        assertTrue(config.config().env().getFirst().startsWith("PATH=/usr/local/sbin"));
    }

    @Test
    void entrypoint_takesAnInheritedCommandAway() {
        bench.tags = List.of(ImageReference.parse("parent"));
        bench.image(Context.of("FROM base\nCMD inherited\n"));
        bench.tags = List.of();
        assertEquals(
                List.of(),
                bench.config(Context.of("FROM parent:latest\nENTRYPOINT [\"x\"]\n"))
                        .config()
                        .cmd());
        assertEquals(
                List.of("own"),
                bench.config(Context.of("FROM parent:latest\nCMD [\"own\"]\nENTRYPOINT [\"x\"]\n"))
                        .config()
                        .cmd());
    }

    @Test
    void stages_copyFromNameIndexAndImage() throws Exception {
        bench.executor.behaviour = (process, tree, _) -> {
            tree.write("out/" + process.args().getLast(), process.args().getLast());
            return 0;
        };
        MemoryTree tree = bench.tree(Context.of("""
                FROM base AS One
                RUN ["r", "first"]
                FROM one
                RUN ["r", "second"]
                FROM base AS unused
                RUN ["r", "never"]
                FROM scratch
                COPY --from=one /out /a
                COPY --from=1 /out/second /b/
                COPY --from=base /etc/group /
                """));
        assertEquals("first", tree.text("a/first"));
        assertEquals("second", tree.text("b/second"));
        assertTrue(tree.text("group").contains("extra"));
        assertEquals(List.of("r first", "r second"), bench.executor.commands());
    }

    @Test
    void target_stopsThere() {
        bench.target = Optional.of("MID");
        bench.image(Context.of("FROM base AS mid\nRUN a\nFROM base\nRUN b\n"));
        assertEquals(List.of("/bin/sh -c a"), bench.executor.commands());
        bench.target = Optional.of("nowhere");
        bench.failure(Context.of("FROM base\n"), "target stage \"nowhere\" could not be found");
    }

    @Test
    void onBuild_runsInTheChildOnly() {
        bench.tags = List.of(ImageReference.parse("parent"));
        bench.image(Context.of("FROM base\nONBUILD COPY a.txt /here\nONBUILD RUN <<EOF\ntrigger\nEOF\n"));
        assertEquals(List.of(), bench.executor.commands());
        bench.tags = List.of(ImageReference.parse("child"));
        Digest child = bench.image(Context.of("FROM parent:latest\nRUN own\n").file("a.txt", "A"));
        assertEquals(List.of("/bin/sh -c trigger\n", "/bin/sh -c own"), bench.executor.commands());
        assertTrue(bench.events.contains(new BuildEvent.TriggersStarted(2)));
        assertEquals(List.of(), bench.store.config(child).config().onBuild());
        bench.image(Context.of("FROM child:latest\n"));
        assertFalse(bench.events.contains(new BuildEvent.TriggersStarted(2)));
        bench.failure(Context.of("FROM parent:latest\n"), "stat a.txt: file does not exist");
    }

    @Test
    void onBuild_ofABaseMayNotChain() {
        ImageConfig config = bench.store.images.get("base").config();
        bench.store.base("evil", bench.base, config.withConfig(config.config().withOnBuild(List.of("ONBUILD RUN x"))));
        bench.failure(Context.of("FROM evil\n"), "Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed");
        bench.store.base("evil", bench.base, config.withConfig(config.config().withOnBuild(List.of("FROM evil"))));
        bench.failure(Context.of("FROM evil\n"), "FROM isn't allowed as an ONBUILD trigger");
    }

    @Test
    void arguments_envBeatsArgAndGlobalsMustBeDeclared() {
        bench.buildArgs = Map.of("A", "given", "UNUSED", "x");
        bench.image(Context.of("""
                ARG G=global
                ARG IMAGE=base
                FROM ${IMAGE}
                ARG A=default
                ARG G
                ARG TARGETOS
                ENV A=env B=$A-$G-$H
                RUN x
                """));
        Map<String, String> env = bench.executor.ran.getFirst().env();
        assertEquals("env", env.get("A"));
        assertEquals("given-global-", env.get("B"));
        assertEquals("linux", env.get("TARGETOS"));
        assertTrue(bench.events.contains(new BuildEvent.Warning("One or more build-args [UNUSED] were not consumed")));
    }

    @Test
    void run_userDirectoryAndHome() throws Exception {
        MemoryTree tree = bench.tree(Context.of("FROM base\nWORKDIR /w\nUSER app\nWORKDIR sub/deep\nRUN x\n"));
        ProcessSpec process = bench.executor.ran.getFirst();
        assertEquals(new ProcessSpec.User(1000, 1001, List.of(55)), process.user());
        assertEquals("/w/sub/deep", process.workingDirectory());
        assertEquals("/home/app", process.env().get("HOME"));
        assertEquals(1000, tree.node("w/sub/deep").uid());
        assertEquals(0, tree.node("w/sub").uid());
        bench.failure(Context.of("FROM base\nUSER nobody\nRUN x\n"), "unable to find user nobody");
    }

    @Test
    void run_failureTellsCommandAndCode() {
        bench.executor.behaviour = (_, _, _) -> 7;
        BuildEvent.Failed failed = bench.failure(
                Context.of("FROM base\nRUN exit 7\nRUN more\n"),
                "The command '/bin/sh -c exit 7' returned a non-zero code: 7");
        assertEquals(7, failed.exitCode());
        assertEquals(1, bench.executor.ran.size());
        bench.image(Context.of("FROM base\n"));
    }

    @Test
    void run_heredocs() {
        bench.image(Context.of("""
                FROM base
                RUN <<EOF
                echo $HOME
                EOF
                RUN cat <<A <<-B > x
                one
                A
                \ttwo
                \tB
                """));
        assertEquals(
                List.of("/bin/sh -c echo $HOME\n", "/bin/sh -c cat <<A <<-B > x\none\nA\n\ttwo\nB\n"),
                bench.executor.commands());
    }

    @Test
    void run_scriptHeredocIsMounted() throws Exception {
        List<String> seen = new ArrayList<>();
        bench.executor.behaviour = (process, _, _) -> {
            ProcessSpec.RunMount.Bind bind =
                    (ProcessSpec.RunMount.Bind) process.mounts().getFirst();
            try {
                seen.add(bind.target() + " " + Files.readString(bind.source()) + Files.isExecutable(bind.source()));
            } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
            return 0;
        };
        if (!isRoot()) {
            return;
        }
        bench.image(Context.of("FROM base\nRUN <<EOF\n#!/usr/bin/awk\nx\nEOF\n"));
        assertEquals(List.of("/dev/pipes/EOF #!/usr/bin/awk\nx\ntrue"), seen);
        assertEquals(List.of("/dev/pipes/EOF"), bench.executor.commands());
    }

    private static boolean isRoot() {
        return System.getProperty("user.name", "").equals("root");
    }

    @Test
    void run_secretsAndTmpfs() {
        bench.secrets = Map.of("key", new Secret("hush".getBytes(java.nio.charset.StandardCharsets.UTF_8)));
        bench.image(Context.of(
                "FROM base\nRUN --mount=type=secret,id=key,env=KEY --mount=type=tmpfs,target=t,size=1m x\n"));
        ProcessSpec process = bench.executor.ran.getFirst();
        assertEquals("hush", process.env().get("KEY"));
        assertEquals(List.of(new ProcessSpec.RunMount.Tmpfs("/t", 1 << 20)), process.mounts());
        bench.failure(Context.of("FROM base\nRUN --mount=type=secret,id=none,required x\n"), "secret none: not found");
    }

    @Test
    void run_agentsOfARequestWithoutAClient_areNobodys() {
        bench.extras = new BuildExtras(
                "",
                false,
                false,
                true,
                Map.of(),
                Set.of(),
                _ -> Credentials.ANONYMOUS,
                CacheExchange.NONE,
                "",
                BuildObserver.NOBODY,
                Optional.empty());
        String dockerfile = "FROM base\nRUN --mount=type=ssh%s x\n";
        String agent = BuildExtras.PACK + "/agents/default";
        bench.image(Context.of(dockerfile.formatted("")).file(agent, ""));
        assertEquals(List.of(), bench.executor.ran.getFirst().mounts());
        bench.failure(Context.of(dockerfile.formatted(",required")).file(agent, ""), "ssh agent default is required");
    }

    @Test
    void run_refusesWhatItCannot() {
        bench.failure(Context.of("FROM base\nRUN --mount=type=ssh,required x\n"), "ssh agent default is required");
        bench.failure(Context.of("FROM base\nRUN --mount=type=odd x\n"), "unsupported mount type \"odd\"");
        bench.failure(Context.of("FROM base\nRUN --network=host x\n"), "RUN --network=host is not allowed");
        bench.failure(Context.of("FROM base\nRUN --security=insecure x\n"), "(Dockerfile:2)");
        assertEquals(0, bench.executor.ran.size());
    }

    @Test
    void labels_areAddedLast() {
        bench.labels = Map.of("b", "2", "a", "1");
        Digest image = bench.image(Context.of("FROM base\nLABEL a=0\n"));
        assertEquals(
                Map.of("a", "1", "b", "2"), bench.store.config(image).config().labels());
        assertTrue(bench.events.contains(new BuildEvent.StepStarted(3, 3, "LABEL a=1 b=2")));
    }

    @Test
    void fromAlone_isTheBaseItself() {
        ImageConfig config = bench.store.images.get("base").config();
        bench.store.base(
                "complete", bench.base, config.withConfig(config.config().withEnv(List.of("PATH=/bin"))));
        assertEquals(bench.store.images.get("complete").id(), bench.image(Context.of("FROM complete\n")));
    }

    @Test
    void sourceDateEpoch_isTheTimeOfEverything() {
        bench.buildArgs = Map.of("SOURCE_DATE_EPOCH", "86400");
        ImageConfig config = bench.config(Context.of("FROM base\nENV A=b\nLABEL c=d\n"));
        assertEquals("1970-01-02T00:00:00Z", config.created());
        assertEquals("1970-01-02T00:00:00Z", config.history().getLast().created());
        bench.buildArgs = Map.of("SOURCE_DATE_EPOCH", "soon");
        bench.failure(Context.of("FROM base\n"), "invalid SOURCE_DATE_EPOCH: soon");
    }

    @Test
    void cancel_leavesNothing() {
        bench.executor.behaviour = (_, _, _) -> {
            bench.cancel.cancel();
            return 0;
        };
        assertEquals(
                "build cancelled",
                bench.failure(Context.of("FROM base\nRUN a\nRUN b\n"), "").message());
        assertEquals(1, bench.executor.ran.size());
    }

    @Test
    void listenerThatThrows_endsTheBuild() {
        BuildRequest request = BuildRequest.of(Context.of("FROM base\nRUN a\n").stream());
        BuildEvent.Ended end = bench.builder.build(request, event -> {
            throw new IllegalStateException("connection is gone");
        });
        assertEquals(
                "build cancelled",
                assertInstanceOf(BuildEvent.Failed.class, end).message());
        assertEquals(0, bench.executor.ran.size());
    }

    @Test
    void badContext_isTold() {
        bench.failure(new Context().file("x", "y"), "Cannot locate specified Dockerfile: Dockerfile");
        BuildEvent.Ended end =
                bench.builder.build(BuildRequest.of(new java.io.ByteArrayInputStream(new byte[700])), _ -> {});
        assertInstanceOf(BuildEvent.Failed.class, end);
        assertEquals(
                Failure.Kind.NOT_FOUND,
                bench.failure(Context.of("FROM nothing\n"), "no such image: nothing")
                        .kind());
    }

    @Test
    void dockerfile_lowerCaseAndIgnored() {
        bench.image(new Context().file("dockerfile", "FROM base\n").file(".dockerignore", "*\n"));
    }
}
