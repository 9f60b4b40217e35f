package dev.priok.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.core.Failure;
import dev.priok.linux.Fd;
import dev.priok.linux.FileCalls;
import dev.priok.linux.OpenFlag;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RootFilesTest {
    @TempDir
    Path temp;

    private Path folder;
    private Fd root;

    @BeforeEach
    void tree() throws IOException {
        folder = Files.createDirectories(temp.resolve("root"));
        Files.createDirectories(folder.resolve("etc/sub"));
        Files.writeString(folder.resolve("etc/name"), "inside");
        Files.writeString(folder.resolve("etc/sub/x"), "x");
        Files.createSymbolicLink(folder.resolve("link"), Path.of("/etc"));
        Files.createSymbolicLink(folder.resolve("etc/rel"), Path.of("../../../etc/name"));
        root = FileCalls.host().open(folder.toString(), OpenFlag.PATH | OpenFlag.DIRECTORY);
    }

    @AfterEach
    void close() {
        root.close();
    }

    private List<String> packed(String path) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        RootFiles.pack(root, path, bytes);
        return TarBytes.names(bytes.toByteArray());
    }

    private void unpack(String path, TarBytes tar, boolean keepKinds) throws IOException {
        boolean isRoot = (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0;
        RootFiles.unpack(root, path, tar.stream(), new Unpacking(Optional.empty(), keepKinds, isRoot));
    }

    @Test
    void pack_fileFolderAndContents_areNamedAsDockerDoes() throws IOException {
        assertEquals(List.of("name"), packed("/etc/name"));
        assertEquals(
                List.of("etc/", "etc/name", "etc/rel -> ../../../etc/name", "etc/sub/", "etc/sub/x"), packed("/etc"));
        assertEquals(List.of("./", "./x"), packed("/etc/sub/."));
        assertEquals(List.of("link -> /etc"), packed("/link"));
        assertEquals(
                List.of("link/", "link/name", "link/rel -> ../../../etc/name", "link/sub/", "link/sub/x"),
                packed("link/"));
        assertEquals(List.of("x"), packed("../../link/sub/x"));
    }

    @Test
    void pack_missing_isNotFoundInDockersWords() {
        Failure failure = assertThrows(Failure.class, () -> packed("/no/such"));
        assertEquals(Failure.Kind.NOT_FOUND, failure.kind());
        assertEquals("Could not find the file /no/such in container", failure.message());
    }

    @Test
    void pack_fileWithASlash_isRefused() {
        Failure failure = assertThrows(Failure.class, () -> packed("/etc/name/"));
        assertEquals(Failure.Kind.INVALID, failure.kind());
        assertEquals("lstat /etc/name/: not a directory", failure.message());
    }

    @Test
    void stat_links_tellTheirTarget() throws IOException {
        assertEquals("/etc", RootFiles.stat(root, "/link").linkTarget());
        assertEquals("/etc/name", RootFiles.stat(root, "/etc/rel").linkTarget());
        PathStat name = RootFiles.stat(root, "/link/name");
        assertEquals("name", name.name());
        assertEquals(6, name.size());
        assertEquals("", name.linkTarget());
        assertEquals("/", RootFiles.stat(root, "/").name());
    }

    @Test
    void export_root_namesEverything() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        RootFiles.export(root, Owners.SAME, bytes);
        assertEquals(
                List.of("etc/", "etc/name", "etc/rel -> ../../../etc/name", "etc/sub/", "etc/sub/x", "link -> /etc"),
                TarBytes.names(bytes.toByteArray()));
    }

    @Test
    void unpack_intoAFolder_followsLinksAsInTheContainer() throws IOException {
        unpack(
                "/link/sub",
                new TarBytes()
                        .folder("./")
                        .folder("new")
                        .file("new/f", "1")
                        .link("out", "/etc")
                        .file("out/g", "2")
                        .hardLink("h", "new/f"),
                false);
        assertEquals("1", Files.readString(folder.resolve("etc/sub/new/f")));
        assertEquals("2", Files.readString(folder.resolve("etc/g")));
        assertEquals("1", Files.readString(folder.resolve("etc/sub/h")));
    }

    @Test
    void unpack_otherKind_isRefusedWhenAsked() throws IOException {
        Failure file = assertThrows(Failure.class, () -> unpack("/", new TarBytes().file("etc", "1"), true));
        assertTrue(file.message().startsWith("cannot overwrite directory \"/etc\" with non-directory"), file.message());
        Failure over = assertThrows(Failure.class, () -> unpack("/etc", new TarBytes().folder("name"), true));
        assertTrue(
                over.message().startsWith("cannot overwrite non-directory \"/etc/name\" with directory"),
                over.message());
        unpack("/etc", new TarBytes().folder("name"), false);
        assertTrue(Files.isDirectory(folder.resolve("etc/name")));
    }

    @Test
    void unpack_whereThereIsNoFolder_isRefused() {
        assertEquals(
                Failure.Kind.NOT_FOUND,
                assertThrows(Failure.class, () -> unpack("/no", new TarBytes(), false))
                        .kind());
        assertEquals(
                "extraction point is not a directory",
                assertThrows(Failure.class, () -> unpack("/etc/name", new TarBytes(), false))
                        .message());
    }

    @Test
    void unpack_climbing_isRefused() throws IOException {
        TarBytes tar = new TarBytes().file("../../evil", "x");
        assertThrows(Failure.class, () -> unpack("/etc", tar, false));
        assertEquals(1, temp.toFile().list().length);
    }
}
