package dev.priok.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.oci.runtime.RuntimeSpec;
import dev.priok.oci.runtime.RuntimeSpec.Hook;
import dev.priok.oci.runtime.RuntimeSpec.Hooks;
import dev.priok.runtime.StartException;
import dev.priok.runtime.StartRequest;
import dev.priok.runtime.Stdio;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Programs of others at points of a container's life. */
@Tag("root")
@Tag("v2")
@Timeout(60)
class HookIT {
    @TempDir
    Path folder;

    private Box box;
    private Path log;

    @BeforeEach
    void open() throws Exception {
        box = new Box(folder);
        log = Files.createFile(folder.resolve("log"));
    }

    @AfterEach
    void close() throws Exception {
        box.close();
    }

    private static Hook sh(String script, Integer timeout) {
        return new Hook("/bin/busybox", List.of("sh", "-c", script), List.of("PATH=/bin", "WHO=hook"), timeout);
    }

    private StartRequest request(Hooks hooks, String command) throws Exception {
        RuntimeSpec plain = Box.spec(Box.process("sh", "-c", command));
        RuntimeSpec spec = new RuntimeSpec(
                plain.ociVersion(),
                plain.process(),
                null,
                "box",
                null,
                plain.mounts(),
                hooks,
                Map.of("note", "n1"),
                plain.linux());
        return box.request(spec, Stdio.Pipes.ofDaemonsLife(false));
    }

    private String noting(String kind) {
        return "echo " + kind + " $(/bin/busybox grep -o '\"status\":\"[a-z]*\"') $WHO >> " + log;
    }

    @Test
    void hooks_runInOrderWithTheState() throws Exception {
        StartRequest request = request(
                new Hooks(
                        List.of(sh(noting("prestart"), null)),
                        List.of(sh(noting("createRuntime"), 5)),
                        List.of(sh(noting("createContainer") + "; hostname > " + folder + "/uts", null)),
                        List.of(sh("cat > /state; hostname >> /state; echo $$ >> /state", null)),
                        List.of(sh(noting("poststart"), null)),
                        List.of(sh(noting("poststop"), null))),
                "cat /state");
        Box.Outcome out = Box.finish(box.start(request));
        box.runtime.stopped(request.state());
        box.runtime.stopped(request.state());
        assertEquals(
                List.of(
                        "prestart \"status\":\"creating\" hook",
                        "createRuntime \"status\":\"creating\" hook",
                        "createContainer \"status\":\"creating\" hook",
                        "poststart \"status\":\"running\" hook",
                        "poststop \"status\":\"stopped\" hook"),
                Files.readAllLines(log));
        assertEquals("box\n", Files.readString(folder.resolve("uts")));
        assertTrue(out.out().contains("\"status\":\"created\""), out.toString());
        assertTrue(out.out().contains("\"note\":\"n1\""), out.out());
        assertTrue(out.out().contains("box\n"), out.out());
    }

    private String refusal(Hooks hooks) throws Exception {
        StartRequest request = request(hooks, "echo ran > /ran");
        String message =
                assertThrows(StartException.class, () -> box.start(request)).getMessage();
        assertTrue(Files.notExists(box.rootfs.resolve("ran")));
        return message;
    }

    @Test
    void failure_endsTheStart() throws Exception {
        List<Hook> none = List.of();
        String host = refusal(new Hooks(none, List.of(sh("echo why >&2; exit 3", null)), none, none, none, none));
        assertTrue(host.contains("error running createRuntime hook /bin/busybox: exit status 3, output: why"), host);
        String inside = refusal(new Hooks(none, none, none, List.of(sh("echo inside; exit 4", null)), none, none));
        assertTrue(inside.contains("startContainer hook /bin/busybox: exit status 4, output: inside"), inside);
        Hook missing = new Hook("/no/such/hook", List.of(), List.of(), null);
        String absent = refusal(new Hooks(List.of(missing), none, none, none, none, none));
        assertTrue(absent.contains("running prestart hook /no/such/hook: no such file"), absent);
    }

    @Test
    void timeout_endsTheStart() throws Exception {
        List<Hook> none = List.of();
        String host = refusal(new Hooks(none, List.of(sh("sleep 100", 1)), none, none, none, none));
        assertTrue(host.contains("timeout of 1s"), host);
        String inside = refusal(new Hooks(none, none, List.of(sh("sleep 100", 1)), none, none, none));
        assertTrue(inside.contains("timeout of 1s"), inside);
    }
}
