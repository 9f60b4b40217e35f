package dev.priok.logs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.linux.DescriptorCalls;
import dev.priok.linux.Fd;
import dev.priok.linux.FileCalls;
import dev.priok.linux.OpenFlag;
import dev.priok.linux.ProcessCalls;
import dev.priok.linux.Spawn;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Kills a pumping process again and again with SIGKILL, for real, while two streams are written at full speed. */
class KillNineTest {
    private static final DescriptorCalls CALLS = DescriptorCalls.host();
    private static final int KILLS = 8;
    private static final int SIGKILL = 9;
    private static final int LINES = 60_000;

    @TempDir
    Path folder;

    private static FutureTask<Integer> writing(Fd pipe, String name, int lines) {
        FutureTask<Integer> task = new FutureTask<>(() -> {
            Random random = new Random(lines);
            ByteBuffer direct = ByteBuffer.allocateDirect(64 << 10);
            for (int i = 0; i < lines; i++) {
                direct.put((name + " " + i + " " + "<".repeat(random.nextInt(60)) + "\n")
                        .getBytes(StandardCharsets.UTF_8));
                if (direct.remaining() < 1000 || random.nextInt(20) == 0 || i + 1 == lines) {
                    direct.flip();
                    while (direct.hasRemaining()) {
                        CALLS.write(pipe, direct);
                    }
                    direct.clear();
                    LockSupport.parkNanos(200_000);
                }
            }
            pipe.close();
            return lines;
        });
        Thread.ofPlatform().daemon().start(task);
        return task;
    }

    @Test
    @Timeout(120)
    void killedForReal_logHasEveryLineOnce() throws Exception {
        Random random = new Random();
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        try (DescriptorCalls.Pipe out = CALLS.pipe();
                DescriptorCalls.Pipe err = CALLS.pipe();
                Journals monitor = Journals.create(folder, Set.of(LogStream.STDOUT, LogStream.STDERR));
                Fd executable = FileCalls.host().open(java.toRealPath().toString(), OpenFlag.RDONLY)) {
            List<Fd> inherited = List.of(
                    out.read(),
                    err.read(),
                    monitor.journal(LogStream.STDOUT).orElseThrow(),
                    monitor.journal(LogStream.STDERR).orElseThrow());
            List<String> command = new ArrayList<>(List.of(
                    "java",
                    "--enable-native-access=ALL-UNNAMED",
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "-cp",
                    System.getProperty("java.class.path"),
                    "dev.priok.logs.PumpProcess",
                    folder.toString()));
            inherited.forEach(fd -> command.add(Integer.toString(fd.number())));
            FutureTask<Integer> outLines = writing(out.write(), "out", LINES);
            FutureTask<Integer> errLines = writing(err.write(), "err", LINES / 3);
            int killedAtWork = 0;
            for (int i = 0; i < KILLS; i++) {
                long before = logged();
                try (Fd process = ProcessCalls.host().pidfdOpen(Spawn.start(executable, command, inherited))) {
                    for (long end = System.nanoTime() + 20_000_000_000L;
                            System.nanoTime() < end && logged() == before; ) {
                        LockSupport.parkNanos(1_000_000);
                    }
                    LockSupport.parkNanos(random.nextLong(60_000_000));
                    killedAtWork += ProcessCalls.host().signal(process, SIGKILL) && logged() > before ? 1 : 0;
                    reap(process);
                }
                if (random.nextBoolean()) {
                    CALLS.splice(out.read(), inherited.get(2), 64 << 10);
                }
            }
            assertTrue(killedAtWork > KILLS / 2, "killed while it wrote: " + killedAtWork);
            try (Fd process = ProcessCalls.host().pidfdOpen(Spawn.start(executable, command, inherited))) {
                outLines.get(60, TimeUnit.SECONDS);
                errLines.get(60, TimeUnit.SECONDS);
                assertEquals(0, reap(process));
            }
        }
        int out = 0;
        int err = 0;
        try (LogDriver driver = PumpProcess.open(folder);
                LogCursor cursor = driver.read(LogQuery.ALL).orElseThrow()) {
            for (Optional<LogEntry> entry = cursor.next(); entry.isPresent(); entry = cursor.next()) {
                String expected = entry.get().stream() == LogStream.STDOUT ? "out " + out++ : "err " + err++;
                String line = new String(entry.get().bytes(), StandardCharsets.UTF_8);
                assertTrue(line.startsWith(expected + " "), expected + " was expected, not " + line);
            }
            assertEquals(0, cursor.skipped());
        }
        assertEquals(Map.of("out", LINES, "err", LINES / 3), Map.of("out", out, "err", err));
    }

    private static int reap(Fd process) throws Exception {
        for (long end = System.nanoTime() + 60_000_000_000L;
                System.nanoTime() < end;
                LockSupport.parkNanos(1_000_000)) {
            var status = ProcessCalls.host().reap(process);
            if (status.isPresent()) {
                return status.getAsInt();
            }
        }
        throw new AssertionError("the process did not end");
    }

    /** Bytes in all files of the log. */
    private long logged() throws Exception {
        long bytes = 0;
        try (var files = Files.newDirectoryStream(folder, "c-json.log*")) {
            for (Path file : files) {
                bytes += Files.exists(file) ? Files.size(file) : 0;
            }
        }
        return bytes;
    }
}
