package dev.priok.build.solve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.priok.core.Digest;
import dev.priok.core.Platform;
import dev.priok.oci.image.ImageConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** COPY --link and ADD --link: layers that do not depend on what is below them. */
class LinkTest {
    private static final String STAGES = """
            FROM base AS made
            RUN make
            FROM %s
            RUN %s
            COPY --link a.txt /opt/app/
            COPY --link --from=made /ran /opt/ran
            """;

    @TempDir
    Path root;

    private Bench bench = new Bench(Path.of("target/unused"));

    @BeforeEach
    void open() {
        bench = new Bench(root);
        bench.executor.behaviour = (process, tree, _) -> {
            tree.write("ran/out", String.join(" ", process.args()));
            return 0;
        };
        MemoryTree other = MemoryTree.empty();
        other.write("etc/other", "another base");
        bench.store.base("other", other, ImageConfig.empty(Platform.current()).withCreated("2020-01-01T00:00:00Z"));
    }

    private static Context context(String dockerfile) {
        return Context.of(dockerfile).file("a.txt", "A").file("b.txt", "B");
    }

    private List<Digest> lastLayers(Digest image, int count) {
        List<Digest> all = bench.store.config(image).rootfs().parsedDiffIds();
        return all.subList(all.size() - count, all.size());
    }

    @Test
    void changedBase_usesTheSameLayersAgain() throws IOException {
        Digest first = bench.image(context(STAGES.formatted("base", "one")));
        Digest second = bench.image(context(STAGES.formatted("other", "one")));
        // FROM, RUN make, and both copies; RUN one is done on the other base.
        assertEquals(3, bench.cachedSteps());
        assertEquals(
                List.of("/bin/sh -c make", "/bin/sh -c one", "/bin/sh -c one"),
                bench.executor.commands().stream().sorted().toList());
        assertNotEquals(first, second);
        assertEquals(lastLayers(first, 2), lastLayers(second, 2));
        MemoryTree tree = bench.store.tree(second);
        assertEquals("another base", tree.text("etc/other"));
        assertEquals("A", tree.text("opt/app/a.txt"));
        assertEquals("/bin/sh -c make", tree.text("opt/ran/out"));
    }

    @Test
    void changedStepBefore_usesTheSameLayersAgain() {
        Digest first = bench.image(context(STAGES.formatted("base", "one")));
        Digest second = bench.image(context(STAGES.formatted("base", "two")));
        assertEquals(3, bench.cachedSteps());
        assertEquals(lastLayers(first, 2), lastLayers(second, 2));
    }

    @Test
    void withoutLink_theLayerIsMadeAgain() {
        String plain = STAGES.replace(" --link", "");
        bench.image(context(plain.formatted("base", "one")));
        bench.image(context(plain.formatted("base", "two")));
        assertEquals(1, bench.cachedSteps());
    }

    @Test
    void whatStandsOnIt_dependsOnWhatIsBelow() {
        bench.image(context("FROM base\nRUN one\nCOPY --link a.txt /opt/\nRUN last\n"));
        bench.image(context("FROM base\nRUN two\nCOPY --link a.txt /opt/\nRUN last\n"));
        assertEquals(
                List.of("/bin/sh -c one", "/bin/sh -c last", "/bin/sh -c two", "/bin/sh -c last"),
                bench.executor.commands());
    }

    @Test
    void changedContent_isCopiedAgain() throws IOException {
        bench.image(context("FROM base\nCOPY --link a.txt /opt/\n"));
        MemoryTree tree =
                bench.tree(context("FROM base\nCOPY --link a.txt /opt/\n").file("a.txt", "new"));
        assertEquals("new", tree.text("opt/a.txt"));
        assertEquals(0, bench.cachedSteps());
    }

    @Test
    void linkAndNoLink_areDifferentLayers() {
        // Without --link the layer has no /etc, which the base has; with it, one of its own.
        bench.image(context("FROM base\nCOPY a.txt /etc/\n"));
        bench.image(context("FROM base\nCOPY --link a.txt /etc/\n"));
        assertEquals(0, bench.cachedSteps());
    }

    @Test
    void ownerByName_needsWhatIsBelow() {
        String dockerfile = "FROM base\nRUN %s\nCOPY --link --chown=%s a.txt /opt/\n";
        bench.image(context(dockerfile.formatted("one", "app")));
        bench.image(context(dockerfile.formatted("two", "app")));
        assertEquals(0, bench.cachedSteps());
        bench.image(context(dockerfile.formatted("one", "7:8")));
        bench.image(context(dockerfile.formatted("two", "7:8")));
        assertEquals(2, bench.cachedSteps());
    }

    @Test
    void addAndNoCache_workToo() throws IOException {
        bench.noCache = true;
        MemoryTree tree = bench.tree(context("FROM base\nADD --link --chmod=600 a.txt b.txt /opt/\n"));
        assertEquals("B", tree.text("opt/b.txt"));
        assertEquals(0600, tree.node("opt/b.txt").permissions());
        assertEquals(
                "root:x:0:0::/root:/bin/sh",
                tree.text("etc/passwd").lines().findFirst().orElse(""));
    }
}
