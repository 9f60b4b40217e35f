package dev.priok.cli.container;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.cli.CommandLine;
import dev.priok.cli.archive.TarEntry;
import dev.priok.cli.archive.TarReader;
import dev.priok.cli.archive.TarWriter;
import dev.priok.client.testing.FakeDaemon;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(20)
final class ContainerCommandsTest {
    private static final String LIST = """
            [{"Id":"aaaaaaaaaaaabbbb","Names":["/other/link","/web"],"Image":"nginx@sha256:99","ImageID":"sha256:1",
              "Command":"nginx -g 'daemon off;' and more","Created":1767322925,"State":"running","Status":"Up 2 minutes",
              "Ports":[{"IP":"0.0.0.0","PrivatePort":80,"PublicPort":8080,"Type":"tcp"},
                       {"IP":"::","PrivatePort":80,"PublicPort":8080,"Type":"tcp"},
                       {"PrivatePort":82,"Type":"tcp"},{"PrivatePort":81,"Type":"tcp"}],
              "Labels":{"b":"2","a":"1"},"SizeRw":1234,"SizeRootFs":5678901,
              "Mounts":[{"Name":"a-volume-with-a-long-name","Driver":"local"}],"NetworkSettings":{"Networks":{"none":{}}}}]""";

    @TempDir
    private Path folder;

    private FakeDaemon daemon;
    private final List<String> targets = new ArrayList<>();

    @BeforeEach
    void start() {
        daemon = new FakeDaemon(folder);
        daemon.on("GET /containers/json", exchange -> {
            targets.add(exchange.target());
            exchange.reply(200, LIST);
        });
    }

    @AfterEach
    void stop() throws IOException {
        daemon.close();
    }

    private CommandLine.Result run(String... words) {
        return new CommandLine(daemon).run(words);
    }

    @Test
    void ps_table_hasDockersColumns() {
        assertEquals(
                """
                CONTAINER ID   IMAGE     COMMAND                  CREATED         STATUS         PORTS                                                    NAMES
                aaaaaaaaaaaa   nginx     "nginx -g 'daemon of…"   2 minutes ago   Up 2 minutes   81-82/tcp, 0.0.0.0:8080->80/tcp, [::]:8080->80/tcp       web
                """.replace("tcp       web", "tcp   web").replace(
                        "PORTS                                                    NAMES",
                        "PORTS                                                NAMES"),
                run("ps").out());
    }

    @Test
    void ps_formats_showEachField() {
        assertEquals(
                "web a=1,b=2 2 1 none 1.23kB (virtual 5.68MB)\n",
                run(
                                "ps",
                                "--format",
                                "{{.Names}} {{.Labels}} {{.Label \"b\"}} {{.LocalVolumes}} {{.Networks}} {{.Size}}")
                        .out());
        assertEquals("/v1.51/containers/json?size=1", targets.getLast());
        assertEquals("a-volume-with-…\n", run("ps", "--format", "{{.Mounts}}").out());
        assertEquals("aaaaaaaaaaaa\n", run("ps", "-q").out());
        assertEquals("aaaaaaaaaaaabbbb\n", run("ps", "-q", "--no-trunc").out());
    }

    @Test
    void ps_options_becomeTheQuery() {
        run("ps", "-a", "--filter", "status=exited", "--filter", "Label=a=b", "-n", "3");
        assertEquals(
                "/v1.51/containers/json?all=1&limit=3&filters=%7B%22status%22%3A%7B%22exited%22%3Atrue%7D%2C"
                        + "%22label%22%3A%7B%22a%3Db%22%3Atrue%7D%7D",
                targets.getLast());
        assertEquals(125, run("ps", "--filter", "bad").exitCode());
    }

    @Test
    void ps_badFormat_saysWhy() {
        CommandLine.Result result = run("ps", "--format", "{{.Nope}}");
        assertEquals(1, result.exitCode());
        assertTrue(
                result.err()
                        .startsWith(
                                "failed to execute template: template: :1:2: executing \"\" at <.Nope>: can't evaluate field Nope"),
                result.err());
        assertEquals(
                "failed to parse template: template: :1: unclosed action\n",
                run("ps", "--format", "{{.").err());
    }

    @Test
    void logs_multiplexed_areSplit() {
        daemon.on("GET /containers/web/json", 200, "{\"Id\":\"c1\",\"Config\":{\"Tty\":false}}")
                .on("GET /containers/c1/logs", exchange -> {
                    targets.add(exchange.target());
                    exchange.write("HTTP/1.1 200 OK\r\n\r\n");
                    exchange.frame(1, "a\n");
                    exchange.frame(2, "b\n");
                });
        CommandLine.Result result = run("logs", "-t", "--tail", "5", "--since", "10m", "web");
        assertEquals("a\n", result.out());
        assertEquals("b\n", result.err());
        assertEquals(
                "/v1.51/containers/c1/logs?stdout=1&stderr=1&timestamps=1&since=1767322445.000000000&tail=5",
                targets.getLast());
    }

    @Test
    void logs_ofSeveral_areMergedByTime() {
        for (String id : List.of("a1", "b2")) {
            daemon.on(
                    "GET /containers/" + id + "/json",
                    200,
                    "{\"Id\":\"" + id + "\",\"Name\":\"/" + (id.equals("a1") ? "web" : "database")
                            + "\",\"Config\":{}}");
        }
        daemon.on("GET /containers/a1/logs", exchange -> {
                    exchange.write("HTTP/1.1 200 OK\r\n\r\n");
                    exchange.frame(1, "2026-01-01T00:00:01Z one\n2026-01-01T00:00:03.5Z th");
                    exchange.frame(1, "ree\n");
                })
                .on("GET /containers/b2/logs", exchange -> {
                    exchange.write("HTTP/1.1 200 OK\r\n\r\n");
                    exchange.frame(1, "2026-01-01T00:00:02.000000001Z two\n2026-01-01T00:00:03.51Z four\n");
                });
        assertEquals(
                "web      | one\ndatabase | two\nweb      | three\ndatabase | four\n",
                run("logs", "a1", "b2").out());
        assertEquals(
                "database | 2026-01-01T00:00:02.000000001Z two",
                run("logs", "-t", "a1", "b2").out().lines().toList().get(1));
    }

    @Test
    void port_bindings_areListed() {
        daemon.on("GET /containers/web/json", 200, """
                {"NetworkSettings":{"Ports":{"80/tcp":[{"HostIp":"0.0.0.0","HostPort":"8080"},{"HostIp":"::","HostPort":"8080"}],"90/udp":null}}}""");
        assertEquals(
                "80/tcp -> 0.0.0.0:8080\n80/tcp -> [::]:8080\n",
                run("port", "web").out());
        assertEquals("0.0.0.0:8080\n[::]:8080\n", run("port", "web", "80").out());
        assertEquals(
                "Error: No public port '90/udp' published for web\n",
                run("port", "web", "90/udp").err());
    }

    @Test
    void rm_forcedAndMissing_isNoFailure() {
        daemon.on("DELETE /containers/", 404, "{\"message\":\"No such container: x\"}");
        assertEquals(0, run("rm", "-f", "x").exitCode());
        assertEquals(1, run("rm", "x").exitCode());
    }

    @Test
    void prune_askedAndRefused_callsNothing() {
        CommandLine.Result result = new CommandLine(daemon).input("n\n").run("container", "prune");
        assertEquals(0, result.exitCode());
        assertEquals(List.of(), daemon.calls());
        daemon.on("POST /containers/prune", 200, "{\"ContainersDeleted\":[\"a\",\"b\"],\"SpaceReclaimed\":1234567}");
        assertEquals(
                "Deleted Containers:\na\nb\n\nTotal reclaimed space: 1.235MB\n",
                run("container", "prune", "-f").out());
    }

    @Test
    void stats_once_computesShares() {
        daemon.on("GET /containers/web/stats", 200, """
                {"id":"c1","name":"/web","cpu_stats":{"cpu_usage":{"total_usage":300},"system_cpu_usage":2000,"online_cpus":2},
                 "precpu_stats":{"cpu_usage":{"total_usage":100},"system_cpu_usage":1000},
                 "memory_stats":{"usage":3000000,"limit":10485760,"stats":{"inactive_file":902848}},
                 "networks":{"a":{"rx_bytes":1000,"tx_bytes":2},"b":{"rx_bytes":500,"tx_bytes":2}},
                 "blkio_stats":{"io_service_bytes_recursive":[{"op":"Read","value":10},{"op":"write","value":20}]},
                 "pids_stats":{"current":4}}""");
        assertEquals(
                "web 40.00% 2MiB / 10MiB 20.00% 1.5kB / 4B 10B / 20B 4\n",
                run(
                                "stats",
                                "--no-stream",
                                "--format",
                                "{{.Name}} {{.CPUPerc}} {{.MemUsage}} {{.MemPerc}} {{.NetIO}} {{.BlockIO}} {{.PIDs}}",
                                "web")
                        .out());
    }

    @Test
    void stats_namedContainerIsMissing_fails() {
        daemon.on("GET /containers/gone/stats", 404, "{\"message\":\"No such container: gone\"}");
        CommandLine.Result result = run("stats", "--no-stream", "gone");
        assertEquals(1, result.exitCode());
        assertEquals("", result.out());
        assertEquals("Error response from daemon: No such container: gone\n", result.err());
    }

    @Test
    void start_attached_isAsRun() {
        daemon.on("GET /containers/web/json", 200, "{\"Id\":\"c1\",\"Config\":{\"Tty\":false},\"HostConfig\":{}}")
                .on("POST /containers/c1/attach", exchange -> {
                    exchange.upgrade("application/vnd.docker.multiplexed-stream");
                    exchange.frame(1, "hi");
                })
                .on("POST /containers/c1/wait", 200, "{\"StatusCode\":4}")
                .on("POST /containers/c1/start", 204, "");
        CommandLine.Result result = run("start", "-a", "web");
        assertEquals("hi", result.out());
        assertEquals(4, result.exitCode());
    }

    private static String stat(boolean isFolder) {
        String json = "{\"name\":\"x\",\"mode\":" + (isFolder ? 1L << 31 : 420) + "}";
        return "X-Docker-Container-Path-Stat: "
                + Base64.getEncoder().encodeToString(json.getBytes(StandardCharsets.UTF_8)) + "\r\n";
    }

    private void serveArchive(boolean isFolder, String... names) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarWriter tar = new TarWriter(bytes)) {
            for (String name : names) {
                if (name.endsWith("/")) {
                    tar.write(new TarEntry(name, TarEntry.Kind.FOLDER, 0755, 0, 0, 0, 0, ""));
                } else {
                    tar.write(
                            new TarEntry(name, TarEntry.Kind.FILE, 0644, 0, 0, 1, 0, ""),
                            new ByteArrayInputStream(new byte[] {'x'}));
                }
            }
        }
        daemon.on(
                "GET /containers/web/archive",
                exchange -> exchange.reply(200, "application/x-tar", bytes.toByteArray(), stat(isFolder)));
    }

    @Test
    void cp_fileOut_intoFolderOrUnderANewName() throws IOException {
        serveArchive(false, "file");
        CommandLine.Result result = run("cp", "--quiet=false", "web:/etc/file", folder.toString());
        assertEquals(0, result.exitCode(), result.err());
        assertEquals("x", Files.readString(folder.resolve("file")));
        assertTrue(result.err().startsWith("Successfully copied 2.05kB to "), result.err());
        run("cp", "web:/etc/file", folder + "/renamed");
        assertEquals("x", Files.readString(folder.resolve("renamed")));
        assertEquals(
                "no such directory\n",
                run("cp", "web:/etc/file", folder + "/none/").err());
    }

    @Test
    void cp_folderOut_followsDockersRules() throws IOException {
        serveArchive(true, "etc/", "etc/passwd");
        run("cp", "web:/etc", folder + "/new");
        assertEquals("x", Files.readString(folder.resolve("new/passwd")));
        run("cp", "web:/etc", folder + "/new");
        assertEquals("x", Files.readString(folder.resolve("new/etc/passwd")));
        serveArchive(true, "./", "./passwd");
        Path content = Files.createDirectory(folder.resolve("content"));
        run("cp", "web:/etc/.", content.toString());
        assertEquals("x", Files.readString(content.resolve("passwd")));
    }

    @ParameterizedTest
    @CsvSource({
        "file,/dir,true,'/dir','file'",
        "file,/new,false,'/','new'",
        "d,/dir,true,'/dir','d/ d/f'",
        "d,/new,false,'/','new/ new/f'",
        "d/.,/dir,true,'/dir','f'"
    })
    void cp_in_sendsTheRightNames(String source, String target, boolean isFolderThere, String path, String names)
            throws IOException {
        Files.writeString(folder.resolve("file"), "x");
        Files.createDirectory(folder.resolve("d"));
        Files.writeString(folder.resolve("d/f"), "x");
        daemon.on("HEAD /_ping", 200, "").on("HEAD /containers/web/archive", exchange -> {
            if (isFolderThere) {
                exchange.reply(200, "application/x-tar", new byte[0], stat(true));
            } else {
                exchange.reply(404, "");
            }
        });
        List<String> sent = new ArrayList<>();
        daemon.on("PUT /containers/web/archive", exchange -> {
            targets.add(exchange.target());
            TarReader tar = new TarReader(new ByteArrayInputStream(exchange.body()));
            for (TarEntry entry = tar.next(); entry != null; entry = tar.next()) {
                sent.add(entry.name());
            }
            exchange.reply(200, "");
        });
        CommandLine.Result result = run("cp", folder + "/" + source, "web:" + target);
        assertEquals(0, result.exitCode(), result.err());
        assertEquals(names, String.join(" ", sent));
        assertTrue(
                targets.getLast().contains("path=" + path.replace("/", "%2F") + "&noOverwriteDirNonDir=true"),
                targets.getLast());
    }

    @Test
    void cp_neitherSideIsAContainer_isRefused() {
        assertEquals(
                "must specify at least one container source\n",
                run("cp", "a", "b").err());
        assertEquals(
                "copying between containers is not supported\n",
                run("cp", "a:/x", "b:/y").err());
    }
}
