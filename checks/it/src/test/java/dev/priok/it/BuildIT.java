package dev.priok.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.build.BuildEvent;
import dev.priok.build.ImageAnalysis;
import dev.priok.build.Secret;
import dev.priok.core.Digest;
import dev.priok.oci.image.ChainId;
import dev.priok.snapshot.Layer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Builds with real layers and real processes. */
@Tag("root")
@Timeout(180)
class BuildIT {
    @TempDir
    Path folder;

    private BuildBox box;

    @BeforeEach
    void open() throws IOException {
        box = new BuildBox(folder);
    }

    @AfterEach
    void close() throws IOException {
        assertEquals(
                List.of(),
                box.snapshotter().snapshots().stream().map(s -> s.key()).toList());
        try (Stream<Path> left = Files.list(folder.resolve("build/scratch"))) {
            assertEquals(List.of(), left.toList());
        }
        box.close();
    }

    private Digest build(String dockerfile, String tag) throws IOException {
        return build(Map.of("Dockerfile", dockerfile), tag);
    }

    private Digest build(Map<String, String> context, String tag) throws IOException {
        BuildEvent.Ended end = box.build(BuildBox.context(context), tag);
        return assertInstanceOf(BuildEvent.Done.class, end, () -> end + "\n" + box.output())
                .imageId();
    }

    @Test
    void build_makesLayersAndFindsThemAgainAfterARestart() throws IOException {
        Map<String, String> context = Map.of("Dockerfile", """
                FROM bb AS first
                WORKDIR /work
                RUN echo made > made && mkdir dir && echo gone > dir/gone
                COPY a.txt dir/
                RUN rm dir/gone && cat dir/a.txt > copied
                USER app
                RUN id -u > /tmp-id || true; echo "$HOME $(id -u):$(id -g)"
                FROM bb
                COPY --from=first --chown=app /work /result
                RUN --mount=type=cache,target=/c echo kept >> /c/log
                """, "a.txt", "from context");
        Digest image = build(context, "out:1");
        assertTrue(box.output().contains("/home/app 1000:1000"), box.output());
        assertEquals("made\n", box.read("out:1", "result/made"));
        assertEquals("from context", box.read("out:1", "result/copied"));
        assertFalse(box.exists("out:1", "result/dir/gone"));
        assertFalse(box.exists("out:1", "c"));
        for (String stub : new String[] {"proc", "sys", "dev"}) {
            assertFalse(box.exists("out:1", stub), stub);
        }
        box.close();
        box.open();
        assertEquals(image, build(context, "out:2"));
        assertEquals(8, box.cached());
        assertEquals(List.of(), box.images().verify(image));
    }

    @Test
    void sameInputs_sameImage_inAnotherRootAtAnotherTime() throws Exception {
        Map<String, String> context = Map.of("Dockerfile", """
                FROM bb AS first
                RUN mkdir -p /a/b && echo "$SOURCE_DATE_EPOCH" > /a/b/c && ls -l /bin > /a/list
                FROM bb
                WORKDIR /work
                COPY . .
                COPY --from=first /a /a
                RUN echo x >> /etc/passwd
                """, "a.txt", "A");
        Digest image = build(context, "out:1");
        ByteArrayOutputStream base = new ByteArrayOutputStream();
        box.images().save(List.of("bb"), base);
        Thread.sleep(1100);
        try (BuildBox other = new BuildBox(Files.createDirectory(folder.resolve("other-root")))) {
            other.images().load(new ByteArrayInputStream(base.toByteArray()), _ -> {});
            BuildEvent.Ended end = other.build(BuildBox.context(context), "out:1");
            assertEquals(
                    image,
                    assertInstanceOf(BuildEvent.Done.class, end, () -> end + "\n" + other.output())
                            .imageId());
            assertTrue(other.image("out:1").created().isAfter(box.image("out:1").created()));
        }
    }

    @Test
    void analyze_tellsWasteAndLeftovers() throws IOException {
        build("""
                FROM bb
                RUN echo 123456789 > /big; mkdir -p /var/lib/apt/lists; echo list > /var/lib/apt/lists/x
                RUN rm /big
                """, "out:1");
        ImageAnalysis analysis = box.builder().analyze("out:1");
        assertEquals(List.of(new ImageAnalysis.Waste("big", 10, 1)), analysis.wasted());
        assertEquals(10, analysis.wastedBytes());
        assertEquals("package lists of apt", analysis.leftovers().getFirst().kind());
        assertEquals(1, analysis.layers().getLast().removed());
        assertTrue(analysis.layers().getLast().createdBy().contains("rm /big"));
    }

    @Test
    void failedStep_leavesNothing() throws IOException {
        BuildEvent.Ended end =
                box.build(BuildBox.context(Map.of("Dockerfile", "FROM bb\nRUN echo before; exit 3\n")), "never:1");
        BuildEvent.Failed failed = assertInstanceOf(BuildEvent.Failed.class, end);
        assertEquals(3, failed.exitCode());
        assertEquals("The command '/bin/sh -c echo before; exit 3' returned a non-zero code: 3", failed.message());
        assertEquals("before\n", box.output());
    }

    @Test
    void links_neverLeadOutOfTheRoot() throws IOException {
        build(
                Map.of(
                        "Dockerfile",
                        "FROM bb\nCOPY a.txt /escape/stolen\nCOPY a.txt /escape/\nWORKDIR /escape/deeper\nRUN echo x > /escape/ran\n",
                        "a.txt",
                        "a"),
                "links:1");
        try (Stream<Path> outside = Files.list(folder.resolve("outside"))) {
            assertEquals(List.of(), outside.toList());
        }
        String inside = folder.resolve("outside").toString().substring(1);
        assertEquals("a", box.read("links:1", inside + "/stolen"));
        assertEquals("x\n", box.read("links:1", inside + "/ran"));
    }

    @Test
    void mounts_areSeenAndDoNotStay() throws IOException {
        box.secrets = Map.of("key", new Secret("hush".getBytes(StandardCharsets.UTF_8)));
        build(Map.of("Dockerfile", """
                        FROM bb
                        RUN --mount=type=secret,id=key --mount=target=/ctx cat /run/secrets/key /ctx/a.txt > /both
                        RUN --mount=type=cache,target=/c,id=shared echo one >> /c/log
                        RUN --mount=type=cache,target=/c,id=shared cat /c/log > /log
                        RUN --mount=type=tmpfs,target=/t echo x > /t/x && test -e /t/x
                        RUN <<EOF
                        #!/bin/cat
                        a script of its own
                        EOF
                        """, "a.txt", "A"), "mounts:1");
        assertEquals("hushA", box.read("mounts:1", "both"));
        assertEquals("one\n", box.read("mounts:1", "log"));
        assertTrue(box.output().contains("a script of its own"), box.output());
        for (String path : new String[] {"run", "ctx", "c", "t", "dev"}) {
            assertFalse(box.exists("mounts:1", path), path);
        }
    }

    /** What a copy comes to is the same on other layers when it meets the same there: then its files are not written again. */
    @Test
    void copy_isMovedToOtherLayersWhenItMeetsTheSame() throws IOException {
        String before = "FROM bb\nRUN mkdir -p /opt/x && echo %s > /note\n";
        // The third makes another layer than the first: of two that are alike, either may give its files to a moved
        // one.
        String after = "COPY d /opt/x/new\nCOPY d/f /opt/x/\nCOPY --chmod=600 d /opt/x/new\n";
        Map<String, String> files = Map.of("d/f", "from context");
        List<Layer> first = layers(before.formatted("one") + after, files, "out:1");
        List<Layer> second = layers(before.formatted("two") + after, files, "out:2");
        for (int i = 2; i <= 4; i++) {
            assertEquals(first.get(i).diffId(), second.get(i).diffId());
            assertNotEquals(first.get(i).chainId(), second.get(i).chainId());
        }
        assertEquals(inode(first.get(2), "opt/x/new/f"), inode(second.get(2), "opt/x/new/f"));
        assertEquals(inode(first.get(3), "opt/x/f"), inode(second.get(3), "opt/x/f"));
        // The last one replaces what is there, and is done each time.
        assertNotEquals(inode(first.get(4), "opt/x/new/f"), inode(second.get(4), "opt/x/new/f"));
        assertEquals("from context", box.read("out:2", "opt/x/new/f"));
        assertEquals("two\n", box.read("out:2", "note"));
        assertEquals(
                List.of(), box.images().verify(box.images().resolve("out:2").id()));

        // Other folders on the way, and a file in the way: nothing of before fits.
        List<Layer> third = layers(
                "FROM bb\nRUN mkdir -p /opt/x && chmod 700 /opt && echo there > /opt/x/f\n" + after, files, "out:3");
        assertNotEquals(inode(first.get(2), "opt/x/new/f"), inode(third.get(2), "opt/x/new/f"));
        assertNotEquals(inode(first.get(3), "opt/x/f"), inode(third.get(3), "opt/x/f"));
        assertEquals(0700, (int) Files.getAttribute(third.get(2).folder().resolve("opt"), "unix:mode") & 07777);
        assertEquals("from context", box.read("out:3", "opt/x/f"));
        Digest image = box.images().resolve("out:3").id();
        assertEquals(List.of(), box.images().verify(image));
    }

    private List<Layer> layers(String dockerfile, Map<String, String> files, String tag) throws IOException {
        Map<String, String> context = new HashMap<>(files);
        context.put("Dockerfile", dockerfile);
        Digest image = build(context, tag);
        List<Digest> diffIds =
                box.images().resolve(image.toString()).config().rootfs().parsedDiffIds();
        return box.snapshotter().chain(ChainId.of(diffIds));
    }

    private static Object inode(Layer layer, String path) throws IOException {
        return Files.getAttribute(layer.folder().resolve(path), "unix:ino");
    }

    @Test
    void cancel_killsTheProcess() throws Exception {
        Thread canceller = Thread.ofVirtual().start(() -> {
            while (true) {
                synchronized (box.events) {
                    if (box.events.stream().anyMatch(e -> e instanceof BuildEvent.RunningIn)) {
                        break;
                    }
                }
                Thread.onSpinWait();
            }
            box.cancel.cancel();
        });
        BuildEvent.Ended end = box.build(BuildBox.context(Map.of("Dockerfile", "FROM bb\nRUN sleep 100\n")), "never:1");
        canceller.join();
        assertEquals(
                "build cancelled",
                assertInstanceOf(BuildEvent.Failed.class, end).message());
    }

    @Test
    void scratch_holdsOnlyWhatIsCopied() throws IOException {
        build(Map.of("Dockerfile", "FROM scratch\nCOPY a.txt /\n", "a.txt", "alone"), "tiny:1");
        assertEquals("alone", box.read("tiny:1", "a.txt"));
        assertEquals(1, box.image("tiny:1").config().rootfs().diffIds().size());
    }

    @Test
    void prunedCache_givesLayersBack() throws IOException {
        build("FROM bb\nRUN echo one > /one\n", "pruned:1");
        int layers = box.snapshotter().layers().size();
        box.images().remove("pruned:1", true, true, dev.priok.image.ImageUsers.NOBODY);
        box.images().collect();
        assertEquals(layers, box.snapshotter().layers().size());
        assertEquals(1, box.builder().cache().prune(_ -> true).keys().size());
        assertEquals(layers - 1, box.snapshotter().layers().size());
    }
}
