package dev.priok.it;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.archive.TarEntry;
import dev.priok.core.Digest;
import dev.priok.core.Failure;
import dev.priok.core.Leases;
import dev.priok.database.Database;
import dev.priok.linux.DescriptorCalls;
import dev.priok.linux.Fd;
import dev.priok.linux.FileCalls;
import dev.priok.linux.FileStat;
import dev.priok.linux.OpenFlag;
import dev.priok.linux.Resolve;
import dev.priok.oci.image.ChainId;
import dev.priok.snapshot.Change;
import dev.priok.snapshot.Layer;
import dev.priok.snapshot.LayerIntake;
import dev.priok.snapshot.RootFiles;
import dev.priok.snapshot.Snapshot;
import dev.priok.snapshot.Snapshotter;
import dev.priok.snapshot.TarBytes;
import dev.priok.snapshot.Tree;
import dev.priok.snapshot.Unpacking;
import dev.priok.snapshot.Usage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Layers and snapshots on the real overlayfs. */
@Tag("root")
@Tag("v2")
@Timeout(120)
class SnapshotIT {
    /** A capability as setcap stores it: version 2, effective, CAP_NET_RAW. */
    private static final byte[] NET_RAW = {1, 0, 0, 2, 0, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};

    private final FileCalls files = FileCalls.host();
    private final Leases leases = new Leases();
    private final Leases.Lease lease = leases.open();

    @TempDir
    Path temp;

    private Database database;
    private Snapshotter snapshotter;

    @BeforeEach
    void open() throws IOException {
        database = Database.open(temp.resolve("priok.db"));
        snapshotter = Snapshotter.overlay(temp.resolve("snapshots"), database, leases);
    }

    @AfterEach
    void close() {
        snapshotter.close();
        database.close();
    }

    /** What a kill and a new start do; the boot of the host is the same. */
    private void reopen() throws IOException {
        close();
        open();
    }

    private ChainId layers(TarBytes... tars) throws IOException {
        try (LayerIntake intake = snapshotter.intake()) {
            List<LayerIntake.Unpacked> unpacked = new ArrayList<>();
            for (TarBytes tar : tars) {
                unpacked.add(intake.unpack(tar.stream()));
            }
            return intake.commit(ChainId.SCRATCH, unpacked, lease).getLast().chainId();
        }
    }

    private String read(Fd root, String path) throws IOException {
        try (Fd fd = files.openat2(root, path, OpenFlag.RDONLY, 0, Resolve.INSIDE)) {
            ByteBuffer buffer = ByteBuffer.allocateDirect(1000);
            DescriptorCalls.host().read(fd, buffer);
            return StandardCharsets.UTF_8.decode(buffer.flip()).toString();
        }
    }

    private void write(Fd root, String path, String text) throws IOException {
        try (Fd fd =
                files.openat2(root, path, OpenFlag.WRONLY | OpenFlag.CREAT | OpenFlag.TRUNC, 0644, Resolve.INSIDE)) {
            DescriptorCalls.host().writeAll(fd, text.getBytes(StandardCharsets.UTF_8));
        }
    }

    private List<String> list(Fd root, String path) throws IOException {
        try (Fd fd = files.openat2(root, path, OpenFlag.RDONLY | OpenFlag.DIRECTORY, 0, Resolve.INSIDE)) {
            return files.list(fd).stream().sorted().toList();
        }
    }

    private FileStat stat(Fd root, String path) throws IOException {
        try (Fd fd = files.openat2(root, path, OpenFlag.PATH | OpenFlag.NOFOLLOW, 0, Resolve.INSIDE)) {
            return files.stat(fd);
        }
    }

    private static TarBytes base() throws IOException {
        return new TarBytes()
                .folder("etc")
                .file("etc/name", "base")
                .file("etc/gone", "x")
                .folder("var")
                .add(TarEntry.folder("tmp", 01777, 5))
                .file("var/a", "1")
                .file("var/b", "2")
                .link("lib", "usr/lib");
    }

    @Test
    void open_layersWithWhiteouts_showsTheMergedTree() throws IOException {
        ChainId chain = layers(
                base(),
                new TarBytes()
                        .file("etc/.wh.gone", "")
                        .file("etc/name", "upper")
                        .folder("var")
                        .file("var/.wh..wh..opq", "")
                        .file("var/c", "3")
                        .file("tmp/x", ""));
        try (Tree tree = snapshotter.open(chain)) {
            assertEquals(List.of("etc", "lib", "tmp", "var"), list(tree.root(), "."));
            assertEquals(List.of("name"), list(tree.root(), "etc"));
            assertEquals("upper", read(tree.root(), "etc/name"));
            assertEquals(List.of("c"), list(tree.root(), "var"));
            assertEquals(01777, stat(tree.root(), "tmp").permissions(), "a folder that the tar does not name");
            assertEquals(5, stat(tree.root(), "tmp").modifiedSeconds());
            assertThrows(IOException.class, () -> write(tree.root(), "etc/name", "no"));
        }
    }

    @Test
    void open_rootMarkedOpaque_hidesEverythingBelow() throws IOException {
        ChainId chain = layers(
                base(), new TarBytes().file(".wh..wh..opq", "").folder("etc").file("new", "1"));
        try (Tree tree = snapshotter.open(chain)) {
            assertEquals(List.of("etc", "new"), list(tree.root(), "."));
            assertEquals(List.of(), list(tree.root(), "etc"));
        }
    }

    @Test
    void unpack_devicesCapabilitiesOwners_areKept() throws IOException {
        TarEntry device =
                new TarEntry("null", TarEntry.Type.CHARACTER_DEVICE, 0666, 0, 5, 0, 3, 0, "", 1, 3, new TreeMap<>());
        TarEntry fifo = new TarEntry("fifo", TarEntry.Type.FIFO, 0622, 7, 8, 0, 3, 0, "", 0, 0, new TreeMap<>());
        TarEntry ping = TarEntry.file("ping", 04755, 0, 3)
                .withOwner(1000, 2_000_000)
                .withXattrs(Map.of("security.capability", NET_RAW));
        ChainId chain = layers(new TarBytes().add(device).add(fifo).add(ping));
        try (Tree tree = snapshotter.open(chain)) {
            FileStat node = stat(tree.root(), "null");
            assertEquals(FileStat.CHARACTER_DEVICE | 0666, node.mode());
            assertEquals(List.of(1, 3, 5), List.of(node.deviceMajor(), node.deviceMinor(), node.gid()));
            assertEquals(FileStat.FIFO | 0622, stat(tree.root(), "fifo").mode());
            assertEquals(04755, stat(tree.root(), "ping").permissions());
            assertEquals(2_000_000, stat(tree.root(), "ping").gid());
            try (Fd file = files.openat2(tree.root(), "ping", OpenFlag.RDONLY, 0, Resolve.INSIDE)) {
                assertArrayEquals(
                        NET_RAW, files.getXattr(file, "security.capability").orElseThrow());
            }
        }
    }

    @Test
    void commit_whatWasWritten_isALayerThatIsWrittenAgainTheSame() throws IOException {
        ChainId below = layers(base());
        snapshotter.prepare("step", below, Snapshot.Kind.VOLATILE);
        try (Tree tree = snapshotter.open("step")) {
            write(tree.root(), "etc/name", "changed");
            write(tree.root(), "new", "12345");
            try (Fd etc = files.openat2(tree.root(), "etc", OpenFlag.PATH, 0, Resolve.INSIDE);
                    Fd var = files.openat2(tree.root(), "var", OpenFlag.PATH, 0, Resolve.INSIDE)) {
                files.unlink(etc, "gone");
                files.unlink(var, "a");
                files.unlink(var, "b");
                files.rmdir(tree.root(), "var");
                files.mkdir(tree.root(), "var", 0755);
                files.mkdir(tree.root(), "fresh", 0755);
                files.link(tree.root(), "new", tree.root(), "other");
            }
            write(tree.root(), "fresh/x", "y");
        }
        assertEquals(
                List.of(
                        "C /etc",
                        "D /etc/gone",
                        "C /etc/name",
                        "A /fresh",
                        "A /fresh/x",
                        "A /new",
                        "A /other",
                        "C /var"),
                snapshotter.changes("step").stream()
                        .map(c -> c.kind().letter() + " " + c.path())
                        .toList());
        assertEquals(new Usage(7 + 5 + 1, 7), snapshotter.usage("step"));
        Layer layer = snapshotter.commit("step", lease);
        assertTrue(snapshotter.find("step").isEmpty());
        assertEquals(13, layer.size());
        ByteArrayOutputStream tar = new ByteArrayOutputStream();
        snapshotter.writeLayer(layer.chainId(), tar);
        assertEquals(layer.diffId(), Digest.sha256(tar.toByteArray()));
        assertEquals(
                List.of(
                        "etc/",
                        "etc/.wh.gone",
                        "etc/name",
                        "fresh/",
                        "fresh/x",
                        "new",
                        "other -> new",
                        "var/",
                        "var/.wh..wh..opq"),
                TarBytes.names(tar.toByteArray()));
        try (Tree tree = snapshotter.open(layer.chainId())) {
            assertEquals("changed", read(tree.root(), "etc/name"));
            assertEquals(List.of(), list(tree.root(), "var"));
            assertEquals(List.of("name"), list(tree.root(), "etc"));
        }
        // The tar unpacked elsewhere is the same layer.
        try (LayerIntake intake = snapshotter.intake()) {
            LayerIntake.Unpacked again = intake.unpack(new ByteArrayInputStream(tar.toByteArray()));
            assertEquals(layer.diffId(), again.diffId());
            assertEquals(
                    layer.folder(),
                    intake.commit(below, List.of(again), lease).getFirst().folder(),
                    "the layer that was there");
        }
    }

    @Test
    void commit_theSameTwice_isOneLayer() throws IOException {
        List<Path> folders = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            snapshotter.prepare("s", ChainId.SCRATCH, Snapshot.Kind.WRITABLE);
            try (Tree tree = snapshotter.open("s")) {
                write(tree.root(), "f", "same");
                files.setTimes(tree.root(), "f", 7, 0);
            }
            folders.add(snapshotter.commit("s", lease).folder());
        }
        assertEquals(folders.get(0), folders.get(1));
        assertEquals(1, snapshotter.layers().size());
    }

    @Test
    void share_layerThatStandsOnNothing_isTheSameOnTopOfOthers() throws IOException {
        snapshotter.prepare("alone", ChainId.SCRATCH, Snapshot.Kind.VOLATILE);
        try (Tree tree = snapshotter.open("alone")) {
            files.mkdir(tree.root(), "etc", 0700);
            files.mkdir(tree.root(), "opt", 0750);
            files.chown(tree.root(), "opt", 7, 8);
            write(tree.root(), "opt/file", "text");
            files.symlink("file", tree.root(), "link");
            write(tree.root(), "etc/name", "above");
        }
        Layer alone = snapshotter.commit("alone", OptionalLong.of(1_000), lease);
        ChainId below = layers(base());
        Layer shared;
        try (LayerIntake intake = snapshotter.intake()) {
            shared = intake.commit(below, List.of(intake.share(alone)), lease).getFirst();
        }
        assertEquals(alone.diffId(), shared.diffId());
        assertEquals(below.with(alone.diffId()), shared.chainId());
        // The folder below is not hidden, and the tar is the same to the byte.
        try (Tree tree = snapshotter.open(shared.chainId())) {
            assertEquals(List.of("gone", "name"), list(tree.root(), "etc"));
            assertEquals("above", read(tree.root(), "etc/name"));
            FileStat folder = stat(tree.root(), "opt");
            assertEquals(List.of(0750, 7, 8), List.of(folder.permissions(), folder.uid(), folder.gid()));
            assertEquals(1_000, folder.modifiedSeconds());
        }
        ByteArrayOutputStream tar = new ByteArrayOutputStream();
        snapshotter.writeLayer(shared.chainId(), tar);
        assertEquals(alone.diffId(), Digest.sha256(tar.toByteArray()));
        try (LayerIntake intake = snapshotter.intake()) {
            assertThrows(Failure.class, () -> intake.share(shared));
        }
        // Its files stay when the one that they came from is removed.
        lease.close();
        snapshotter.sweep(() -> Set.of(shared.chainId()));
        assertTrue(snapshotter.layer(alone.chainId()).isEmpty());
        try (Tree tree = snapshotter.open(shared.chainId())) {
            assertEquals("text", read(tree.root(), "opt/file"));
        }
    }

    @Test
    void copy_snapshot_leavesItAsItIs() throws IOException {
        ChainId below = layers(base());
        snapshotter.prepare("c", below, Snapshot.Kind.WRITABLE);
        try (Tree tree = snapshotter.open("c")) {
            write(tree.root(), "f", "text");
        }
        Layer layer = snapshotter.copy("c", lease);
        assertEquals(1, snapshotter.changes("c").size());
        ByteArrayOutputStream tar = new ByteArrayOutputStream();
        snapshotter.writeLayer(layer.chainId(), tar);
        assertEquals(List.of("f"), TarBytes.names(tar.toByteArray()));
        snapshotter.remove("c");
    }

    @Test
    void open_volatileSnapshot_mayBeOpenedAgain() throws IOException {
        snapshotter.prepare("v", ChainId.SCRATCH, Snapshot.Kind.VOLATILE);
        for (String text : new String[] {"one", "two"}) {
            try (Tree tree = snapshotter.open("v")) {
                write(tree.root(), "f", text);
                assertEquals(text, read(tree.root(), "f"));
            }
        }
    }

    @Test
    void prepare_rootOfTheLayerBelow_keepsItsAttributes() throws IOException {
        ChainId below =
                layers(new TarBytes().add(TarEntry.folder("./", 0711, 9)).file("f", ""));
        snapshotter.prepare("s", below, Snapshot.Kind.WRITABLE);
        try (Tree tree = snapshotter.open("s")) {
            assertEquals(0711, files.stat(tree.root()).permissions());
        }
    }

    @Test
    void prepare_takenKeyOrMissingChain_isRefused() throws IOException {
        snapshotter.prepare("s", ChainId.SCRATCH, Snapshot.Kind.VIEW);
        assertEquals(
                Failure.Kind.CONFLICT,
                assertThrows(Failure.class, () -> snapshotter.prepare("s", ChainId.SCRATCH, Snapshot.Kind.VIEW))
                        .kind());
        ChainId missing = ChainId.of(Digest.sha256(new byte[] {1}));
        assertEquals(
                Failure.Kind.NOT_FOUND,
                assertThrows(Failure.class, () -> snapshotter.prepare("t", missing, Snapshot.Kind.VIEW))
                        .kind());
        assertThrows(Failure.class, () -> snapshotter.prepare("../x", ChainId.SCRATCH, Snapshot.Kind.VIEW));
    }

    @Test
    void reopen_afterAKill_keepsWhatIsThereAndRemovesTheRest() throws Exception {
        ChainId chain = layers(base());
        snapshotter.prepare("kept", chain, Snapshot.Kind.WRITABLE);
        try (Tree tree = snapshotter.open("kept")) {
            write(tree.root(), "f", "1");
        }
        LayerIntake halfway = snapshotter.intake();
        halfway.unpack(new TarBytes().file("half", "x").stream());
        Files.createDirectories(temp.resolve("snapshots/layers/zz/fs"));
        Files.delete(temp.resolve("snapshots/l").resolve(layerNumber(chain)));
        reopen();
        try (Tree tree = snapshotter.open("kept")) {
            assertEquals("1", read(tree.root(), "f"));
            assertEquals("base", read(tree.root(), "etc/name"));
        }
        assertFalse(Files.exists(temp.resolve("snapshots/layers/zz")));
        try (Stream<Path> incoming = Files.list(temp.resolve("snapshots/incoming"))) {
            assertEquals(0, incoming.count());
        }
    }

    private String layerNumber(ChainId chain) {
        return snapshotter
                .layer(chain)
                .orElseThrow()
                .folder()
                .getParent()
                .getFileName()
                .toString();
    }

    @Test
    void reopen_afterACrashOfTheHost_dropsWhatWasNotFlushed() throws IOException {
        ChainId durable = layers(base());
        snapshotter.prepare("s", durable, Snapshot.Kind.VOLATILE);
        Layer loose = snapshotter.commit("s", lease);
        snapshotter.prepare("t", durable, Snapshot.Kind.WRITABLE);
        try (Tree tree = snapshotter.open("t")) {
            write(tree.root(), "f", "1");
        }
        Layer flushed = snapshotter.commit("t", lease);
        snapshotter.makeDurable(flushed.chainId());
        // A clean end flushes; this is what a power cut leaves.
        int unsynced = database.transact(
                tx -> tx.update("UPDATE snapshot_layer SET unsynced_boot = 'another' WHERE unsynced_boot <> ''"));
        assertEquals(1, unsynced);
        snapshotter = Snapshotter.overlay(temp.resolve("snapshots"), database, leases);
        assertTrue(snapshotter.layer(loose.chainId()).isEmpty());
        assertTrue(snapshotter.layer(flushed.chainId()).isPresent());
        assertTrue(snapshotter.layer(durable).isPresent());
    }

    @Test
    void close_builtLayers_areFlushed() throws IOException {
        snapshotter.prepare("s", ChainId.SCRATCH, Snapshot.Kind.VOLATILE);
        snapshotter.commit("s", lease);
        assertEquals(1L, unsynced());
        snapshotter.close();
        assertEquals(0L, unsynced());
    }

    private long unsynced() {
        return database.transact(tx -> tx.first(
                        "SELECT count(*) FROM snapshot_layer WHERE unsynced_boot <> ''", row -> row.getLong(1)))
                .orElseThrow();
    }

    @Test
    void sweep_sparesWhatIsLiveLeasedOrStoodOn() throws IOException {
        ChainId two = layers(base(), new TarBytes().file("x", "1"));
        ChainId one = snapshotter.layer(two).orElseThrow().parent();
        ChainId other = layers(new TarBytes().file("y", "2"));
        assertEquals(0, snapshotter.sweep(Set::of).size(), "all are leased");
        lease.close();
        assertEquals(1, snapshotter.sweep(() -> Set.of(two)).size());
        assertTrue(snapshotter.layer(other).isEmpty());
        snapshotter.prepare("s", one, Snapshot.Kind.WRITABLE);
        assertEquals(1, snapshotter.sweep(Set::of).size());
        assertTrue(snapshotter.layer(one).isPresent());
        snapshotter.remove("s");
        assertEquals(1, snapshotter.sweep(Set::of).size());
        assertEquals(List.of(), snapshotter.layers());
    }

    @Test
    void open_folderOnAnOverlay_isRefusedAtOnce() throws IOException {
        snapshotter.prepare("s", ChainId.SCRATCH, Snapshot.Kind.WRITABLE);
        try (Tree tree = snapshotter.open("s")) {
            Path inside = Path.of(tree.root().procPath(), "data");
            Failure failure = assertThrows(Failure.class, () -> Snapshotter.overlay(inside, database, leases));
            assertTrue(failure.message().startsWith("overlay cannot write on the file system of"), failure.message());
        }
    }

    @Test
    void open_manyLayers_mounts() throws IOException {
        // One page of options holds this many of the test's long paths; Linux 6.5 takes them one by one.
        String[] kernel = System.getProperty("os.version").split("[.-]");
        boolean oneByOne = Integer.parseInt(kernel[0]) * 100 + Integer.parseInt(kernel[1]) >= 605;
        TarBytes[] tars = new TarBytes[oneByOne ? 130 : 70];
        for (int i = 0; i < tars.length; i++) {
            tars[i] = new TarBytes().file("f" + i, "x");
        }
        ChainId chain = layers(tars);
        try (Tree tree = snapshotter.open(chain)) {
            assertEquals(tars.length, list(tree.root(), ".").size());
        }
    }

    @Test
    void unpack_intoASnapshot_asDockerCpDoes() throws IOException {
        snapshotter.prepare("c", layers(base()), Snapshot.Kind.WRITABLE);
        try (Tree tree = snapshotter.open("c")) {
            RootFiles.unpack(tree.root(), "/etc", new TarBytes().file("name", "copied").stream(), Unpacking.AS_IS);
            assertEquals("copied", read(tree.root(), "etc/name"));
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            RootFiles.pack(tree.root(), "/etc", out);
            assertEquals(List.of("etc/", "etc/gone", "etc/name"), TarBytes.names(out.toByteArray()));
        }
        assertEquals(
                List.of(new Change(Change.Kind.MODIFIED, "/etc"), new Change(Change.Kind.MODIFIED, "/etc/name")),
                snapshotter.changes("c"));
    }
}
