package dev.priok.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.linux.DescriptorCalls;
import dev.priok.linux.Fd;
import dev.priok.linux.FileCalls;
import dev.priok.linux.OpenFlag;
import dev.priok.linux.TerminalCalls;
import dev.priok.oci.runtime.ProcessSpec;
import dev.priok.runtime.ContainerRuntime;
import dev.priok.runtime.ExitStatus;
import dev.priok.runtime.Reattached;
import dev.priok.runtime.RuntimeProcess;
import dev.priok.runtime.StartRequest;
import dev.priok.runtime.Stdio;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Monitors while no daemon is there: closing a runtime closes its pipes, which is all that a monitor sees of kill -9. */
@Tag("root")
@Tag("v2")
@Timeout(60)
class MonitorIT {
    private static final int INDEX_RECORD_BYTES = 24;

    @TempDir
    Path folder;

    private Box box;
    private ContainerRuntime later;
    private Fd out;
    private Fd err;
    private Fd index;

    @BeforeEach
    void open() throws Exception {
        box = new Box(folder);
        later = ContainerRuntime.open(folder.resolve("run"), InstantSource.system());
        out = journal("stdout.journal", 0);
        err = journal("stderr.journal", 0);
        index = journal("index", OpenFlag.APPEND);
    }

    private Fd journal(String name, int flags) throws IOException {
        return FileCalls.host()
                .open(folder.resolve(name).toString(), OpenFlag.RDWR | OpenFlag.CREAT | OpenFlag.EXCL | flags, 0600);
    }

    @AfterEach
    void close() throws Exception {
        later.close();
        out.close();
        err.close();
        index.close();
        assertEquals(0, monitors(), "no monitor is left");
    }

    private static long monitors() throws Exception {
        for (int i = 0; ; i++) {
            long alive = ProcessHandle.current()
                    .children()
                    .filter(child -> stateOf(child.pid()).startsWith("(priok-monitor) S"))
                    .count();
            if (alive == 0 || i == 200) {
                return alive;
            }
            Thread.sleep(10);
        }
    }

    private static String stateOf(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            return stat.substring(stat.indexOf('('), stat.lastIndexOf(')') + 3);
        } catch (IOException _) {
            return "";
        }
    }

    private Stdio.Pipes pipes(boolean input, long spill) {
        return new Stdio.Pipes(
                input, new Stdio.Journals(Optional.of(out), Optional.of(err), Optional.of(index), spill), true);
    }

    private StartRequest shell(String command, Stdio stdio) throws IOException {
        ProcessSpec process = Box.process("sh", "-c", command);
        return box.request(Box.spec(process.withTerminal(stdio instanceof Stdio.Terminal, null)), stdio);
    }

    private String text(String journal) throws IOException {
        return Files.readString(folder.resolve(journal));
    }

    private void until(Condition condition) throws Exception {
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!condition.holds()) {
            assertTrue(System.nanoTime() < deadline, "in time");
            Thread.sleep(2);
        }
    }

    private static boolean gone(Path state) throws IOException {
        byte[] events = Files.readAllBytes(state.resolve("events"));
        String stat =
                stateOf(ByteBuffer.wrap(events).order(ByteOrder.nativeOrder()).getLong(8));
        return stat.isEmpty() || stat.endsWith("Z");
    }

    private interface Condition {
        boolean holds() throws Exception;
    }

    private RuntimeProcess found(Path state) throws IOException {
        return assertInstanceOf(Reattached.Supervised.class, later.reattach(state))
                .process();
    }

    @Test
    void daemonGone_restIsInJournalsAndExitIsKept() throws Exception {
        StartRequest request = shell("read x; seq 1 5000; echo bad >&2; exit 7", pipes(true, 1 << 30));
        RuntimeProcess process = box.start(request);
        DescriptorCalls.host().writeAll(process.stdin().orElseThrow(), "go\n".getBytes(StandardCharsets.UTF_8));
        Instant before = Instant.now();
        process.close();
        box.runtime.close();
        until(() -> gone(request.state()));
        Reattached.Ended ended = assertInstanceOf(Reattached.Ended.class, later.reattach(request.state()));
        ExitStatus status = ended.status().orElseThrow();
        assertEquals(7, status.code());
        assertFalse(status.at().isBefore(before));
        StringBuilder expected = new StringBuilder();
        for (int i = 1; i <= 5_000; i++) {
            expected.append(i).append('\n');
        }
        assertEquals(expected.toString(), text("stdout.journal"));
        assertEquals("bad\n", text("stderr.journal"));
        ByteBuffer times =
                ByteBuffer.wrap(Files.readAllBytes(folder.resolve("index"))).order(ByteOrder.nativeOrder());
        assertEquals(0, times.capacity() % INDEX_RECORD_BYTES);
        long[] ends = new long[3];
        while (times.hasRemaining()) {
            long nanos = times.getLong();
            long end = times.getLong();
            int stream = times.getInt();
            assertEquals(0, times.getInt());
            assertTrue(end > ends[stream], "journals only grow");
            ends[stream] = end;
            assertTrue(nanos / 1_000_000 >= before.toEpochMilli());
        }
        assertEquals(expected.length(), ends[1]);
        assertEquals(4, ends[2]);
    }

    @Test
    void reattach_goesOnWhereTheMonitorWas() throws Exception {
        StartRequest request = shell("while read x; do echo \"<$x>\"; done; exit 5", pipes(true, 1 << 30));
        RuntimeProcess first = box.start(request);
        write(first, "one");
        assertEquals("<one>\n", Box.read(first.stdout().orElseThrow(), t -> t.endsWith("\n")));
        write(first, "two");
        first.close();
        box.runtime.close();
        until(() -> text("stdout.journal").equals("<two>\n"));

        RuntimeProcess again = found(request.state());
        assertEquals(first.id(), again.id());
        write(again, "three");
        assertEquals("<three>\n", Box.read(again.stdout().orElseThrow(), t -> t.endsWith("\n")));
        Fd journal = again.journal(1).orElseThrow();
        assertEquals(6, DescriptorCalls.host().position(journal), "the position is shared");
        assertTrue(again.signal(0));
        again.closeStdin();
        assertEquals(5, Box.status(again).code());
        again.drained();
        until(() -> gone(request.state()));
        assertEquals(
                5,
                ((Reattached.Ended) later.reattach(request.state()))
                        .status()
                        .orElseThrow()
                        .code());
        assertEquals("<two>\n", text("stdout.journal"));
    }

    private static void write(RuntimeProcess process, String line) throws IOException {
        DescriptorCalls.host().writeAll(process.stdin().orElseThrow(), (line + "\n").getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void reattach_againAndAgain_losesNothing() throws Exception {
        StartRequest request = shell("i=0; while read x; do i=$((i+1)); echo $i; done", pipes(true, 1 << 30));
        RuntimeProcess process = box.start(request);
        StringBuilder seen = new StringBuilder();
        ContainerRuntime runtime = box.runtime;
        for (int i = 1; i <= 20; i++) {
            write(process, "x");
            process.close();
            runtime.close();
            runtime = ContainerRuntime.open(folder.resolve("run"), InstantSource.system());
            process = assertInstanceOf(Reattached.Supervised.class, runtime.reattach(request.state()))
                    .process();
            seen.append(i).append('\n');
        }
        process.closeStdin();
        Box.status(process);
        String rest = Box.read(process.stdout().orElseThrow());
        process.drained();
        runtime.close();
        assertEquals(seen.toString(), text("stdout.journal") + rest);
    }

    @Test
    void bound_stopsTheWriterUntilTheDaemonIsBack() throws Exception {
        long spill = 100_000;
        StartRequest request = shell("seq 1 100000; echo end >&2", pipes(false, spill));
        RuntimeProcess process = box.start(request);
        process.close();
        box.runtime.close();
        until(() -> Files.size(folder.resolve("stdout.journal")) >= spill);
        RuntimeProcess again = found(request.state());
        long held = Files.size(folder.resolve("stdout.journal"));
        assertTrue(held < spill + 65536, "stopped at " + held);
        assertFalse(again.exit().toCompletableFuture().isDone());
        String rest = Box.read(again.stdout().orElseThrow());
        assertEquals("end\n", Box.read(again.stderr().orElseThrow()));
        assertEquals(588_895, held + rest.length());
        assertTrue(rest.endsWith("99999\n100000\n"));
        assertEquals(0, Box.status(again).code());
        again.drained();
    }

    @Test
    void endedWhileAway_withMonitorFull_isHandedOver() throws Exception {
        StartRequest request = shell("seq 1 3000; exit 9", pipes(false, 1));
        RuntimeProcess process = box.start(request);
        process.close();
        box.runtime.close();
        until(() -> Files.size(request.state().resolve("events")) == 72);
        RuntimeProcess again = found(request.state());
        assertEquals(9, Box.status(again).code(), "known at once");
        String all = text("stdout.journal") + Box.read(again.stdout().orElseThrow());
        assertEquals(13_893, all.length());
        again.drained();
    }

    @Test
    void terminal_isKeptAndHandedOver() throws Exception {
        Stdio terminal = new Stdio.Terminal(
                Optional.of(new TerminalCalls.Size(24, 80)),
                new Stdio.Journals(Optional.of(out), Optional.empty(), Optional.of(index), 1 << 20),
                true);
        StartRequest request = shell("stty -echo; echo ready; read x; echo $x; read y; stty size", terminal);
        RuntimeProcess process = box.start(request);
        Box.read(process.terminal().orElseThrow(), t -> t.contains("ready"));
        DescriptorCalls.host().writeAll(process.terminal().orElseThrow(), "word\n".getBytes(StandardCharsets.UTF_8));
        process.close();
        box.runtime.close();
        until(() -> text("stdout.journal").contains("word\r\n"));
        RuntimeProcess again = found(request.state());
        again.resize(new TerminalCalls.Size(30, 90));
        DescriptorCalls.host().writeAll(again.terminal().orElseThrow(), "\n".getBytes(StandardCharsets.UTF_8));
        assertTrue(Box.read(again.terminal().orElseThrow()).contains("30 90"));
        assertEquals(0, Box.status(again).code());
        again.drained();
    }

    @Test
    void monitorKilled_processIsEndedToo() throws Exception {
        RuntimeProcess process = box.start(shell("sleep 100", pipes(false, 1 << 20)));
        ProcessHandle monitor = ProcessHandle.current()
                .children()
                .filter(child -> stateOf(child.pid()).startsWith("(priok-monitor) S"))
                .findFirst()
                .orElseThrow();
        assertTrue(monitor.destroyForcibly());
        assertEquals(137, Box.status(process).code());
        until(() -> stateOf(process.pid()).isEmpty() || stateOf(process.pid()).endsWith("Z"));
        process.drained();
        box.runtime.close();
    }

    @Test
    void notMeantToSurvive_endsWithTheDaemon() throws Exception {
        StartRequest request = shell("sleep 100", Stdio.Pipes.ofDaemonsLife(false));
        RuntimeProcess process = box.start(request);
        process.close();
        box.runtime.close();
        until(() -> gone(request.state()));
        assertEquals(
                137,
                ((Reattached.Ended) later.reattach(request.state()))
                        .status()
                        .orElseThrow()
                        .code());
    }

    @Test
    void monitor_holdsLittle() throws Exception {
        RuntimeProcess process = box.start(shell("sleep 100", pipes(true, 1 << 20)));
        ProcessHandle monitor = ProcessHandle.current()
                .children()
                .filter(child -> stateOf(child.pid()).startsWith("(priok-monitor) S"))
                .findFirst()
                .orElseThrow();
        try (var descriptors = Files.list(Path.of("/proc/" + monitor.pid() + "/fd"))) {
            assertEquals(
                    10, descriptors.count(), "control, report, events, index, stdin, 2 sources, 2 journals, pidfd");
        }
        String memory = Files.readString(Path.of("/proc/" + monitor.pid() + "/smaps_rollup"));
        long dirty = memory.lines()
                .filter(line -> line.startsWith("Private_Dirty:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D+", "")))
                .sum();
        assertTrue(dirty <= 64, memory);
        process.signal(9);
        Box.status(process);
        process.drained();
        box.runtime.close();
    }

    @Test
    void reattach_nothingThere_isEnded() throws Exception {
        box.runtime.close();
        assertEquals(
                new Reattached.Ended(Optional.empty()),
                later.reattach(Files.createDirectories(folder.resolve("none"))));
    }
}
