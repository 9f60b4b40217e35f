package dev.priok.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Devices that files of the Container Device Interface describe, and requests that nobody takes. */
@ExtendWith(SharedDaemon.class)
class DeviceTest {
    private static TestDaemon daemon;
    private static Docker docker;
    private static Path folder;

    @BeforeAll
    static void start() throws IOException {
        folder = Files.createTempDirectory(Path.of("/tmp"), "priok-cdi-");
        Path mounted = Files.writeString(folder.resolve("data"), "of the vendor");
        Path hook = Files.writeString(folder.resolve("hook"), "#!/bin/sh\ncat > " + folder + "/$1.state\n");
        Files.setPosixFilePermissions(hook, java.nio.file.attribute.PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.writeString(folder.resolve("vendor.yaml"), """
                cdiVersion: "0.6.0"
                kind: vendor.test/thing
                containerEdits:
                  env: ["OF_ALL=1"]
                devices:
                  - name: one
                    containerEdits:
                      env: ["THING=one"]
                      deviceNodes:
                        - {path: /dev/thing1, hostPath: /dev/full, permissions: rw}
                      mounts:
                        - {hostPath: %s, containerPath: /vendor/data, options: [ro, nosuid, nodev]}
                      hooks:
                        - {hookName: createRuntime, path: %s, args: [hook, create]}
                        - {hookName: poststop, path: %s, args: [hook, stop]}
                      additionalGids: [2000]
                  - name: stuck
                    containerEdits:
                      hooks:
                        - {hookName: createRuntime, path: /bin/sleep, args: [sleep, "30"]}
                  - name: two
                    containerEdits:
                      env: ["OTHER=two"]
                """.formatted(mounted, hook, hook));
        Files.writeString(
                folder.resolve("tabs.json"),
                "{\n\t\"cdiVersion\": \"0.5.0\",\n\t\"kind\": \"vendor.test/tabs\",\n\t\"devices\": [{\"name\":"
                        + " \"one\",\n\t\t\"containerEdits\": {\"env\": [\"A=1\"]}}]\n}\n");
        Files.writeString(folder.resolve("damaged.json"), "{\"cdiVersion\": \"0.6.0\", \"kind\": \"nothing\"}");
        daemon = TestDaemon.start("--cdi-spec-dir", folder.toString());
        docker = daemon.docker();
        Busybox.into(docker);
    }

    @AfterAll
    static void stop() throws IOException {
        daemon.close();
        for (String file :
                List.of("data", "hook", "vendor.yaml", "tabs.json", "damaged.json", "create.state", "stop.state")) {
            Files.deleteIfExists(folder.resolve(file));
        }
        Files.delete(folder);
    }

    @Test
    void cdiDevices_areInTheContainer() {
        String out = docker.ok(
                "run",
                "--rm",
                "--name",
                "cdi",
                "--device",
                "vendor.test/thing=one",
                "--device",
                "vendor.test/thing=two",
                Busybox.IMAGE,
                "sh",
                "-c",
                "echo $OF_ALL $THING $OTHER; head -c1 /dev/thing1 | wc -c; cat /vendor/data; id -G; touch /vendor/data; echo $?");
        List<String> lines = out.lines().toList();
        assertEquals("1 one two", lines.get(0), out);
        assertEquals("1", lines.get(1).strip(), out);
        assertTrue(lines.get(2).startsWith("of the vendor"), out);
        assertTrue(out.contains("2000") && out.contains("\n1"), out);
        assertTrue(read("create.state").contains("\"status\":\"creating\""), read("create.state"));
        Await.until(() -> read("stop.state").contains("\"status\":\"stopped\""));
    }

    /** What poststop hooks have to undo does not depend on who is there at the end. */
    @Test
    void poststopHooks_runAlsoAfterADaemonThatWasKilled() throws IOException {
        docker.ok("run", "-d", "--name", "cdi-kill", "--device", "vendor.test/thing=one", Busybox.IMAGE, "sleep", "3");
        Files.deleteIfExists(folder.resolve("stop.state"));
        String id = docker.ok("inspect", "-f", "{{.Id}}", "cdi-kill");
        String pid = docker.ok("inspect", "-f", "{{.State.Pid}}", "cdi-kill");
        daemon.kill();
        Await.until(() -> !Files.exists(Path.of("/proc", pid)));
        assertEquals("", read("stop.state"));
        daemon.launch();
        Await.until(() -> read("stop.state").contains(id));
        assertEquals("0", docker.ok("wait", "cdi-kill"));
        docker.ok("rm", "cdi-kill");
    }

    @Test
    void info_listsFoldersAndDevices() {
        assertEquals("[" + folder + "]", docker.ok("info", "-f", "{{.CDISpecDirs}}"));
        RawHttp.Answer info = new RawHttp(daemon.socket()).send("GET", "/info", "", "");
        assertTrue(info.body().contains("{\"Source\":\"cdi\",\"ID\":\"vendor.test/thing=one\"}"), info.body());
        assertTrue(info.body().contains("vendor.test/tabs=one"), info.body());
    }

    @Test
    void unknownDevice_isRefusedAtStart() {
        Program.Result result = docker.run("run", "--rm", "--device", "vendor.test/thing=nine", Busybox.IMAGE, "true");
        assertEquals(125, result.exit());
        assertTrue(
                result.err().contains("CDI device injection failed: unresolvable CDI devices vendor.test/thing=nine"),
                result.err());
        assertTrue(result.err().contains("damaged.json: invalid kind \"nothing\""), result.err());
    }

    @Test
    void otherDrivers_areRefusedInDockersWords() {
        Program.Result gpus = docker.run("run", "--rm", "--gpus", "all", Busybox.IMAGE, "true");
        assertEquals(125, gpus.exit());
        assertTrue(gpus.err().contains("could not select device driver \"\" with capabilities: [[gpu]]"), gpus.err());
        RawHttp.Answer answer = new RawHttp(daemon.socket())
                .send(
                        "POST",
                        "/containers/create",
                        "application/json",
                        "{\"Image\":\"bb\",\"Cmd\":[\"true\"],\"HostConfig\":{\"DeviceRequests\":[{\"Driver\":\"cdi\",\"Count\":1,\"Options\":{\"a\":\"b\"}}]}}");
        assertEquals(400, answer.status());
        assertTrue(answer.body().contains("driver cdi takes DeviceIDs alone"), answer.body());
    }

    /** One start hangs in a hook: all that reads is answered meanwhile, and others start. */
    @Test
    void start_timesOut_andNobodyWaitsForIt() throws Exception {
        RawHttp http = new RawHttp(daemon.socket());
        RawHttp.Answer created = http.send(
                "POST",
                "/containers/create?name=hung",
                "application/json",
                "{\"Image\":\"bb\",\"Cmd\":[\"true\"],\"HostConfig\":{\"StartTimeout\":3000000000,\"DeviceRequests\":"
                        + "[{\"Driver\":\"cdi\",\"DeviceIDs\":[\"vendor.test/thing=stuck\"]}]}}");
        assertEquals(201, created.status(), created.body());
        CompletableFuture<RawHttp.Answer> start =
                CompletableFuture.supplyAsync(() -> http.send("POST", "/containers/hung/start", "", ""));
        int rounds = 0;
        while (!start.isDone()) {
            for (String target : List.of(
                    "/containers/json?all=1",
                    "/containers/json?all=1&size=1",
                    "/containers/hung/json?size=1",
                    "/containers/hung/logs?stdout=1",
                    "/containers/hung/changes",
                    "/containers/hung/stats?stream=false&one-shot=1",
                    "/info",
                    "/system/df",
                    "/networks",
                    "/volumes")) {
                long asked = System.nanoTime();
                RawHttp.Answer answer = http.send("GET", target, "", "");
                assertEquals(200, answer.status(), target + " " + answer.body());
                long millis = (System.nanoTime() - asked) / 1_000_000;
                assertTrue(millis < 2500 || start.isDone(), target + " waited for the start: " + millis + " ms");
            }
            if (rounds++ == 0) {
                assertEquals("other", docker.ok("run", "--rm", Busybox.IMAGE, "echo", "other"));
            }
        }
        assertTrue(rounds > 0);
        assertEquals(500, start.get().status(), start.get().body());
        assertTrue(
                start.get().body().contains("the start took more than 3000 ms"),
                start.get().body());
        assertEquals("created", docker.ok("inspect", "-f", "{{.State.Status}}", "hung"));
        docker.ok("rm", "hung");
    }

    private static String read(String file) {
        try {
            Path path = folder.resolve(file);
            return Files.exists(path) ? Files.readString(path) : "";
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
