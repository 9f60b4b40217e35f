package dev.priok.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.client.testing.FakeDaemon;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(20)
final class SystemCommandsTest {
    @TempDir
    private Path folder;

    private FakeDaemon daemon;

    @BeforeEach
    void start() {
        daemon = new FakeDaemon(folder);
    }

    @AfterEach
    void stop() throws IOException {
        daemon.close();
    }

    private CommandLine.Result run(String... words) {
        return new CommandLine(daemon).run(words);
    }

    @Test
    void inspect_someMissing_printsTheOthersAndFails() {
        daemon.on("GET /containers/web/json", 200, "{\"Id\":\"1\",\"A\":[]}");
        CommandLine.Result result = run("inspect", "web", "gone");
        assertEquals(1, result.exitCode());
        assertEquals("[\n    {\n        \"Id\": \"1\",\n        \"A\": []\n    }\n]\n", result.out());
        assertTrue(result.err().startsWith("Error: No such object: gone"), result.err());
    }

    @Test
    void inspect_anyKind_looksThroughAll() {
        daemon.on("GET /volumes/data", 200, "{\"Name\":\"data\"}");
        assertEquals("data\n", run("inspect", "-f", "{{.Name}}", "data").out());
        assertEquals(
                java.util.List.of(
                        "GET /containers/data/json",
                        "GET /images/data/json",
                        "GET /networks/data",
                        "GET /volumes/data"),
                daemon.calls());
    }

    @Test
    void inspect_steps_arePrintedAsTheyCome() {
        daemon.on("GET /priok/containers/web/steps", exchange -> {
            assertEquals("/priok/containers/web/steps", exchange.target());
            exchange.reply(200, "text/plain", "unshare(CLONE_NEWNS)\n".getBytes(StandardCharsets.UTF_8), "");
        });
        assertEquals("unshare(CLONE_NEWNS)\n", run("inspect", "--steps", "web").out());
    }

    @Test
    void images_namesAndNameless_haveRows() {
        daemon.on("GET /images/json", 200, """
                [{"Id":"sha256:1234567890abcdef","RepoTags":["a:1","h:5000/b:2"],"RepoDigests":["a@sha256:99"],"Created":1767322925,"Size":4261502},
                 {"Id":"sha256:2","RepoTags":[],"RepoDigests":[],"Created":1,"Size":1}]""");
        assertEquals("""
                REPOSITORY   TAG       IMAGE ID       CREATED         SIZE
                a            1         1234567890ab   2 minutes ago   4.26MB
                h:5000/b     2         1234567890ab   2 minutes ago   4.26MB
                <none>       <none>    2              56 years ago    1B
                """, run("images").out());
        assertEquals(
                "sha256:99\n<none>\n<none>\n",
                run("images", "--format", "{{.Digest}}").out());
    }

    @Test
    void rmi_resultOfTheDaemon_isPrinted() {
        daemon.on("DELETE /images/a/b", 200, "[{\"Untagged\":\"a/b:1\"},{\"Deleted\":\"sha256:1\"}]");
        assertEquals("Untagged: a/b:1\nDeleted: sha256:1\n", run("rmi", "a/b").out());
    }

    @Test
    void load_file_isSentWhole() throws IOException {
        Path file = Files.writeString(folder.resolve("i.tar"), "archive");
        daemon.on("HEAD /_ping", 200, "")
                .on(
                        "POST /images/load",
                        exchange -> exchange.reply(200, "{\"stream\":\"got " + exchange.text() + "\\n\"}"));
        assertEquals("got archive\n", run("load", "-i", file.toString()).out());
        assertEquals(
                "open /nonexistent: no such file or directory\n",
                run("load", "-i", "/nonexistent").err());
    }

    @Test
    void save_toFile_appearsWholeOrNotAtAll() throws IOException {
        daemon.on("GET /images/get", exchange -> exchange.write("HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\narchive"));
        Path file = folder.resolve("o.tar");
        assertEquals(0, run("save", "-o", file.toString(), "a").exitCode());
        assertEquals("archive", Files.readString(file));
        daemon.on("GET /images/get", exchange -> exchange.write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nbroken"));
        assertEquals(1, run("save", "-o", file.toString(), "a").exitCode());
        assertEquals("archive", Files.readString(file));
        try (var files = Files.list(folder)) {
            assertEquals(0, files.filter(f -> f.toString().endsWith(".tmp")).count());
        }
    }

    @Test
    void pull_credentials_areThoseOfTheRegistry() throws IOException {
        Files.writeString(
                folder.resolve("config.json"),
                "{\"auths\":{\"h:5000\":{\"auth\":\"dTpw\"},\"other\":{\"auth\":\"eDp5\"}}}");
        AtomicReference<String> header = new AtomicReference<>("");
        daemon.on("POST /images/create", exchange -> {
            header.set(exchange.header("X-Registry-Auth"));
            exchange.reply(200, "{\"status\":\"ok\"}");
        });
        CommandLine.Result result = new CommandLine(daemon)
                .environment("DOCKER_CONFIG", folder.toString())
                .run("pull", "h:5000/a:1");
        assertEquals("ok\nh:5000/a:1\n", result.out());
        assertEquals(
                "{\"username\":\"u\",\"password\":\"p\",\"serveraddress\":\"h:5000\"}",
                new String(Base64.getUrlDecoder().decode(header.get()), StandardCharsets.UTF_8));
        assertEquals("invalid reference format: a:b:c\n", run("pull", "a:b:c").err());
    }

    @Test
    void events_text_isOneLineEach() {
        daemon.on("GET /events", 200, """
                {"Type":"container","Action":"start","Actor":{"ID":"c1","Attributes":{"name":"web","image":"a"}},"time":1767323045,"timeNano":1767323045000000001}
                """);
        assertTrue(run("events").out().endsWith("container start c1 (image=a, name=web)\n"));
        assertEquals(
                "start web 1767323045\n",
                run("events", "--format", "{{.Action}} {{.Actor.Attributes.name}} {{.Time}}")
                        .out());
    }

    @Test
    void df_kinds_areSummed() {
        daemon.on("GET /system/df", 200, """
                {"LayersSize":3000,"Images":[{"Size":1000,"SharedSize":0,"Containers":1},{"Size":2000,"SharedSize":0,"Containers":0}],
                 "Containers":[{"State":"running","SizeRw":10},{"State":"exited","SizeRw":30}],
                 "Volumes":[{"UsageData":{"Size":5,"RefCount":0}}],"BuildCache":[]}""");
        assertEquals("""
                TYPE            TOTAL     ACTIVE    SIZE      RECLAIMABLE
                Images          2         1         3kB       2kB (66%)
                Containers      2         1         40B       30B (75%)
                Local Volumes   1         0         5B        5B (100%)
                Build Cache     0         0         0B        0B
                """, run("system", "df").out());
    }

    @Test
    void version_daemonIsAway_stillShowsThisSide() {
        CommandLine.Result result = run("-H", "unix:///nonexistent/s", "version");
        assertEquals(1, result.exitCode());
        assertTrue(result.out().startsWith("Client: Priok\n Version:           0."), result.out());
        assertTrue(result.err().startsWith("Cannot connect"), result.err());
    }

    @Test
    void volume_copies_areAskedForByName() throws IOException {
        Path tar = Files.writeString(folder.resolve("v.tar"), "archive");
        daemon.on("HEAD /_ping", 200, "")
                .on("POST /priok/volumes/db/snapshots", exchange -> {
                    assertTrue(exchange.target().endsWith("/snapshots?name=one"), exchange.target());
                    exchange.reply(201, "{\"Volume\":\"db\",\"Name\":\"one\"}");
                })
                .on(
                        "GET /priok/volumes/snapshots",
                        200,
                        "[{\"Volume\":\"db\",\"Name\":\"one\",\"CreatedAt\":\"2026-01-02T03:04:05Z\",\"Files\":2,\"Size\":3000000,\"CopiedSize\":12}]")
                .on("DELETE /priok/volumes/db/snapshots/one", 204, "")
                .on("POST /priok/volumes/db/restore", 200, "{\"Name\":\"db\"}")
                .on("POST /priok/volumes/db/clone", 201, "{\"Name\":\"new\"}")
                .on("GET /priok/volumes/db/archive", 200, "tar")
                .on(
                        "PUT /priok/volumes/db/archive",
                        exchange -> exchange.reply(200, "{\"Name\":\"" + exchange.text() + "\"}"))
                .on("POST /priok/volumes/db/push", 200, "{\"Digest\":\"sha256:1\"}");
        assertEquals("db@one\n", run("volume", "snapshot", "db@one").out());
        assertEquals("""
                SNAPSHOT   CREATED AT             FILES     SIZE      OF ITS OWN
                db@one     2026-01-02T03:04:05Z   2         3MB       12B
                """, run("volume", "snapshots").out());
        assertEquals("db\n", run("volume", "restore", "db@one").out());
        assertEquals(
                "archive\n",
                run("volume", "restore", "-i", tar.toString(), "db").out());
        assertEquals("new\n", run("volume", "clone", "db@one", "new").out());
        assertEquals("tar", run("volume", "backup", "db").out());
        assertEquals(
                "sha256:1\n",
                run("volume", "backup", "--to", "r.example/db:1", "db").out());
        assertEquals("db@one\n", run("volume", "rm", "db@one").out());
        assertEquals(1, run("volume", "restore", "db").exitCode());
        assertEquals(1, run("volume", "restore", "-i", tar.toString(), "db@one").exitCode());
        assertEquals(1, run("volume", "restore", "-i", "/none", "db").exitCode());
        assertEquals(1, run("volume", "snapshot", "db@").exitCode());
        assertEquals(
                1,
                run("volume", "backup", "-o", "x", "--to", "r.example/y", "db").exitCode());
    }

    @Test
    void volume_calls_areThin() {
        daemon.on("POST /volumes/create", exchange -> {
                    assertEquals(
                            "{\"Name\":\"v\",\"Driver\":\"local\",\"DriverOpts\":{\"type\":\"tmpfs\"},\"Labels\":{}}",
                            exchange.text());
                    exchange.reply(201, "{\"Name\":\"v\"}");
                })
                .on(
                        "GET /volumes",
                        200,
                        "{\"Volumes\":[{\"Name\":\"b\",\"Driver\":\"local\"},{\"Name\":\"a\",\"Driver\":\"local\"}]}")
                .on("DELETE /volumes/v", 204, "");
        assertEquals("v\n", run("volume", "create", "-o", "type=tmpfs", "v").out());
        assertEquals(
                "DRIVER    VOLUME NAME\nlocal     a\nlocal     b\n",
                run("volume", "ls").out());
        assertEquals("v\n", run("volume", "rm", "v").out());
    }

    @Test
    void network_create_sendsPools() {
        daemon.on("POST /networks/create", exchange -> {
            assertTrue(exchange.text().contains("[{\"Subnet\":\"10.0.0.0/8\",\"Gateway\":\"10.0.0.1\"}]"));
            exchange.reply(201, "{\"Id\":\"n1\"}");
        });
        assertEquals(
                "n1\n",
                run("network", "create", "--subnet", "10.0.0.0/8", "--gateway", "10.0.0.1", "n")
                        .out());
        assertEquals(
                "every ip-range or gateway must have a corresponding subnet\n",
                run("network", "create", "--gateway", "10.0.0.1", "n").err());
    }

    @Test
    void systemPrune_eachKind_isAddedUp() {
        daemon.on("POST /containers/prune", 200, "{\"ContainersDeleted\":[\"c\"],\"SpaceReclaimed\":1000}")
                .on("POST /networks/prune", 501, "{\"message\":\"no networks\"}")
                .on(
                        "POST /images/prune",
                        200,
                        "{\"ImagesDeleted\":[{\"Deleted\":\"sha256:1\"}],\"SpaceReclaimed\":500}");
        assertEquals(
                "Deleted Containers:\nc\n\nDeleted Images:\ndeleted: sha256:1\n\nTotal reclaimed space: 1.5kB\n",
                run("system", "prune", "-f").out());
    }
}
