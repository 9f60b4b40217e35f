package dev.priok.it;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.priok.archive.ParallelGzip;
import dev.priok.archive.TarEntry;
import dev.priok.archive.TarReader;
import dev.priok.archive.TarWriter;
import dev.priok.content.ContentStore;
import dev.priok.core.Digest;
import dev.priok.core.Failure;
import dev.priok.core.ImageReference;
import dev.priok.core.Leases;
import dev.priok.core.Platform;
import dev.priok.database.Database;
import dev.priok.image.Collected;
import dev.priok.image.HistoryEntry;
import dev.priok.image.Image;
import dev.priok.image.ImageStore;
import dev.priok.image.ImageUsers;
import dev.priok.image.Import;
import dev.priok.image.Loaded;
import dev.priok.image.NewImage;
import dev.priok.image.Removed;
import dev.priok.image.Roots;
import dev.priok.oci.image.ChainId;
import dev.priok.oci.image.Descriptor;
import dev.priok.oci.image.History;
import dev.priok.oci.image.ImageConfig;
import dev.priok.oci.image.RootFs;
import dev.priok.snapshot.Layer;
import dev.priok.snapshot.RootFiles;
import dev.priok.snapshot.Snapshot;
import dev.priok.snapshot.Snapshotter;
import dev.priok.snapshot.TarBytes;
import dev.priok.snapshot.Tree;
import dev.priok.snapshot.Unpacking;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Images over real layers: made, saved, loaded, imported, removed; with archives of other tools where they are installed. */
@Tag("root")
@Timeout(120)
class ImageIT {
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
    private static final Platform HERE = Platform.current();

    @TempDir
    Path temp;

    private Leases leases;
    private Database database;
    private ContentStore content;
    private Snapshotter snapshotter;
    private ImageStore images;

    @BeforeEach
    void open() throws IOException {
        leases = new Leases();
        database = Database.open(temp.resolve("priok.db"));
        content = ContentStore.open(temp.resolve("content"), leases);
        snapshotter = Snapshotter.overlay(temp.resolve("snapshots"), database, leases);
        images = ImageStore.open(database, content, snapshotter, leases, () -> NOW);
    }

    @AfterEach
    void close() {
        snapshotter.close();
        database.close();
    }

    private static ImageReference name(String text) {
        return ImageReference.parse(text).withDefaultTag();
    }

    /** Builds an image on another one as the builder does. */
    private Image build(Optional<Image> base, TarBytes files, String tag) throws IOException {
        try (Leases.Lease lease = leases.open()) {
            ImageConfig config = base.map(Image::config).orElse(ImageConfig.empty(HERE));
            snapshotter.prepare("build", config.chainId(), Snapshot.Kind.VOLATILE);
            try (Tree tree = snapshotter.open("build")) {
                RootFiles.unpack(tree.root(), "/", files.stream(), Unpacking.AS_IS);
            }
            Layer layer = snapshotter.commit("build", lease);
            List<Digest> diffIds = new ArrayList<>(config.rootfs().parsedDiffIds());
            diffIds.add(layer.diffId());
            ImageConfig built = config.withRootfs(RootFs.of(diffIds))
                    .withCreated(NOW.toString())
                    .plusHistory(new History(NOW.toString(), "COPY " + tag, "", "", false));
            NewImage fresh = NewImage.built(built, tag.isEmpty() ? List.of() : List.of(name(tag)));
            return images.create(base.map(b -> fresh.withParent(b.id())).orElse(fresh), lease);
        }
    }

    private byte[] save(String... names) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        images.save(List.of(names), out);
        return out.toByteArray();
    }

    private List<Loaded> load(byte[] archive) throws IOException {
        return images.load(new ByteArrayInputStream(archive), _ -> {});
    }

    /** Forgets everything but what is in {@code temp}'s archives. */
    private void removeAll() throws IOException {
        List<Image> leaves = images.list();
        while (!leaves.isEmpty()) {
            for (Image image : leaves) {
                if (image.children().isEmpty()) {
                    images.remove(image.id().toString(), true, false, ImageUsers.NOBODY);
                }
            }
            leaves = images.list();
        }
        assertEquals(List.of(), snapshotter.layers());
        images.collect();
        assertEquals(List.of(), content.list());
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        }
        return out.toByteArray();
    }

    @Test
    void create_image_isThereAfterReopening() throws IOException {
        Image base = build(Optional.empty(), new TarBytes().file("a", "12345"), "base:1");
        Image child = build(Optional.of(base), new TarBytes().file("b", "123"), "child");
        assertEquals(8, child.size());
        close();
        open();
        Image found = images.resolve("child");
        assertEquals(child, found);
        assertEquals(Optional.of(base.id()), found.parent());
        assertEquals(List.of(child.id()), images.resolve("base:1").children());
        assertEquals(Optional.of(NOW), found.lastTagged());
        assertEquals(List.of(), images.verify(child.id()));
        List<HistoryEntry> history = images.history(child.id());
        assertEquals(List.of(3L, 5L), history.stream().map(HistoryEntry::size).toList());
        assertEquals(Optional.of(base.id()), history.get(1).image());
        assertEquals(List.of(name("base:1")), history.get(1).tags());
    }

    @Test
    void reopen_afterACrashOfTheHost_dropsImagesWhoseLayersAreGone() throws IOException {
        Image old = build(Optional.empty(), new TarBytes().file("a", "1"), "old");
        snapshotter.makeDurable(old.config().chainId());
        build(Optional.of(old), new TarBytes().file("b", "2"), "young");
        database.transact(
                tx -> tx.update("UPDATE snapshot_layer SET unsynced_boot = 'another' WHERE unsynced_boot <> ''"));
        snapshotter = Snapshotter.overlay(temp.resolve("snapshots"), database, leases);
        images = ImageStore.open(database, content, snapshotter, leases, () -> NOW);
        assertEquals(List.of(old.id()), images.list().stream().map(Image::id).toList());
        assertThrows(Failure.class, () -> images.resolve("young"));
    }

    @Test
    void create_missingLayers_isRefused() {
        ImageConfig config = ImageConfig.empty(HERE).withRootfs(RootFs.of(List.of(Digest.sha256(new byte[0]))));
        try (Leases.Lease lease = leases.open()) {
            Failure failure =
                    assertThrows(Failure.class, () -> images.create(NewImage.built(config, List.of()), lease));
            assertEquals(Failure.Kind.INVALID, failure.kind());
        }
    }

    @Test
    void tag_takenName_movesIt() throws IOException {
        Image one = build(Optional.empty(), new TarBytes().file("a", "1"), "x");
        Image two = build(Optional.empty(), new TarBytes().file("a", "2"), "y");
        images.tag(two.id(), name("x"));
        assertEquals(two.id(), images.resolve("x").id());
        assertTrue(images.find(one.id()).orElseThrow().dangling());
        assertThrows(Failure.class, () -> images.tag(two.id(), name("sha256:x")));
    }

    @Test
    void saveLoad_builtImages_areTheSameBytesAgain() throws IOException {
        Image base = build(
                Optional.empty(),
                new TarBytes().folder("d").file("d/a", "12345").link("l", "d/a"),
                "base:1");
        Image child = build(Optional.of(base), new TarBytes().file("b", "123").hardLink("c", "b"), "child");
        byte[] archive = save("base:1", "child");
        assertArrayEquals(archive, save("base:1", "child"));
        removeAll();
        List<Loaded> loaded = load(archive);
        assertEquals(
                List.of(
                        new Loaded(base.id(), List.of(name("base:1")), Map.of()),
                        new Loaded(child.id(), List.of(name("child")), Map.of())),
                loaded);
        assertArrayEquals(archive, save("base:1", "child"));
        assertEquals(List.of(), content.list(), "tars that can be written again are not kept");
        try (Tree tree = snapshotter.open(child.config().chainId())) {
            assertEquals(5, RootFiles.stat(tree.root(), "/d/a").size());
        }
        assertEquals(List.of(), images.verify(child.id()));
    }

    @Test
    void load_compressedArchive_isTheSame() throws IOException {
        Image image = build(Optional.empty(), new TarBytes().file("a", "1"), "x");
        byte[] archive = save("x");
        removeAll();
        assertEquals(image.id(), load(gzip(archive)).getFirst().image());
        assertEquals(List.of(name("x")), images.resolve("x").tags());
    }

    @Test
    void load_foreignTar_keepsItsBytes() throws IOException {
        // The order of names and the owner's name differ from what is written here.
        byte[] layer = new TarBytes().file("z", "1").file("a", "2").bytes();
        byte[] stored = gzip(layer);
        byte[] archive = dockerArchive(stored, Digest.sha256(layer));
        Loaded loaded = load(archive).getFirst();
        assertEquals(List.of(name("foreign:v1")), loaded.tags());
        assertEquals(Digest.sha256(stored), content.list().getFirst().digest());
        TarReader reader = new TarReader(new ByteArrayInputStream(save("foreign:v1")));
        boolean found = false;
        Optional<TarEntry> next = reader.next();
        while (next.isPresent()) {
            if (next.get().name().endsWith(Digest.sha256(layer).hex())) {
                assertArrayEquals(layer, reader.readAllBytes());
                found = true;
            }
            next = reader.next();
        }
        assertTrue(found);
        assertEquals(List.of(), images.verify(loaded.image()));
    }

    /** An old archive: layers in folders of their own, one by a link. */
    private static byte[] dockerArchive(byte[] stored, Digest diffId) throws IOException {
        String config = "{\"architecture\":\"" + HERE.architecture()
                + "\",\"os\":\"linux\",\"config\":{\"Cmd\":[\"sh\"]},\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\""
                + diffId
                + "\"]}}";
        String hex = Digest.sha256(config.getBytes(StandardCharsets.UTF_8)).hex();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarWriter tar = new TarWriter(bytes)) {
            tar.put(TarEntry.folder("abc", 0755, 0));
            tar.put(TarEntry.file("abc/VERSION", 0644, 3, 0), "1.0".getBytes(StandardCharsets.UTF_8));
            tar.put(TarEntry.file("abc/layer.tar", 0644, stored.length, 0), stored);
            tar.put(TarEntry.symbolicLink("def/layer.tar", "../abc/layer.tar", 0));
            tar.put(TarEntry.file(hex + ".json", 0644, config.length(), 0), config.getBytes(StandardCharsets.UTF_8));
            String manifest =
                    "[{\"Config\":\"" + hex + ".json\",\"RepoTags\":[\"foreign:v1\"],\"Layers\":[\"def/layer.tar\"]}]";
            tar.put(
                    TarEntry.file("manifest.json", 0644, manifest.length(), 0),
                    manifest.getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }

    @Test
    void load_wrongDiffId_isRefusedAndLeavesNothing() throws IOException {
        byte[] layer = new TarBytes().file("a", "2").bytes();
        byte[] archive = dockerArchive(layer, Digest.sha256(new byte[] {1}));
        Failure failure = assertThrows(Failure.class, () -> load(archive));
        assertTrue(failure.message().startsWith("invalid diffID for layer 0"), failure.message());
        assertEquals(List.of(), images.list());
        assertEquals(List.of(), content.list());
        assertEquals(List.of(), snapshotter.layers());
    }

    @Test
    void load_noArchive_isRefused() throws IOException {
        byte[] other = new TarBytes().file("a", "2").bytes();
        assertTrue(assertThrows(Failure.class, () -> load(other)).message().startsWith("unsupported archive"));
        assertThrows(
                Failure.class, () -> load("hello, this is no tar".repeat(100).getBytes(StandardCharsets.UTF_8)));
        byte[] damaged = new TarBytes()
                .file("blobs/sha256/" + "0".repeat(64), "x")
                .file("index.json", "{}")
                .bytes();
        assertThrows(Failure.class, () -> load(damaged));
        assertEquals(List.of(), content.list());
    }

    @Test
    void importRoot_tarWithChanges_isAnImage() throws IOException {
        byte[] tar = gzip(new TarBytes().folder("bin").file("bin/sh", "#!").bytes());
        Image image = images.importRoot(
                new ByteArrayInputStream(tar),
                new Import(Optional.of(name("imported:1")), List.of("CMD [\"/bin/sh\"]", "ENV A=b"), "by hand", HERE));
        assertEquals(List.of("/bin/sh"), image.config().config().cmd());
        assertEquals(List.of("A=b"), image.config().config().env());
        assertEquals("by hand", image.config().comment());
        assertEquals(image.id(), images.resolve("imported:1").id());
        assertEquals(2, image.size());
        assertEquals(List.of(), snapshotter.snapshots());
        assertThrows(
                Failure.class,
                () -> images.importRoot(
                        new ByteArrayInputStream(new TarBytes().file("../x", "").bytes()),
                        new Import(Optional.empty(), List.of(), "", HERE)));
        assertEquals(List.of(), snapshotter.snapshots());
    }

    @Test
    void remove_lastImage_givesTheLayersBack() throws IOException {
        Image base = build(Optional.empty(), new TarBytes().file("a", "12345"), "base");
        Image child = build(Optional.of(base), new TarBytes().file("b", "123"), "child");
        List<Removed> removed = images.remove("child", false, true, ImageUsers.NOBODY);
        assertEquals(
                List.of(
                        new Removed.Untagged(name("child"), child.id()),
                        new Removed.Deleted(child.id()),
                        new Removed.LayerDeleted(
                                child.config().chainId().digest().orElseThrow())),
                removed);
        assertEquals(1, snapshotter.layers().size());
        Failure used = assertThrows(
                Failure.class,
                () -> images.remove("base", false, true, _ -> List.of(new ImageUsers.User("c1", false))));
        assertEquals(Failure.Kind.CONFLICT, used.kind());
        assertTrue(images.find(base.id()).isPresent());
        images.remove("base", false, true, ImageUsers.NOBODY);
        assertEquals(List.of(), snapshotter.layers());
    }

    @Test
    void collect_rootsOfOthers_areSpared() throws IOException {
        Image image = build(Optional.empty(), new TarBytes().file("a", "1"), "x");
        ChainId chain = image.config().chainId();
        List<Roots> roots = new ArrayList<>(List.of(new Roots(Set.of(), Set.of(chain))));
        images.addRoots(roots::getFirst);
        images.remove("x", false, true, ImageUsers.NOBODY);
        assertTrue(snapshotter.layer(chain).isPresent());
        roots.set(0, Roots.NONE);
        Collected collected = images.collect();
        assertEquals(List.of(chain.digest().orElseThrow()), collected.layers());
        assertEquals(1, collected.bytes());
    }

    @Test
    void layerBlob_builtLayer_isMadeOnceAndTheSame() throws IOException {
        Image image = build(Optional.empty(), new TarBytes().file("a", "x".repeat(10_000)), "x");
        try (Leases.Lease lease = leases.open()) {
            Descriptor blob = images.layerBlob(image.config().chainId(), lease);
            assertEquals(blob, images.layerBlob(image.config().chainId(), lease));
            assertTrue(content.verify(blob.parsedDigest()));
            assertTrue(blob.size() < 1000);
            content.delete(blob.parsedDigest());
            assertEquals(blob, images.layerBlob(image.config().chainId(), lease), "the same bytes each time");
        }
        images.collect();
        assertEquals(1, content.list().size(), "kept for the next push");
        assertEquals(List.of(), images.verify(image.id()));
    }

    private String run(String... command) throws IOException, InterruptedException {
        Path log = temp.resolve("log");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        assertTrue(process.waitFor(60, TimeUnit.SECONDS));
        String text = Files.readString(log);
        assertEquals(0, process.exitValue(), text);
        return text;
    }

    private static boolean isInstalled(String program) {
        return Files.isExecutable(Path.of("/usr/bin", program));
    }

    @Test
    void save_archive_isReadBySkopeo() throws Exception {
        assumeTrue(isInstalled("skopeo"), "skopeo is not installed");
        Image base = build(Optional.empty(), new TarBytes().file("a", "1"), "base:1");
        Image child = build(Optional.of(base), new TarBytes().file("b", "2"), "child:7");
        Path archive = temp.resolve("saved.tar");
        Files.write(archive, save("child:7"));
        String docker = run("skopeo", "inspect", "docker-archive:" + archive);
        assertTrue(docker.contains(child.config().rootfs().diffIds().get(1)), docker);
        String oci = run("skopeo", "inspect", "oci-archive:" + archive);
        assertTrue(oci.contains(child.config().rootfs().diffIds().get(1)), oci);
        // Copying verifies every digest; gz layers come back.
        Path copy = temp.resolve("copy.tar");
        run("skopeo", "copy", "docker-archive:" + archive, "oci-archive:" + copy + ":docker.io/library/copied:1");
        removeAll();
        Loaded loaded = load(Files.readAllBytes(copy)).getFirst();
        assertEquals(List.of(name("copied:1")), loaded.tags());
        Image again = images.resolve("copied:1");
        assertEquals(child.config().rootfs(), again.config().rootfs());
        assertEquals(List.of(), images.verify(again.id()));
        run("skopeo", "copy", "oci-archive:" + copy, "docker-archive:" + temp.resolve("d.tar") + ":third:1");
        removeAll();
        assertEquals(
                child.config().rootfs(),
                images.find(load(Files.readAllBytes(temp.resolve("d.tar")))
                                .getFirst()
                                .image())
                        .orElseThrow()
                        .config()
                        .rootfs());
    }

    @Test
    void load_layoutMadeByUmoci_hasItsFiles() throws Exception {
        assumeTrue(isInstalled("umoci"), "umoci is not installed");
        Path layout = temp.resolve("layout");
        Path bundle = temp.resolve("bundle");
        run("umoci", "init", "--layout", layout.toString());
        run("umoci", "new", "--image", layout + ":v1");
        run("umoci", "unpack", "--image", layout + ":v1", bundle.toString());
        Files.createDirectories(bundle.resolve("rootfs/etc"));
        Files.writeString(bundle.resolve("rootfs/etc/name"), "made by umoci");
        Files.writeString(bundle.resolve("rootfs/gone"), "x");
        run("umoci", "repack", "--image", layout + ":v1", bundle.toString());
        run("rm", "-rf", bundle.toString());
        run("umoci", "unpack", "--image", layout + ":v1", bundle.toString());
        Files.delete(bundle.resolve("rootfs/gone"));
        Files.writeString(bundle.resolve("rootfs/new"), "y");
        run("umoci", "repack", "--image", layout + ":v1", bundle.toString());
        run("tar", "-C", layout.toString(), "-cf", temp.resolve("layout.tar").toString(), ".");
        Loaded loaded = load(Files.readAllBytes(temp.resolve("layout.tar"))).getFirst();
        Image image = images.find(loaded.image()).orElseThrow();
        assertEquals(2, image.config().rootfs().diffIds().size());
        try (Tree tree = snapshotter.open(image.config().chainId())) {
            assertEquals(13, RootFiles.stat(tree.root(), "/etc/name").size());
            assertEquals(1, RootFiles.stat(tree.root(), "/new").size());
            assertThrows(Failure.class, () -> RootFiles.stat(tree.root(), "/gone"));
        }
        assertEquals(List.of(), images.verify(image.id()));
    }

    @Test
    void import_tarOfGnuTar_keepsSparseFilesAndAttributes() throws Exception {
        Path tree = Files.createDirectories(temp.resolve("tree/deep/" + "n".repeat(120)));
        run("truncate", "-s", "40M", tree.resolve("sparse").toString());
        Files.writeString(tree.resolve("text"), "text");
        Files.setAttribute(tree.resolve("text"), "user:note", java.nio.ByteBuffer.wrap(new byte[] {0, -1}));
        for (String format : List.of("gnu", "posix", "pax:0.1")) {
            List<String> command = new ArrayList<>(List.of(
                    "tar",
                    "--format=" + (format.equals("gnu") ? "gnu" : "posix"),
                    "--sparse",
                    "-C",
                    temp.resolve("tree").toString(),
                    "-cf",
                    temp.resolve("t.tar").toString()));
            if (!format.equals("gnu")) {
                command.add("--xattrs");
            }
            if (format.startsWith("pax:")) {
                command.add("--sparse-version=" + format.substring(4));
            }
            command.add(".");
            run(command.toArray(String[]::new));
            Image image = images.importRoot(
                    Files.newInputStream(temp.resolve("t.tar")), new Import(Optional.empty(), List.of(), "", HERE));
            Path unpacked = snapshotter
                    .layer(image.config().chainId())
                    .orElseThrow()
                    .folder()
                    .resolve("deep/" + "n".repeat(120));
            assertEquals(40 << 20, Files.size(unpacked.resolve("sparse")), format);
            assertEquals("text", Files.readString(unpacked.resolve("text")));
            String blocks = run("stat", "-c", "%b", unpacked.resolve("sparse").toString())
                    .strip();
            assertTrue(Long.parseLong(blocks) < 1000, format + ": " + blocks + " blocks");
            if (!format.equals("gnu")) {
                assertArrayEquals(
                        new byte[] {0, -1}, (byte[]) Files.getAttribute(unpacked.resolve("text"), "user:note"));
            }
            removeAll();
        }
    }

    @Test
    void parallelGzip_output_isReadByGzip() throws Exception {
        Path file = temp.resolve("x.gz");
        byte[] text = "The quick brown fox\n".repeat(100_000).getBytes(StandardCharsets.UTF_8);
        try (ParallelGzip gzip = new ParallelGzip(Files.newOutputStream(file))) {
            gzip.write(text);
        }
        assertFalse(run("gzip", "-tv", file.toString()).isEmpty());
        run("gunzip", file.toString());
        assertArrayEquals(text, Files.readAllBytes(temp.resolve("x")));
    }
}
