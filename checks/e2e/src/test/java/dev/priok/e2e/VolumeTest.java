package dev.priok.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** {@code docker volume}, and every type of {@code --mount}. */
@ExtendWith(SharedDaemon.class)
class VolumeTest {
    private static Docker docker;

    @TempDir
    Path dir;

    @BeforeAll
    static void find() {
        docker = SharedDaemon.get().docker();
    }

    @AfterEach
    void remove() {
        docker.run("rm", "-f", "vol-c", "vol-d");
        for (String name : docker.ok("volume", "ls", "-q").lines().toList()) {
            if (name.startsWith("vt-")) {
                docker.run("volume", "rm", "-f", name);
            }
        }
    }

    private static String mountinfo() throws IOException {
        return Files.readString(Path.of("/proc/self/mountinfo"));
    }

    private static String place(String volume) {
        return docker.ok("volume", "inspect", "-f", "{{.Mountpoint}}", volume);
    }

    @Test
    void tmpfsVolume_isMountedWhileItIsUsed() throws IOException {
        docker.ok("volume", "create", "-o", "type=tmpfs", "-o", "device=tmpfs", "-o", "o=size=1m,uid=1000", "vt-mem");
        String place = place("vt-mem");
        assertFalse(mountinfo().contains(place));
        docker.ok("run", "-d", "--name", "vol-c", "-v", "vt-mem:/mem", Busybox.IMAGE, "sleep", "1000");
        assertTrue(mountinfo().contains(place));
        assertEquals(
                "1000 tmpfs", docker.ok("exec", "vol-c", "sh", "-c", "echo $(stat -c %u /mem) $(stat -f -c %T /mem)"));
        assertNotEquals(
                0,
                docker.run("exec", "vol-c", "dd", "if=/dev/zero", "of=/mem/x", "bs=1M", "count=2")
                        .exit());
        docker.ok("run", "-d", "--name", "vol-d", "-v", "vt-mem:/mem", Busybox.IMAGE, "sleep", "1000");
        docker.ok("rm", "-f", "vol-d");
        assertTrue(mountinfo().contains(place), "the other one still uses it");
        assertTrue(docker.run("volume", "rm", "vt-mem").err().contains("volume is in use"));
        docker.ok("rm", "-f", "vol-c");
        Await.until(() -> {
            try {
                return !mountinfo().contains(place);
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
        docker.ok("volume", "rm", "vt-mem");
    }

    @Test
    void boundVolume_isLeftAloneWhenItGoes() throws IOException {
        Path data = Files.createDirectories(dir.resolve("data"));
        Files.writeString(data.resolve("precious"), "kept");
        docker.ok("volume", "create", "-o", "type=none", "-o", "device=" + data, "-o", "o=bind,ro", "vt-bind");
        assertEquals("kept", docker.ok("run", "--rm", "-v", "vt-bind:/d", Busybox.IMAGE, "cat", "/d/precious"));
        assertNotEquals(
                0,
                docker.run("run", "--rm", "-v", "vt-bind:/d", Busybox.IMAGE, "touch", "/d/x")
                        .exit());
        docker.ok("volume", "rm", "vt-bind");
        assertEquals("kept", Files.readString(data.resolve("precious")));
    }

    @Test
    void options_areChecked() {
        String[][] wrong = {
            {"-o", "what=x", "invalid option: \"what\""},
            {"-o", "type=tmpfs", "missing required option: \"device\""},
            {"-o", "size=1m", "invalid size"},
        };
        for (String[] line : wrong) {
            Program.Result result = docker.run("volume", "create", line[0], line[1], "vt-wrong");
            assertEquals(1, result.exit());
            assertTrue(result.err().contains(line[2]), result.err());
        }
        docker.ok("volume", "create", "-o", "type=nosuchfs", "-o", "device=x", "vt-none");
        Program.Result result = docker.run("run", "--rm", "-v", "vt-none:/x", Busybox.IMAGE, "true");
        assertTrue(result.err().contains("failed to mount local volume: mount x:"), result.err());
    }

    @Test
    void image_isMountedReadOnly() {
        docker.ok(
                "run",
                "--name",
                "vol-c",
                "--mount",
                "type=image,source=" + Busybox.IMAGE + ",target=/img",
                Busybox.IMAGE,
                "sh",
                "-c",
                "cat /img/etc/passwd | head -1; touch /img/x 2>/dev/null || echo no");
        assertEquals("root:x:0:0:root:/root:/bin/sh\nno", docker.ok("logs", "vol-c"));
        assertTrue(docker.ok("inspect", "-f", "{{json .Mounts}}", "vol-c").contains("\"Type\":\"image\""));
        docker.ok("start", "-a", "vol-c");
        assertEquals(
                "root:x:0:0:root:/root:/bin/sh",
                docker.ok(
                        "run",
                        "--rm",
                        "--mount",
                        "type=image,source=" + Busybox.IMAGE + ",target=/p,image-subpath=etc/passwd",
                        Busybox.IMAGE,
                        "head",
                        "-1",
                        "/p"));
    }

    @Test
    void subpath_staysInItsVolume() {
        docker.ok(
                "run",
                "--rm",
                "-v",
                "vt-sub:/v",
                Busybox.IMAGE,
                "sh",
                "-c",
                "mkdir -p /v/a/b; echo in > /v/a/b/f; ln -s /etc /v/out; ln -s a/b /v/link");
        String mount = "type=volume,source=vt-sub,target=/x,volume-subpath=";
        assertEquals("in", docker.ok("run", "--rm", "--mount", mount + "a/b", Busybox.IMAGE, "cat", "/x/f"));
        assertEquals("in", docker.ok("run", "--rm", "--mount", mount + "link", Busybox.IMAGE, "cat", "/x/f"));
        for (String wrong : List.of("none", "out", "../x")) {
            Program.Result result = docker.run("run", "--rm", "--mount", mount + wrong, Busybox.IMAGE, "ls", "/x");
            assertNotEquals(0, result.exit(), wrong);
            assertTrue(result.err().contains("path"), result.err());
        }
    }

    @Test
    void otherTypes_areRefused() {
        Program.Result result = docker.run(
                "run", "--rm", "--mount", "type=npipe,source=\\\\.\\pipe\\x,target=/x", Busybox.IMAGE, "true");
        assertTrue(result.err().contains("mount type unknown"), result.err());
    }

    @Test
    void copy_ofAVolumesRoot_keepsItsName() throws IOException {
        docker.ok("run", "--name", "vol-c", "-v", "vt-cp:/vol/data", Busybox.IMAGE, "sh", "-c", "echo x > /vol/data/f");
        docker.ok("cp", "vol-c:/vol/data", dir.toString());
        assertEquals("x\n", Files.readString(dir.resolve("data/f")));
        Files.createDirectories(dir.resolve("in"));
        docker.ok("cp", "vol-c:/vol/data/.", dir.resolve("in").toString());
        assertEquals("x\n", Files.readString(dir.resolve("in/f")));
        Program.Result outside = docker.run("cp", "vol-c:/proc/1/root/..", dir.toString());
        assertNotEquals(0, outside.exit());
    }

    @Test
    void export_ofAStoppedContainer_hasTheMountPoints() {
        docker.ok("create", "--name", "vol-c", Busybox.IMAGE, "true");
        Program.Result tar = docker.run("export", "vol-c").ok();
        List<String> names = Program.run(java.util.Map.of(), tar.bytes(), List.of("tar", "-t"))
                .ok()
                .out()
                .lines()
                .toList();
        for (String name :
                List.of(".dockerenv", "etc/hosts", "etc/hostname", "etc/resolv.conf", "dev/console", "proc/")) {
            assertTrue(names.contains(name), name + " in " + names);
        }
    }

    @Test
    void networkFileSystems_areToldWhatTheUserSaid() {
        docker.ok(
                "volume",
                "create",
                "-o",
                "type=nfs",
                "-o",
                "o=addr=localhost,nolock,ro",
                "-o",
                "device=:/export",
                "vt-nfs");
        Program.Result nfs = docker.run("run", "--rm", "-v", "vt-nfs:/x", Busybox.IMAGE, "true");
        assertNotEquals(0, nfs.exit());
        assertTrue(nfs.err().contains("failed to mount local volume: mount :/export:"), nfs.err());
        assertTrue(nfs.err().contains("data: addr=127.0.0.1,nolock"), nfs.err());
        docker.ok(
                "volume",
                "create",
                "-o",
                "type=cifs",
                "-o",
                "o=addr=localhost,username=me,password=secret",
                "-o",
                "device=//server/share",
                "vt-cifs");
        Program.Result cifs = docker.run("run", "--rm", "-v", "vt-cifs:/x", Busybox.IMAGE, "true");
        assertNotEquals(0, cifs.exit());
        assertTrue(cifs.err().contains("data: addr=127.0.0.1,username=me,password=********"), cifs.err());
        assertFalse(cifs.err().contains("secret"), cifs.err());
        Program.Result unknown = docker.run(
                "run",
                "--rm",
                "--mount",
                "type=volume,src=vt-un,dst=/x,volume-opt=type=nfs,volume-opt=device=:/e,\"volume-opt=o=addr=no-such-host.invalid\"",
                Busybox.IMAGE,
                "true");
        assertTrue(unknown.err().contains("error resolving passed in network volume address"), unknown.err());
    }

    @Test
    void copyUp_keepsOwnersUnlessToldNotTo() throws IOException {
        Files.writeString(
                dir.resolve("Dockerfile"),
                "FROM " + Busybox.IMAGE
                        + "\nRUN mkdir -p /data/sub && echo x > /data/sub/f && chown -R 1000:2000 /data && chmod 750 /data"
                        + " && ln -s sub/f /data/link && chmod 4755 /data/sub/f\nVOLUME /anon\n");
        docker.ok("build", "-q", "-t", "vt-copy", dir.toString());
        String look = "echo $(stat -c '%u:%g %a' /data) $(stat -c '%u:%g %a' /data/sub/f) $(readlink /data/link)";
        assertEquals(
                "1000:2000 750 1000:2000 4755 sub/f",
                docker.ok("run", "--rm", "-v", "vt-up:/data", "vt-copy", "sh", "-c", look));
        assertEquals(
                "0:0 755",
                docker.ok(
                        "run", "--rm", "-v", "vt-no:/data:nocopy", "vt-copy", "sh", "-c", "stat -c '%u:%g %a' /data"));
        assertEquals(
                "",
                docker.ok(
                        "run",
                        "--rm",
                        "--mount",
                        "type=volume,src=vt-no2,dst=/data,volume-nocopy",
                        "vt-copy",
                        "ls",
                        "-A",
                        "/data"));
        docker.ok("run", "--rm", "-v", "vt-up:/data", "vt-copy", "sh", "-c", "rm -rf /data/sub; echo mine > /data/own");
        assertEquals(
                "link own",
                docker.ok("run", "--rm", "-v", "vt-up:/data", "vt-copy", "sh", "-c", "echo $(ls -A /data)"),
                "a volume with content is left alone");
        docker.ok("rmi", "vt-copy");
    }

    @Test
    void volumesFrom_takesMountsOver() {
        docker.ok("create", "--name", "vol-c", "-v", "vt-a:/a", "-v", "/b", "--tmpfs", "/t", Busybox.IMAGE, "true");
        assertEquals(
                "yes",
                docker.ok(
                        "run",
                        "--rm",
                        "--volumes-from",
                        "vol-c",
                        Busybox.IMAGE,
                        "sh",
                        "-c",
                        "echo 1 > /a/f && echo 2 > /b/f && ! grep -q ' /t ' /proc/mounts && echo yes"));
        assertEquals(
                "1 2 ro",
                docker.ok(
                        "run",
                        "--rm",
                        "--volumes-from",
                        "vol-c:ro",
                        Busybox.IMAGE,
                        "sh",
                        "-c",
                        "echo $(cat /a/f /b/f) $(touch /a/g 2>/dev/null || echo ro)"));
        assertTrue(docker.run("run", "--rm", "--volumes-from", "vt-none", Busybox.IMAGE, "true")
                .err()
                .contains("No such container: vt-none"));
        assertTrue(docker.run("run", "--rm", "--volumes-from", "vol-c:xx", Busybox.IMAGE, "true")
                .err()
                .contains("invalid"));
        String anonymous = docker.ok(
                "inspect", "-f", "{{range .Mounts}}{{if eq .Destination \"/b\"}}{{.Name}}{{end}}{{end}}", "vol-c");
        Program.Result used = docker.run("volume", "rm", anonymous);
        assertTrue(used.err().contains("volume is in use - ["), used.err());
        docker.ok("rm", "-v", "vol-c");
        assertFalse(docker.ok("volume", "ls", "-q").contains(anonymous));
        assertTrue(docker.ok("volume", "ls", "-q").contains("vt-a"));
    }

    @Test
    void readOnlyBinds_areReadOnlyBelowToo() throws Exception {
        Path below = Files.createDirectories(dir.resolve("host/below"));
        Program.run(java.util.Map.of(), new byte[0], List.of("mount", "-t", "tmpfs", "tmpfs", below.toString()))
                .ok();
        try {
            String bind = "type=bind,src=" + dir.resolve("host") + ",dst=/h,readonly";
            String touch = "touch /h/below/x 2>/dev/null && echo rw || echo ro";
            assertEquals("ro", docker.ok("run", "--rm", "--mount", bind, Busybox.IMAGE, "sh", "-c", touch));
            assertEquals(
                    "rw",
                    docker.ok(
                            "run",
                            "--rm",
                            "--mount",
                            bind + ",bind-recursive=writable",
                            Busybox.IMAGE,
                            "sh",
                            "-c",
                            touch));
            assertEquals(
                    "ro",
                    docker.ok(
                            "run",
                            "--rm",
                            "--mount",
                            bind + ",bind-recursive=readonly,bind-propagation=rprivate",
                            Busybox.IMAGE,
                            "sh",
                            "-c",
                            touch));
            assertEquals(
                    "no",
                    docker.ok(
                            "run",
                            "--rm",
                            "--mount",
                            bind + ",bind-recursive=disabled",
                            Busybox.IMAGE,
                            "sh",
                            "-c",
                            "grep -q ' /h/below ' /proc/mounts && echo yes || echo no"));
        } finally {
            Program.run(java.util.Map.of(), new byte[0], List.of("umount", "-l", below.toString()))
                    .ok();
        }
    }

    @Test
    void propagation_isAsAskedFor() throws Exception {
        Path host = Files.createDirectories(dir.resolve("shared"));
        Path late = Files.createDirectories(host.resolve("late"));
        Program.run(java.util.Map.of(), new byte[0], List.of("mount", "--bind", host.toString(), host.toString()))
                .ok();
        Program.run(java.util.Map.of(), new byte[0], List.of("mount", "--make-shared", host.toString()))
                .ok();
        try {
            docker.ok("run", "-d", "--name", "vol-c", "-v", host + ":/s:rslave", Busybox.IMAGE, "sleep", "1000");
            docker.ok("run", "-d", "--name", "vol-d", "-v", host + ":/s", Busybox.IMAGE, "sleep", "1000");
            assertEquals(
                    "rslave rprivate",
                    docker.ok("inspect", "-f", "{{(index .Mounts 0).Propagation}}", "vol-c") + " "
                            + docker.ok("inspect", "-f", "{{(index .Mounts 0).Propagation}}", "vol-d"));
            Program.run(java.util.Map.of(), new byte[0], List.of("mount", "-t", "tmpfs", "tmpfs", late.toString()))
                    .ok();
            Files.writeString(late.resolve("f"), "seen");
            assertEquals("seen", docker.ok("exec", "vol-c", "cat", "/s/late/f"));
            assertNotEquals(0, docker.run("exec", "vol-d", "cat", "/s/late/f").exit());
        } finally {
            Program.run(java.util.Map.of(), new byte[0], List.of("umount", "-R", "-l", host.toString()))
                    .ok();
        }
    }

    @Test
    void prune_leavesNamedOnesAndThoseInUse() {
        docker.ok("volume", "create", "vt-named");
        docker.ok("create", "--name", "vol-c", "-v", "/anonymous", Busybox.IMAGE, "true");
        String anonymous = docker.ok("inspect", "-f", "{{(index .Mounts 0).Name}}", "vol-c");
        docker.ok("volume", "prune", "-f");
        assertTrue(docker.ok("volume", "ls", "-q").contains(anonymous));
        docker.ok("rm", "vol-c");
        docker.ok("volume", "prune", "-f");
        assertFalse(docker.ok("volume", "ls", "-q").contains(anonymous));
        assertTrue(docker.ok("volume", "ls", "-q").contains("vt-named"));
        docker.ok("volume", "prune", "-af");
        assertFalse(docker.ok("volume", "ls", "-q").contains("vt-named"));
    }

    @Test
    void plugin_keepsVolumes() throws Exception {
        Path data = Files.createDirectories(dir.resolve("plugged"));
        Path folder = Path.of("/run/docker/plugins");
        boolean made = !Files.exists(folder);
        Files.createDirectories(folder);
        String name = "priok-test-" + ProcessHandle.current().pid();
        Path socket = folder.resolve(name + ".sock");
        List<String> calls = new CopyOnWriteArrayList<>();
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket));
            Thread.startVirtualThread(() -> serve(server, data, calls));
            docker.ok("volume", "create", "-d", name, "-o", "colour=red", "vt-plug");
            docker.ok("run", "--rm", "-v", "vt-plug:/p", Busybox.IMAGE, "sh", "-c", "echo there > /p/f");
            assertEquals("there\n", Files.readString(data.resolve("f")));
            assertEquals(name, docker.ok("volume", "inspect", "-f", "{{.Driver}}", "vt-plug"));
            Await.until(() -> calls.stream().filter(c -> c.contains("Unmount")).count()
                    == calls.stream().filter(c -> c.contains("Driver.Mount")).count());
            docker.ok("volume", "rm", "vt-plug");
            assertTrue(
                    calls.stream().anyMatch(c -> c.contains("VolumeDriver.Create") && c.contains("red")), calls + "");
            assertTrue(calls.getLast().contains("VolumeDriver.Remove"), calls + "");
        } finally {
            Files.deleteIfExists(socket);
            if (made) {
                Files.deleteIfExists(folder);
            }
        }
        Program.Result none = docker.run("volume", "create", "-d", "nosuch", "vt-none");
        assertTrue(none.err().contains("plugin \"nosuch\" not found"), none.err());
    }

    private static void serve(ServerSocketChannel server, Path data, List<String> calls) {
        while (server.isOpen()) {
            try (SocketChannel client = server.accept()) {
                var in = Channels.newInputStream(client);
                StringBuilder text = new StringBuilder();
                while (!text.toString().contains("\r\n\r\n")) {
                    text.append((char) in.read());
                }
                int length = Integer.parseInt(text.toString()
                        .lines()
                        .filter(l -> l.startsWith("Content-Length: "))
                        .findFirst()
                        .orElseThrow()
                        .substring("Content-Length: ".length()));
                String body = new String(in.readNBytes(length), StandardCharsets.UTF_8);
                String method = text.toString().split(" ")[1];
                calls.add(method + " " + body);
                String answer = method.equals("/Plugin.Activate")
                        ? "{\"Implements\":[\"VolumeDriver\"]}"
                        : "{\"Mountpoint\":\"" + data + "\",\"Err\":\"\"}";
                client.write(
                        java.nio.ByteBuffer.wrap(("HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n" + answer)
                                .getBytes(StandardCharsets.UTF_8)));
            } catch (IOException e) {
                return;
            }
        }
    }
}
