package dev.priok.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.core.Event;
import dev.priok.core.Failure;
import dev.priok.engine.ContainerSpec;
import dev.priok.engine.ContainerState.Status;
import dev.priok.engine.Containers.AttachRequest;
import dev.priok.engine.Containers.ExitStatus;
import dev.priok.engine.Containers.RemoveOptions;
import dev.priok.engine.Containers.StopOptions;
import dev.priok.engine.Containers.WaitCondition;
import dev.priok.engine.Cursor;
import dev.priok.engine.ExecSpec;
import dev.priok.engine.Filters;
import dev.priok.engine.HostSpec;
import dev.priok.engine.Session;
import dev.priok.engine.StorageSpec;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The engine over real parts. */
@Tag("root")
@Timeout(120)
class EngineIT {
    @TempDir
    Path folder;

    private EngineBox box;

    @BeforeEach
    void open() throws Exception {
        box = new EngineBox(folder);
    }

    @AfterEach
    void close() throws Exception {
        box.close();
    }

    @Test
    void run_outputAndExitCode() throws Exception {
        assertEquals(new EngineBox.Outcome(3, "hello\n"), box.sh("echo hello; exit 3"));
    }

    @Test
    void run_environmentAsDocker() throws Exception {
        EngineBox.Outcome outcome = box.sh("echo $HOME $(hostname) $HOSTNAME; id; cat /etc/hostname");
        List<String> lines = outcome.output().lines().toList();
        String[] words = lines.getFirst().split(" ");
        assertEquals("/root", words[0]);
        assertEquals(words[1], words[2]);
        assertEquals(12, words[1].length());
        assertTrue(lines.get(1).startsWith("uid=0(root) gid=0(root)"), lines.get(1));
        assertEquals(words[1], lines.get(2));
    }

    @Test
    void start_unknownProgram_127() {
        String id = box.containers()
                .create(ContainerSpec.of("busybox", "nosuchprogram"), Optional.empty())
                .id();
        Failure failure = assertThrows(Failure.class, () -> box.containers().start(id));
        assertEquals(Failure.Kind.INVALID, failure.kind());
        assertTrue(failure.message().contains("executable file not found in $PATH"), failure.message());
        assertEquals(127, box.containers().inspect(id, false).state().exitCode());
        assertEquals(Status.CREATED, box.containers().inspect(id, false).state().status());
    }

    @Test
    void exec_inputAndExitCode() throws Exception {
        String id = box.start(ContainerSpec.of("busybox", "sleep", "1000"));
        ExecSpec cat = new ExecSpec(
                List.of("sh", "-c", "cat; exit 4"), List.of(), "", "", false, false, true, true, true, null, 0, 0);
        assertEquals(new EngineBox.Outcome(4, "ping"), box.exec(id, cat, "ping"));
        assertEquals(0, box.exec(id, ExecSpec.of("true"), "").code());
        EngineBox.Outcome missing = box.exec(id, ExecSpec.of("nosuchprogram"), "");
        assertEquals(127, missing.code());
        assertTrue(missing.output().contains("executable file not found"), missing.output());
    }

    @Test
    void attach_beforeStart_losesNothing() throws Exception {
        ContainerSpec spec = ContainerSpec.of("busybox", "sh", "-c", "cat; echo end");
        ContainerSpec interactive = spec.withProcess(new dev.priok.engine.ProcessSpec(
                null,
                spec.process().cmd(),
                List.of(),
                "",
                "",
                List.of(),
                false,
                true,
                true,
                true,
                true,
                true,
                "",
                null,
                null,
                List.of(),
                0,
                0));
        String id = box.containers().create(interactive, Optional.empty()).id();
        try (Session session = box.containers().attach(id, new AttachRequest(true, true, true, true, false, null))) {
            EngineBox.Collector out = new EngineBox.Collector();
            session.connect(out);
            box.containers().start(id);
            byte[] input = "to and fro\n".getBytes(StandardCharsets.UTF_8);
            session.write(input, 0, input.length);
            session.closeInput();
            assertEquals(Session.Ended.OUTPUT_ENDED, session.ended().get(20, TimeUnit.SECONDS));
            assertEquals("to and fro\nend\n", out.text());
        }
        assertEquals(0, box.await(id));
    }

    @Test
    void events_inDockersOrder() throws Exception {
        Instant begin = Instant.now();
        String id = box.containers()
                .create(ContainerSpec.of("busybox", "true").withHost(HostSpec.removedAtExit()), Optional.empty())
                .id();
        CompletableFuture<ExitStatus> removed = box.containers().wait(id, WaitCondition.REMOVED);
        box.containers()
                .attach(id, new AttachRequest(false, true, true, true, false, null))
                .close();
        box.containers().start(id);
        assertEquals(0, removed.get(20, TimeUnit.SECONDS).exitCode());
        List<String> actions = new ArrayList<>();
        try (Cursor<Event> events =
                box.engine().events().subscribe(begin, Instant.now(), new Filters(Map.of("container", List.of(id))))) {
            for (Event event = events.next(); event != null; event = events.next()) {
                actions.add(event.action());
            }
        }
        assertEquals(List.of("create", "attach", "start", "die", "destroy"), actions);
    }

    @Test
    void stop_escalatesToKill() throws Exception {
        String id = box.start(ContainerSpec.of("busybox", "sh", "-c", "trap '' TERM; while :; do sleep 1; done"));
        box.containers().stop(id, new StopOptions(null, 1));
        assertEquals(137, box.containers().inspect(id, false).state().exitCode());
        assertEquals(
                Failure.Kind.NOT_MODIFIED,
                assertThrows(Failure.class, () -> box.containers().stop(id, StopOptions.DEFAULT))
                        .kind());
    }

    @Test
    void pause_thenKill() throws Exception {
        String id = box.start(ContainerSpec.of("busybox", "sleep", "1000"));
        box.containers().pause(id);
        assertEquals(Status.PAUSED, box.containers().inspect(id, false).state().status());
        box.containers().kill(id, "KILL");
        assertEquals(137, box.containers().inspect(id, false).state().exitCode());
    }

    @Test
    void volume_copiedUpFromImage() throws Exception {
        StorageSpec storage =
                new StorageSpec(List.of(), List.of("named:/data"), List.of(), Map.of(), List.of(), "", 0, Map.of());
        assertEquals(
                "seed\n",
                box.run(ContainerSpec.of("busybox", "cat", "/data/seed").withStorage(storage))
                        .output());
        assertEquals(1, box.engine().volumes().list(Filters.NONE).size());
    }

    @Test
    void copy_inAndOut() throws Exception {
        String id = box.start(ContainerSpec.of("busybox", "sleep", "1000"));
        ByteArrayOutputStream tar = new ByteArrayOutputStream();
        box.containers().copyOut(id, "/etc/passwd", tar);
        box.containers().copyIn(id, "/tmp", new ByteArrayInputStream(tar.toByteArray()), false, false);
        assertTrue(box.exec(id, ExecSpec.of("cat", "/tmp/passwd"), "").output().startsWith("root:x:0:0"));
        assertTrue(box.containers().changes(id).stream().anyMatch(c -> c.path().equals("/tmp/passwd")));
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        box.containers().export(id, whole);
        assertTrue(whole.size() > 100_000);
    }

    @Test
    void restart_ofDaemon_findsRunningAndEnded() throws Exception {
        String lives = box.start(ContainerSpec.of("busybox", "sh", "-c", "seq 1 5; sleep 2; seq 6 10; sleep 1000"));
        String ends = box.start(ContainerSpec.of("busybox", "sh", "-c", "sleep 1; echo bye; exit 7"));
        box.shutDown();
        Thread.sleep(3000);
        box.open();
        assertEquals(
                Status.RUNNING, box.containers().inspect(lives, false).state().status());
        assertEquals(7, box.await(ends));
        assertEquals("bye\n", box.log(ends));
        assertEquals("1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n", box.log(lives));
        CompletableFuture<ExitStatus> wait = box.containers().wait(lives, WaitCondition.NEXT_EXIT);
        box.containers().kill(lives, "TERM");
        box.containers().kill(lives, "KILL");
        assertEquals(137, wait.get(20, TimeUnit.SECONDS).exitCode());
    }

    @Test
    void steps_areTold() {
        String id = box.containers()
                .create(ContainerSpec.of("busybox", "true"), Optional.empty())
                .id();
        assertTrue(box.containers().stepsText(id).contains("execve"));
        box.containers().remove(id, new RemoveOptions(false, false, false));
    }
}
