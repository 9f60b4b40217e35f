package dev.priok.build.solve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.build.BuildExtras;
import dev.priok.build.tree.Node;
import dev.priok.core.Digest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where COPY and ADD put what. */
class CopyTest {
    @TempDir
    Path root;

    private Bench bench = new Bench(Path.of("target/unused"));

    @BeforeEach
    void open() {
        bench = new Bench(root);
    }

    private static Context context(String instructions) {
        return Context.of("FROM base\n" + instructions)
                .file("a.txt", "A")
                .file("b.txt", "B")
                .file("dir/c.md", "C")
                .file("dir/sub/d.txt", "D", 0600, 5)
                .file("other/e.txt", "E");
    }

    @Test
    void file_toNameAndIntoDirectories() throws IOException {
        bench.base.link("opt/link", "/etc");
        bench.base.link("var/run", "../run");
        bench.base.link("alias", "real");
        MemoryTree tree = bench.tree(context("""
                COPY a.txt /x
                COPY a.txt /new/
                COPY a.txt /etc
                COPY a.txt rel
                WORKDIR /w
                COPY a.txt rel
                COPY a.txt ./
                COPY a.txt /opt/link/through
                COPY ../../a.txt /up
                COPY a.txt /var/run/x/pid
                COPY a.txt /alias
                COPY other /var/run
                """));
        for (String path : new String[] {
            "x", "new/a.txt", "etc/a.txt", "rel", "w/rel", "w/a.txt", "etc/through", "up", "run/x/pid", "real"
        }) {
            assertEquals("A", tree.text(path), path);
        }
        assertEquals(0755, tree.node("new").permissions());
    }

    @Test
    void directory_givesItsContents() throws IOException {
        MemoryTree tree = bench.tree(context("COPY dir /target\nCOPY dir/ /etc\nCOPY . /all\n"));
        assertEquals("C", tree.text("target/c.md"));
        assertEquals("D", tree.text("target/sub/d.txt"));
        assertEquals(0600, tree.node("target/sub/d.txt").permissions());
        assertEquals("D", tree.text("etc/sub/d.txt"));
        assertEquals("E", tree.text("all/other/e.txt"));
        assertTrue(tree.text("etc/passwd").startsWith("root"));
    }

    @Test
    void wildcards_andSeveralSources() throws IOException {
        MemoryTree tree = bench.tree(context("COPY *.txt d*/c.* /t/\nCOPY [\"a.txt\", \"other\", \"/u/\"]\n"));
        assertEquals("A", tree.text("t/a.txt"));
        assertEquals("B", tree.text("t/b.txt"));
        assertEquals("C", tree.text("t/c.md"));
        assertEquals("E", tree.text("u/e.txt"));
    }

    @Test
    void mistakes_areTold() {
        bench.failure(context("COPY a.txt b.txt /t\n"), "the destination must be a directory and end with a /");
        bench.failure(context("COPY *.txt /t\n"), "the destination must be a directory and end with a /");
        bench.failure(context("COPY *.none /t\n"), "COPY failed: no source files were specified");
        bench.failure(context("COPY none /t\n"), "stat none: file does not exist");
        bench.failure(
                context("COPY dir/c.md /t\n").file(".dockerignore", "# all\n**/*.md\n"),
                "stat dir/c.md: file does not exist: excluded by \"**/*.md\" on line 2 of .dockerignore");
        bench.failure(context("COPY dir /etc/passwd\n"), "cannot copy to non-directory: /etc/passwd");
        bench.failure(context("COPY --chown=ghost a.txt /\n"), "can't find uid for user ghost");
        bench.failure(context("COPY --chmod=9 a.txt /\n"), "invalid chmod parameter");
        bench.failure(context("COPY --from=9 a.txt /\n"), "invalid stage index");
    }

    @Test
    void ignore_keepsFilesOut() throws IOException {
        MemoryTree tree = bench.tree(
                context("COPY . /all\n").file(".dockerignore", "dir\n!dir/sub\nDockerfile\n*.txt\n!b.txt\n"));
        assertEquals("B", tree.text("all/b.txt"));
        assertEquals("D", tree.text("all/dir/sub/d.txt"));
        assertTrue(tree.find("all/dir/c.md").isEmpty());
        assertTrue(tree.find("all/a.txt").isEmpty());
        assertTrue(tree.find("all/Dockerfile").isEmpty());
    }

    @Test
    void ignore_besideTheDockerfileWins() throws IOException {
        MemoryTree tree = bench.tree(
                context("COPY . /all\n").file(".dockerignore", "*\n").file("Dockerfile.dockerignore", "a.txt\n"));
        assertTrue(tree.find("all/a.txt").isEmpty());
        assertEquals("B", tree.text("all/b.txt"));
    }

    @Test
    void exclude_andParents() throws IOException {
        MemoryTree tree = bench.tree(
                context(
                        "COPY --exclude=*.md dir /x\nCOPY --parents dir/sub/d.txt /y/\nCOPY --parents dir/./sub/d.txt /z/\nCOPY --parents **/*.txt /all/\n"));
        assertTrue(tree.find("x/c.md").isEmpty());
        assertEquals("D", tree.text("x/sub/d.txt"));
        assertEquals("D", tree.text("y/dir/sub/d.txt"));
        assertEquals("D", tree.text("z/sub/d.txt"));
        assertEquals("A", tree.text("all/a.txt"));
        assertEquals("D", tree.text("all/dir/sub/d.txt"));
    }

    @Test
    void ownerAndMode() throws IOException {
        MemoryTree tree = bench.tree(context("""
                COPY --chown=app dir /app
                COPY --chown=7:app --chmod=4711 a.txt /b
                COPY --chmod=u+x,go= a.txt /c
                COPY --chown=9 a.txt /d
                """));
        assertEquals(1000, tree.node("app/sub/d.txt").uid());
        assertEquals(1001, tree.node("app").gid());
        Node b = tree.node("b");
        assertEquals("7:1001 4711", b.uid() + ":" + b.gid() + " " + Integer.toOctalString(b.permissions()));
        assertEquals(0700, tree.node("c").permissions());
        assertEquals(9, tree.node("d").gid());
    }

    @Test
    void links_areKeptInsideAndFollowedAtTheSource() throws IOException {
        MemoryTree tree = bench.tree(context("COPY dir /t\nCOPY hop/c.md /u\nCOPY self* /v/\n")
                .link("dir/l", "../../etc/shadow")
                .link("hop", "/dir")
                .link("selfish", "a.txt"));
        assertEquals("../../etc/shadow", tree.node("t/l").linkTarget());
        assertEquals("C", tree.text("u"));
        assertEquals("A", tree.text("v/selfish"));
    }

    @Test
    void linkInTheImage_isNotWrittenThrough() throws IOException {
        bench.base.link("target", "/etc/passwd");
        MemoryTree tree =
                bench.tree(context("COPY a.txt /sub/../\nCOPY dir /\n").link("dir/target", "x"));
        assertTrue(tree.text("etc/passwd").startsWith("root"));
        assertEquals("x", tree.node("target").linkTarget());
    }

    @Test
    void heredocs_becomeFiles() throws IOException {
        MemoryTree tree = bench.tree(context("""
                ENV WHO=world
                COPY <<EOF <<"raw" /docs/
                hello $WHO "q"
                EOF
                as $IS
                raw
                COPY <<one /named
                1
                one
                """));
        assertEquals("hello world \"q\"\n", tree.text("docs/EOF"));
        assertEquals("as $IS\n", tree.text("docs/raw"));
        assertEquals("1\n", tree.text("named"));
        assertEquals(0644, tree.node("named").permissions());
    }

    @Test
    void add_unpacksArchives() throws IOException {
        byte[] tar = new Context().file("in/x.txt", "X").tar();
        ByteArrayOutputStream gz = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(gz)) {
            out.write(tar);
        }
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(text)) {
            out.write("just text".getBytes(StandardCharsets.UTF_8));
        }
        Context context = context("""
                ADD plain.tar /p
                ADD packed.tgz /etc/
                ADD --unpack=false plain.tar /whole.tar
                ADD text.gz /t/
                COPY plain.tar /copied.tar
                """)
                .bytes("plain.tar", tar, 0644, 1)
                .bytes("packed.tgz", gz.toByteArray(), 0644, 1)
                .bytes("text.gz", text.toByteArray(), 0644, 1);
        MemoryTree tree = bench.tree(context);
        assertEquals("X", tree.text("p/in/x.txt"));
        assertEquals("X", tree.text("etc/in/x.txt"));
        assertTrue(tree.node("whole.tar").isRegular());
        assertTrue(tree.node("copied.tar").isRegular());
        assertTrue(tree.node("t/text.gz").isRegular());
    }

    @Test
    void add_keepsHardLinks() throws IOException {
        byte[] tar =
                new Context().file("bin/box", "B").hardLink("bin/sh", "bin/box").tar();
        MemoryTree tree = bench.tree(context("ADD root.tar /\n").bytes("root.tar", tar, 0644, 1));
        assertEquals("B", tree.text("bin/sh"));
        assertEquals(1, tree.node("bin/sh").linkGroup());
    }

    @Test
    void add_fetchesFromTheWeb() throws IOException {
        bench.extras = BuildExtras.NONE.keepingTimes();
        byte[] body = "from the web".getBytes(StandardCharsets.UTF_8);
        try (TinyWebServer server = new TinyWebServer("/f/file.bin", body)) {
            String url = server.url();
            MemoryTree tree = bench.tree(context(
                    "ADD " + url + " /d/\nADD --checksum=" + Digest.sha256(body) + " --chmod=755 " + url + " /e\n"));
            assertEquals("from the web", tree.text("d/file.bin"));
            assertEquals(0600, tree.node("d/file.bin").permissions());
            assertEquals(1_700_000_000, tree.node("d/file.bin").modifiedSeconds());
            assertEquals(0755, tree.node("e").permissions());
            bench.failure(
                    context("ADD --checksum=" + Digest.sha256(new byte[0]) + " " + url + " /e\n"), "digest mismatch");
            bench.failure(context("ADD " + url + "x /e\n"), "with status 404");
        }
        byte[] tar = new Context().file("in/x.txt", "X").tar();
        try (TinyWebServer server = new TinyWebServer("/root.tar", tar)) {
            MemoryTree tree =
                    bench.tree(context("ADD --unpack " + server.url() + " /un/\nADD " + server.url() + " /whole/\n"));
            assertEquals("X", tree.text("un/in/x.txt"));
            assertTrue(tree.node("whole/root.tar").isRegular());
        }
        bench.failure(context("ADD http://127.0.0.1:1/x /e\n"), "ADD failed: Get \"http://127.0.0.1:1/x\"");
    }
}
