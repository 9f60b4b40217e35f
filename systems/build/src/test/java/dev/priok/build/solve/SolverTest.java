package dev.priok.build.solve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.build.BuildEvent;
import dev.priok.build.BuildExtras;
import dev.priok.build.BuildHistory;
import dev.priok.build.BuildObserver;
import dev.priok.build.BuildRequest;
import dev.priok.build.BuildStatus;
import dev.priok.build.CacheExchange;
import dev.priok.core.Credentials;
import dev.priok.core.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which steps are done, when, and how often. */
class SolverTest {
    private static final int WAIT_SECONDS = 20;

    @TempDir
    Path root;

    private Bench bench = new Bench(Path.of("target/unused"));

    @BeforeEach
    void open() {
        bench = new Bench(root);
    }

    private static void await(CountDownLatch latch) {
        try {
            if (!latch.await(WAIT_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException("the other step did not come");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void independentStages_runAtTheSameTime_andAreToldInOrder() {
        CountDownLatch both = new CountDownLatch(2);
        bench.executor.behaviour = (process, tree, out) -> {
            String name = process.args().getLast();
            if (!name.equals("last")) {
                both.countDown();
                await(both);
            }
            out.print(name);
            tree.write("out/" + name, name);
            return 0;
        };
        bench.image(Context.of("""
                FROM base AS a
                RUN one
                FROM base AS b
                RUN two
                FROM base
                COPY --from=a /out /
                COPY --from=b /out /
                RUN last
                """));
        StringBuilder text = new StringBuilder();
        bench.events.forEach(e -> {
            if (e instanceof BuildEvent.Output(var _, String part)) {
                text.append(part);
            } else if (e instanceof BuildEvent.StepStarted started) {
                text.append(started.number());
            }
        });
        assertEquals("12one34two5678last", text.toString());
    }

    @Test
    void knownCopy_needsNotItsStage() {
        bench.executor.behaviour = (_, tree, _) -> {
            tree.write("out/x", "x");
            return 0;
        };
        String dockerfile = "FROM base AS a\nRUN make\nFROM base\nCOPY --from=a /out /\n";
        Digest first = bench.image(Context.of(dockerfile));
        bench.store
                .layers
                .keySet()
                .removeIf(chain -> !chain.isScratch()
                        && !bench.store.config(first).chainId().equals(chain)
                        && bench.store.images.values().stream()
                                .noneMatch(i -> i.chain().id().equals(chain)));
        assertEquals(first, bench.image(Context.of(dockerfile)));
        assertEquals(1, bench.executor.ran.size());
        assertTrue(bench.events.contains(new BuildEvent.StepSkipped()));
    }

    @Test
    void equalStepsOfTwoBuilds_runOnce() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        bench.executor.behaviour = (_, _, out) -> {
            begun.countDown();
            await(go);
            out.print("hello");
            return 0;
        };
        List<BuildEvent.Ended> ends = Collections.synchronizedList(new ArrayList<>());
        List<String> heard = Collections.synchronizedList(new ArrayList<>());
        Runnable build = () ->
                ends.add(bench.builder.build(BuildRequest.of(Context.of("FROM base\nRUN slow\n").stream()), event -> {
                    if (event instanceof BuildEvent.Output(var _, String text)) {
                        heard.add(text);
                    }
                }));
        Thread first = Thread.ofVirtual().start(build);
        await(begun);
        Thread second = Thread.ofVirtual().start(build);
        Thread.sleep(100);
        go.countDown();
        first.join();
        second.join();
        assertEquals(1, bench.executor.ran.size());
        assertEquals("hellohello".length(), String.join("", heard).length());
        assertInstanceOf(BuildEvent.Done.class, ends.getFirst());
        assertEquals(ends.getFirst(), ends.getLast());
    }

    @Test
    void failure_endsTheOtherSteps_andTellsWhatCameBefore() {
        CountDownLatch failing = new CountDownLatch(1);
        bench.executor.behaviour = (process, _, _) -> {
            if (process.args().getLast().equals("bad")) {
                failing.countDown();
                return 3;
            }
            await(failing);
            return 0;
        };
        BuildEvent.Failed failed = bench.failure(
                Context.of("FROM base AS a\nRUN slow\nRUN never\nFROM base\nRUN bad\nCOPY --from=a / /\n"),
                "The command '/bin/sh -c bad' returned a non-zero code: 3");
        assertEquals(3, failed.exitCode());
        assertTrue(bench.events.contains(new BuildEvent.StepStarted(5, 6, "RUN bad")));
    }

    @Test
    void observer_seesVertexesWithInputs() {
        List<BuildStatus.Vertex> seen = Collections.synchronizedList(new ArrayList<>());
        bench.extras = BuildExtras.NONE.withObserver(status -> {
            if (status instanceof BuildStatus.Vertex vertex) {
                seen.add(vertex);
            }
        });
        bench.image(Context.of("FROM base AS a\nRUN x\nFROM base\nCOPY --from=a /ran /\n"));
        List<String> done = seen.stream()
                .filter(v -> v.completed().isPresent())
                .map(BuildStatus.Vertex::name)
                .sorted()
                .toList();
        assertEquals(
                List.of(
                        "[a 1/2] FROM base AS a",
                        "[a 2/2] RUN x",
                        "[stage-1 1/2] FROM base",
                        "[stage-1 2/2] COPY --from=a /ran /"),
                done);
        seen.clear();
        bench.image(Context.of("FROM base AS a\nRUN x\nFROM base\nCOPY --from=a /ran /\n"));
        assertTrue(seen.stream().filter(v -> v.name().contains("COPY")).anyMatch(BuildStatus.Vertex::cached));
    }

    @Test
    void longOutputOfALaterStep_isKeptWhole() {
        CountDownLatch later = new CountDownLatch(1);
        String line = "x".repeat(1000);
        bench.executor.behaviour = (process, _, out) -> {
            if (process.args().getLast().equals("first")) {
                await(later);
            } else {
                for (int i = 0; i < 600; i++) {
                    out.print(line);
                }
                later.countDown();
            }
            return 0;
        };
        bench.image(Context.of("FROM base AS a\nRUN first\nFROM base\nRUN much\nCOPY --from=a /etc/passwd /\n"));
        long length = bench.events.stream()
                .mapToLong(e -> e instanceof BuildEvent.Output(var _, String text) ? text.length() : 0)
                .sum();
        assertEquals(600_000, length);
    }

    @Test
    void sameInputs_sameImage_whateverTheTime() {
        Digest first =
                bench.image(Context.of("FROM base\nRUN x\nCOPY a /\nENV A=b\n").file("a", "1"));
        Bench other = new Bench(root.resolve("other"));
        other.later(1_000_000);
        assertEquals(
                first,
                other.image(Context.of("FROM base\nRUN x\nCOPY a /\nENV A=b\n").file("a", "1")));
        bench.extras = BuildExtras.NONE.keepingTimes();
        assertTrue(bench.config(Context.of("FROM base\nENV A=b\n")).created().startsWith("2023-11-"));
        assertEquals("315532800", other.executor.ran.getFirst().env().get("SOURCE_DATE_EPOCH"));
    }

    @Test
    void packedInputs_areSecretsAndContexts() throws IOException {
        bench.extras = new BuildExtras(
                "",
                false,
                false,
                true,
                Map.of("other", "docker-image://base"),
                Set.of(),
                _ -> Credentials.ANONYMOUS,
                CacheExchange.NONE,
                "",
                BuildObserver.NOBODY,
                Optional.empty());
        String pack = BuildExtras.PACK;
        MemoryTree tree =
                bench.tree(Context.of("""
                FROM other
                RUN --mount=type=secret,id=key,env=KEY x
                COPY --from=more a /a
                COPY . /all/
                """).file(pack + "/secrets/key", "hush").file(pack + "/contexts/more/a", "A"));
        assertEquals("hush", bench.executor.ran.getFirst().env().get("KEY"));
        assertEquals("A", tree.text("a"));
        assertTrue(tree.resolve("all/" + pack).isEmpty());
    }

    @Test
    void history_keepsWhatABuildWrote() throws IOException {
        bench.executor.behaviour = (_, _, out) -> {
            out.print("one\ntwo");
            return 4;
        };
        bench.failure(Context.of("FROM base\nRUN bad\n"), "non-zero code: 4");
        BuildHistory.Build build = bench.builder.history().list().getFirst();
        assertEquals("failed", build.status());
        BuildHistory.Build whole = bench.builder.history().find(build.id().substring(0, 6));
        assertEquals(2, whole.steps().size());
        assertTrue(whole.steps().getLast().error().contains("non-zero code: 4"));
        try (InputStream log = bench.builder.history().log(build.id())) {
            String text = new String(log.readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(
                    text.matches("(?s)#1 \\[stage-0 1/2] FROM base\n.*#2 [0-9.]+ one\n#2 [0-9.]+ two\n#2 ERROR: .*"),
                    text);
        }
    }

    @Test
    void failedStep_isKeptWhenAskedFor() throws IOException {
        bench.extras = new BuildExtras(
                "",
                false,
                true,
                false,
                Map.of(),
                Set.of(),
                _ -> Credentials.ANONYMOUS,
                CacheExchange.NONE,
                "",
                BuildObserver.NOBODY,
                Optional.empty());
        bench.executor.behaviour = (_, tree, _) -> {
            tree.write("half/done", "x");
            return 1;
        };
        bench.failure(Context.of("FROM base\nWORKDIR /half\nRUN bad\n"), "non-zero code: 1");
        BuildEvent.FailureKept kept = bench.events.stream()
                .flatMap(e -> e instanceof BuildEvent.FailureKept k ? java.util.stream.Stream.of(k) : null)
                .findFirst()
                .orElseThrow();
        assertEquals("x", bench.store.tree(kept.imageId()).text("half/done"));
        assertEquals("/half", bench.store.config(kept.imageId()).config().workingDir());
    }

    @Test
    void reasons_nameWhatChanged() {
        String dockerfile = """
                FROM base
                ARG V=1
                COPY src /src
                RUN make
                COPY late /late
                """;
        Context first =
                Context.of(dockerfile).file("src/a", "1").file("src/b", "2").file("late", "x");
        bench.image(first);
        assertEquals(List.of("it was not built before", "it was not built before", "it was not built before"), why());
        bench.image(first);
        assertEquals(List.of(), why());
        bench.image(Context.of(dockerfile)
                .file("src/a", "changed")
                .file("src/c", "3")
                .file("late", "x"));
        assertEquals(
                List.of(
                        "files of the context changed: src/a, src/c (new), src/b (gone)",
                        "what it stands on changed: COPY src /src",
                        "what it stands on changed: RUN make"),
                why());
        bench.image(Context.of(dockerfile.replace("RUN make", "RUN make all"))
                .file("src/a", "changed")
                .file("src/c", "3")
                .file("late", "x"));
        assertEquals("the instruction changed: it was RUN make", why().getFirst());
        bench.buildArgs = Map.of("V", "2");
        bench.image(Context.of(dockerfile.replace("RUN make", "RUN make all"))
                .file("src/a", "changed")
                .file("src/c", "3")
                .file("late", "x"));
        assertEquals("variables changed: V", why().getFirst());
        bench.noCache = true;
        bench.image(first);
        assertEquals(List.of("--no-cache was given", "--no-cache was given", "--no-cache was given"), why());
    }

    /** The reasons of the latest build's steps, of those that ran. */
    private List<String> why() {
        String latest = bench.builder.history().list().getFirst().id();
        return bench.builder.history().find(latest).steps().stream()
                .map(BuildHistory.StepRecord::why)
                .filter(why -> !why.isEmpty())
                .toList();
    }

    @Test
    void insecureStep_needsToBeAllowed() {
        bench.failure(Context.of("FROM base\nRUN --security=insecure x\n"), "--allow security.insecure");
        bench.extras = new BuildExtras(
                "",
                false,
                false,
                false,
                Map.of(),
                Set.of(BuildExtras.Entitlement.SECURITY_INSECURE),
                _ -> Credentials.ANONYMOUS,
                CacheExchange.NONE,
                "",
                BuildObserver.NOBODY,
                Optional.empty());
        bench.image(Context.of("FROM base\nRUN --security=insecure x\n"));
        assertTrue(bench.executor.ran.getFirst().privileged());
    }
}
