package dev.priok.build.solve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.priok.build.Secret;
import dev.priok.core.Digest;
import dev.priok.oci.image.ChainId;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What makes a step run again, and what does not. */
class CacheTest {
    private static final String TWO_RUNS = "FROM base\nRUN one\nCOPY a.txt b.txt /data/\nRUN two\nCMD x\n";

    @TempDir
    Path root;

    private Bench bench = new Bench(Path.of("target/unused"));

    @BeforeEach
    void open() {
        bench = new Bench(root);
    }

    private static Context context(String dockerfile) {
        return Context.of(dockerfile).file("a.txt", "A").file("b.txt", "B");
    }

    @Test
    void again_everythingIsCachedAndTheImageIsTheSame() {
        Digest first = bench.image(context(TWO_RUNS));
        assertEquals(0, bench.cachedSteps());
        assertEquals(first, bench.image(context(TWO_RUNS)));
        assertEquals(4, bench.cachedSteps());
        assertEquals(2, bench.executor.ran.size());
    }

    @Test
    void changedContent_runsCopyAndWhatFollows() {
        bench.image(context(TWO_RUNS));
        bench.image(context(TWO_RUNS).file("b.txt", "changed"));
        assertEquals(1, bench.cachedSteps());
        assertEquals(3, bench.executor.ran.size());
    }

    @Test
    void changedTime_changesNothing() {
        Digest first = bench.image(context(TWO_RUNS));
        assertEquals(first, bench.image(context(TWO_RUNS).file("a.txt", "A", 0644, 99_999)));
    }

    @Test
    void changedMode_runsCopy() {
        bench.image(context(TWO_RUNS));
        bench.image(context(TWO_RUNS).file("a.txt", "A", 0755, 1000));
        assertEquals(1, bench.cachedSteps());
    }

    @Test
    void otherFile_changesNothing() {
        Digest first = bench.image(context(TWO_RUNS));
        assertEquals(first, bench.image(context(TWO_RUNS).file("c.txt", "not copied")));
    }

    @Test
    void changedLabelBeforeRun_doesNotRunIt() {
        bench.image(context("FROM base\nLABEL v=1\nRUN one\n"));
        bench.image(context("FROM base\nLABEL v=2\nRUN one\n"));
        assertEquals(1, bench.executor.ran.size());
        assertEquals(1, bench.cachedSteps());
    }

    @Test
    void changedEnvUserOrDirectory_runsAgain() {
        bench.image(context("FROM base\nRUN one\n"));
        bench.image(context("FROM base\nENV A=1\nRUN one\n"));
        bench.image(context("FROM base\nUSER app\nRUN one\n"));
        bench.image(context("FROM base\nWORKDIR /etc\nRUN one\n"));
        assertEquals(4, bench.executor.ran.size());
    }

    @Test
    void argument_countsFromItsLineOn() {
        String dockerfile = "FROM base\nRUN one\nARG V\nRUN two\n";
        bench.buildArgs = Map.of("V", "1");
        bench.image(context(dockerfile));
        bench.buildArgs = Map.of("V", "2");
        bench.image(context(dockerfile));
        assertEquals(3, bench.executor.ran.size());
        assertEquals("2", bench.executor.ran.getLast().env().get("V"));
    }

    @Test
    void proxy_countsOnlyWhenDeclared() {
        bench.buildArgs = Map.of("HTTP_PROXY", "http://one");
        Digest first = bench.image(context("FROM base\nRUN one\n"));
        assertEquals("http://one", bench.executor.ran.getLast().env().get("HTTP_PROXY"));
        bench.buildArgs = Map.of("HTTP_PROXY", "http://two");
        assertEquals(first, bench.image(context("FROM base\nRUN one\n")));
        bench.image(context("FROM base\nARG HTTP_PROXY\nRUN one\n"));
        bench.buildArgs = Map.of("HTTP_PROXY", "http://three");
        bench.image(context("FROM base\nARG HTTP_PROXY\nRUN one\n"));
        assertEquals(3, bench.executor.ran.size());
    }

    @Test
    void secret_neverCounts() {
        String dockerfile = "FROM base\nRUN --mount=type=secret,id=key one\n";
        bench.secrets = Map.of("key", new Secret(new byte[] {1}));
        Digest first = bench.image(context(dockerfile));
        bench.secrets = Map.of("key", new Secret(new byte[] {2}));
        assertEquals(first, bench.image(context(dockerfile)));
        assertEquals(1, bench.executor.ran.size());
    }

    @Test
    void kindOfAMount_counts_andWhichAgentOfSsh() {
        for (String mount : new String[] {
            "type=ssh,target=/m", "type=ssh,target=/m,id=a", "type=tmpfs,target=/m", "type=cache,target=/m"
        }) {
            bench.image(context("FROM base\nRUN --mount=" + mount + " one\n"));
            bench.image(context("FROM base\nRUN --mount=" + mount + " one\n"));
        }
        assertEquals(4, bench.executor.ran.size());
        bench.failure(context("FROM base\nRUN --mount=type=ssh,target=/m,required one\n"), "default is required");
    }

    @Test
    void boundFiles_count() {
        String dockerfile = "FROM base\nRUN --mount=target=/src one\n";
        bench.image(context(dockerfile));
        bench.image(context(dockerfile));
        bench.image(context(dockerfile).file("a.txt", "changed"));
        assertEquals(2, bench.executor.ran.size());
    }

    @Test
    void noCache_runsEverythingAndRemembersIt() {
        bench.image(context(TWO_RUNS));
        bench.noCache = true;
        Digest second = bench.image(context(TWO_RUNS));
        assertEquals(4, bench.executor.ran.size());
        bench.noCache = false;
        assertEquals(second, bench.image(context(TWO_RUNS)));
    }

    @Test
    void otherBase_runsAgain() {
        bench.image(context(TWO_RUNS));
        bench.base.write("new", "file");
        bench.store.base("base", bench.base, bench.store.images.get("base").config());
        bench.image(context(TWO_RUNS));
        assertEquals(0, bench.cachedSteps());
    }

    @Test
    void lostLayer_isMadeAgain() {
        Digest image = bench.image(context(TWO_RUNS));
        ChainId chain = bench.store.config(image).chainId();
        bench.store.layers.remove(chain);
        bench.image(context(TWO_RUNS));
        assertEquals(3, bench.executor.ran.size());
    }

    @Test
    void copyFromStage_isCachedByContentNotByStage() {
        String dockerfile = "FROM base AS made\nRUN %s\nFROM base\nCOPY --from=made /etc/passwd /p\nRUN last\n";
        bench.image(context(dockerfile.formatted("one")));
        bench.image(context(dockerfile.formatted("two")));
        assertEquals(3, bench.executor.ran.size());
        assertEquals(2, bench.cachedSteps());
    }

    @Test
    void copyOwnerOrDestination_count() {
        Digest plain = bench.image(context("FROM base\nCOPY a.txt /x\n"));
        Digest owned = bench.image(context("FROM base\nCOPY --chown=app a.txt /x\n"));
        Digest moved = bench.image(context("FROM base\nCOPY a.txt /y\n"));
        assertNotEquals(plain, owned);
        assertNotEquals(plain, moved);
        assertFalse(bench.cachedSteps() > 0);
    }

    @Test
    void heredocText_counts() {
        bench.image(context("FROM base\nCOPY <<EOF /x\none\nEOF\n"));
        bench.image(context("FROM base\nCOPY <<EOF /x\ntwo\nEOF\n"));
        assertEquals(0, bench.cachedSteps());
        bench.image(context("FROM base\nCOPY <<EOF /x\ntwo\nEOF\n"));
        assertEquals(1, bench.cachedSteps());
    }
}
