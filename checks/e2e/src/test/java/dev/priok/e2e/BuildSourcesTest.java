package dev.priok.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.SimpleFileServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.eclipse.jgit.dircache.DirCache;
import org.eclipse.jgit.dircache.DirCacheBuilder;
import org.eclipse.jgit.dircache.DirCacheEntry;
import org.eclipse.jgit.lib.CommitBuilder;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.PersonIdent;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.RefUpdate;
import org.eclipse.jgit.lib.RefWriter;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Where builds take things from besides the context in the request: git, the web, networks, other stages. */
@ExtendWith(SharedDaemon.class)
class BuildSourcesTest {
    private static final PersonIdent AUTHOR =
            new PersonIdent("a", "a@example.com", Instant.ofEpochSecond(1_700_000_000), ZoneOffset.UTC);

    private static Docker docker;
    private static Docker priok;

    @TempDir
    Path dir;

    private HttpServer web;
    private String address;

    @BeforeAll
    static void find() {
        docker = SharedDaemon.get().docker();
        priok = SharedDaemon.get().priok();
    }

    @BeforeEach
    void serve() throws IOException {
        Files.createDirectories(dir.resolve("web"));
        Files.createDirectories(dir.resolve("context"));
        web = SimpleFileServer.createFileServer(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                dir.resolve("web").toRealPath(),
                SimpleFileServer.OutputLevel.NONE);
        web.start();
        address = "http://127.0.0.1:" + web.getAddress().getPort();
    }

    @AfterEach
    void stop() {
        web.stop(0);
    }

    private Program.Result build(Docker command, String dockerfile, String... flags) throws IOException {
        Files.writeString(dir.resolve("context/Dockerfile"), dockerfile);
        List<String> line = new ArrayList<>(List.of("build", "-t", "sources:1"));
        line.addAll(List.of(flags));
        line.add(dir.resolve("context").toString());
        return command.run(line.toArray(String[]::new));
    }

    private static String inImage(String... command) {
        List<String> line = new ArrayList<>(List.of("run", "--rm", "sources:1"));
        line.addAll(List.of(command));
        return docker.ok(line.toArray(String[]::new));
    }

    /** A repository of two commits as plain files, which the simplest of git's protocols needs; the commits. */
    private List<String> repository() throws IOException {
        Path folder = dir.resolve("web/code.git");
        List<String> commits = new ArrayList<>();
        try (Repository repository = new FileRepositoryBuilder()
                        .setBare()
                        .setGitDir(folder.toFile())
                        .build();
                ObjectInserter objects = repository.newObjectInserter()) {
            repository.create(true);
            ObjectId parent = ObjectId.zeroId();
            for (String text : List.of("first", "second")) {
                DirCache tree = DirCache.newInCore();
                DirCacheBuilder files = tree.builder();
                add(files, objects, "Dockerfile", FileMode.REGULAR_FILE, "FROM bb\nCOPY docs/page /page\n");
                add(files, objects, "docs/page", FileMode.REGULAR_FILE, text);
                add(files, objects, "docs/run", FileMode.EXECUTABLE_FILE, "#!/bin/sh\n");
                add(files, objects, "link", FileMode.SYMLINK, "docs/page");
                files.finish();
                CommitBuilder commit = new CommitBuilder();
                commit.setTreeId(tree.writeTree(objects));
                commit.setAuthor(AUTHOR);
                commit.setCommitter(AUTHOR);
                commit.setMessage(text);
                if (!parent.equals(ObjectId.zeroId())) {
                    commit.setParentId(parent);
                }
                parent = objects.insert(commit);
                commits.add(parent.name());
            }
            objects.flush();
            point(repository, "refs/heads/main", commits.getLast());
            point(repository, "refs/tags/v1", commits.getFirst());
            Files.writeString(folder.resolve("HEAD"), "ref: refs/heads/main\n");
            List<Ref> refs = new ArrayList<>(repository.getRefDatabase().getRefs());
            refs.removeIf(ref -> ref.getName().equals(Constants.HEAD));
            new RefWriter(refs) {
                @Override
                protected void writeFile(String file, byte[] content) throws IOException {
                    Files.createDirectories(folder.resolve(file).getParent());
                    Files.write(folder.resolve(file), content);
                }
            }.writeInfoRefs();
            Files.createDirectories(folder.resolve("objects/info"));
            Files.writeString(folder.resolve("objects/info/packs"), "\n");
        }
        return commits;
    }

    private static void add(DirCacheBuilder files, ObjectInserter objects, String path, FileMode mode, String text)
            throws IOException {
        DirCacheEntry entry = new DirCacheEntry(path);
        entry.setFileMode(mode);
        entry.setObjectId(objects.insert(Constants.OBJ_BLOB, text.getBytes(StandardCharsets.UTF_8)));
        files.add(entry);
    }

    private static void point(Repository repository, String name, String commit) throws IOException {
        RefUpdate update = repository.updateRef(name);
        update.setNewObjectId(ObjectId.fromString(commit));
        update.forceUpdate();
    }

    @Test
    void add_bringsGitRepositories() throws IOException {
        List<String> commits = repository();
        String code = address + "/code.git";
        build(
                        docker,
                        "FROM bb\nADD " + code + " /head\nADD " + code
                                + "#v1:docs /old\nADD --keep-git-dir=true --checksum="
                                + commits.getLast() + " " + code + "#main /kept\nADD " + code + "#" + commits.getFirst()
                                + " /at\n")
                .ok();
        assertEquals("second", inImage("cat", "/head/link"));
        assertEquals("first", inImage("cat", "/old/page"));
        assertEquals("755 644", inImage("sh", "-c", "echo $(stat -c %a /old/run /old/page)"));
        assertEquals(commits.getLast(), inImage("cat", "/kept/.git/HEAD"));
        assertEquals("first", inImage("cat", "/at/docs/page"));
        assertFalse(inImage("ls", "-a", "/head").contains(".git"));
        Program.Result wrong = build(docker, "FROM bb\nADD --checksum=" + commits.getFirst() + " " + code + " /x\n");
        assertTrue(wrong.err().contains("expected checksum to match " + commits.getFirst()), wrong.err());
        Program.Result none = build(docker, "FROM bb\nADD " + code + "#nowhere /x\n");
        assertTrue(none.err().contains("has no ref nowhere"), none.err());
    }

    @Test
    void contexts_areRepositoriesArchivesAndDockerfiles() throws IOException {
        repository();
        priok.run("build", "-t", "sources:1", address + "/code.git#v1").ok();
        assertEquals("first", inImage("cat", "/page"));
        Files.writeString(dir.resolve("web/Dockerfile"), "FROM bb\nRUN echo alone > /alone\n");
        priok.run("build", "-t", "sources:1", address + "/Dockerfile").ok();
        assertEquals("alone", inImage("cat", "/alone"));
        byte[] tar = Program.run(
                        java.util.Map.of(),
                        new byte[0],
                        List.of("tar", "-C", dir.resolve("web").toString(), "-cz", "Dockerfile"))
                .ok()
                .bytes();
        Files.write(dir.resolve("web/context.tar.gz"), tar);
        priok.run("build", "-t", "sources:1", address + "/context.tar.gz").ok();
        assertEquals("alone", inImage("cat", "/alone"));
        ByteArrayOutputStream in = new ByteArrayOutputStream();
        in.write(tar);
        for (Docker command : List.of(docker, priok)) {
            command.feed(in.toByteArray(), "build", "-t", "sources:1", "-").ok();
            assertEquals("alone", inImage("cat", "/alone"));
            command.feed("FROM bb\nRUN echo typed > /typed\n", "build", "-t", "sources:1", "-")
                    .ok();
            assertEquals("typed", inImage("cat", "/typed"));
        }
    }

    @Test
    void namedContexts_areArchivesRepositoriesAndLayouts() throws IOException {
        repository();
        Files.writeString(dir.resolve("web/page"), "packed");
        Program.run(
                        java.util.Map.of(),
                        new byte[0],
                        List.of(
                                "tar",
                                "-C",
                                dir.resolve("web").toString(),
                                "-czf",
                                dir.resolve("web/page.tar.gz").toString(),
                                "page"))
                .ok();
        build(priok, "FROM bb\nRUN echo laid > /laid\n").ok();
        Path layout = Files.createDirectories(dir.resolve("layout"));
        docker.ok("save", "-o", dir.resolve("saved.tar").toString(), "sources:1");
        Program.run(
                        java.util.Map.of(),
                        new byte[0],
                        List.of(
                                "tar",
                                "-C",
                                layout.toString(),
                                "-xf",
                                dir.resolve("saved.tar").toString()))
                .ok();
        docker.ok("rmi", "sources:1");
        build(
                        priok,
                        "FROM base\nCOPY --from=archive /page /archive\nCOPY --from=code /docs/page /code\n",
                        "--build-context",
                        "base=oci-layout://" + layout,
                        "--build-context",
                        "archive=" + address + "/page.tar.gz",
                        "--build-context",
                        "code=" + address + "/code.git#v1")
                .ok();
        assertEquals("laid\npacked\nfirst", inImage("sh", "-c", "cat /laid; cat /archive; echo; cat /code"));
        // The image is here by its id alone, which no registry knows.
        build(priok, "FROM base\n", "--pull", "--build-context", "base=oci-layout://" + layout)
                .ok();
        Program.Result none = build(priok, "FROM base\n", "--build-context", "base=oci-layout://" + layout + ":none");
        assertTrue(none.err().contains("failed to get build context base"), none.err());
        assertTrue(none.err().contains("has no such image"), none.err());
        Program.Result text = build(priok, "FROM bb\n", "--build-context", "text=" + address + "/page");
        assertTrue(text.err().contains("failed to get build context text"), text.err());
        assertTrue(text.err().contains("/page is no archive"), text.err());
    }

    @Test
    void add_ofTheWebIsCheckedAndUnpackedWhenAsked() throws IOException {
        Files.writeString(dir.resolve("web/page"), "page");
        byte[] tar = Program.run(
                        java.util.Map.of(),
                        new byte[0],
                        List.of("tar", "-C", dir.resolve("web").toString(), "-cz", "page"))
                .ok()
                .bytes();
        Files.write(dir.resolve("web/page.tar.gz"), tar);
        String sum = dev.priok.core.Digest.sha256(tar).toString();
        build(
                        docker,
                        "FROM bb\nADD --checksum=" + sum + " " + address + "/page.tar.gz /packed/\nADD --unpack=true "
                                + address + "/page.tar.gz /unpacked/\n")
                .ok();
        assertEquals("page.tar.gz", inImage("ls", "/packed"));
        assertEquals("page", inImage("cat", "/unpacked/page"));
        Program.Result wrong = build(docker, "FROM bb\nADD --checksum=" + sum + " " + address + "/page /x\n");
        assertTrue(wrong.err().contains("digest mismatch"), wrong.err());
    }

    @Test
    void run_joinsUsersNetworks() throws IOException {
        docker.ok("network", "create", "buildnet");
        String server = docker.ok(
                "run",
                "-d",
                "--network",
                "buildnet",
                "--name",
                "pages",
                "bb",
                "sh",
                "-c",
                "mkdir /w; echo served > /w/index.html; httpd -f -p 80 -h /w");
        try {
            String dockerfile =
                    "FROM bb\nRUN for i in 1 2 3 4 5; do wget -qO /got http://pages/index.html && break; sleep 1; done\nRUN --network=none ip -o link | wc -l > /links\n";
            build(docker, dockerfile, "--network", "buildnet").ok();
            assertEquals("served", inImage("cat", "/got"));
            assertEquals("1", inImage("cat", "/links"));
            Program.Result unknown = build(docker, dockerfile, "--no-cache", "--network", "no-such-network");
            assertNotEquals(0, unknown.exit());
            assertTrue(unknown.err().contains("no-such-network"), unknown.err());
        } finally {
            docker.ok("rm", "-f", server);
            docker.ok("network", "rm", "buildnet");
        }
    }

    @Test
    void cacheMount_beginsWithTheFilesOfAStage() throws IOException {
        String dockerfile = """
                FROM bb AS seed
                RUN mkdir -p /start/in && echo seeded > /start/in/file
                FROM bb
                RUN --mount=type=cache,id=%s,target=/c,from=seed,source=/start cat /c/in/file > /seen; echo kept > /c/more
                RUN --mount=type=cache,id=%<s,target=/c cat /c/more >> /seen
                """.formatted(dir.getFileName());
        build(docker, dockerfile).ok();
        assertEquals("seeded\nkept", inImage("cat", "/seen"));
    }

    @Test
    void explain_namesTheFileThatChanged() throws IOException {
        String dockerfile = "FROM bb\nCOPY . /src/\nRUN touch /made\n";
        Files.writeString(dir.resolve("context/one"), "1");
        Files.writeString(dir.resolve("context/two"), "2");
        build(priok, dockerfile).ok();
        Files.writeString(dir.resolve("context/two"), "changed");
        String out = build(priok, dockerfile, "--explain").ok().out();
        assertTrue(out.contains("files of the context changed: two"), out);
        assertTrue(out.contains("what it stands on changed: COPY . /src/"), out);
        String build = priok.ok("builds", "ls", "-q").lines().findFirst().orElseThrow();
        assertTrue(priok.ok("builds", "inspect", build).contains("files of the context changed: two"));
    }

    @Test
    void debug_keepsTheFailedStep() throws IOException {
        Program.Result failed = build(priok, "FROM bb\nWORKDIR /w\nRUN echo half > done; exit 3\n", "--debug");
        assertEquals(3, failed.exit(), failed.err());
        String image = failed.err()
                .lines()
                .flatMap(line -> java.util.regex.Pattern.compile("[0-9a-f]{12,64}")
                        .matcher(line)
                        .results())
                .map(java.util.regex.MatchResult::group)
                .findFirst()
                .orElseThrow();
        assertEquals("half", docker.ok("run", "--rm", image, "cat", "done"));
        docker.ok("rmi", "-f", image);
    }

    @Test
    void clientThatGoes_endsPullAndSteps() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        try (ServerSocket stuck = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            Thread.startVirtualThread(() -> neverAnswer(stuck, asked));
            String image = "127.0.0.1:" + stuck.getLocalPort() + "/slow:1";
            Files.writeString(dir.resolve("context/Dockerfile"), "FROM " + image + "\n");
            Process client = Program.start(
                    java.util.Map.of("DOCKER_HOST", SharedDaemon.get().host(), "DOCKER_BUILDKIT", "0"),
                    List.of(Docker.command(), "build", dir.resolve("context").toString()));
            assertTrue(asked.await(60, TimeUnit.SECONDS));
            client.destroyForcibly().waitFor();
            Await.until(() -> !priok.ok("builds", "ls").contains("running"));
        }
        Files.writeString(dir.resolve("context/Dockerfile"), "FROM bb\nRUN echo begun; sleep 1000\n");
        Process client = Program.start(
                java.util.Map.of("DOCKER_HOST", SharedDaemon.get().host(), "DOCKER_BUILDKIT", "0"),
                List.of(Docker.command(), "build", dir.resolve("context").toString()));
        Await.until(() -> priok.ok("builds", "ls").contains("running"));
        client.destroyForcibly().waitFor();
        Await.until(() -> !priok.ok("builds", "ls").contains("running"));
    }

    /** A registry without TLS that is asked for a manifest and says nothing. */
    private static void neverAnswer(ServerSocket server, CountDownLatch asked) {
        List<Socket> open = new ArrayList<>();
        try {
            while (true) {
                Socket socket = server.accept();
                open.add(socket);
                byte[] head = new byte[4096];
                int n = socket.getInputStream().read(head);
                String request = new String(head, 0, Math.max(0, n), StandardCharsets.ISO_8859_1);
                if (request.contains("/manifests/")) {
                    asked.countDown();
                } else if (request.startsWith("GET")) {
                    socket.getOutputStream()
                            .write("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
                                    .getBytes(StandardCharsets.US_ASCII));
                    socket.close();
                } else {
                    socket.close();
                }
            }
        } catch (IOException _) {
            // The test has ended.
        } finally {
            open.forEach(socket -> {
                try {
                    socket.close();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }
}
