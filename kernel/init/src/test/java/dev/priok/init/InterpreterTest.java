package dev.priok.init;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.linux.Architecture;
import dev.priok.linux.DescriptorCalls;
import dev.priok.linux.Errno;
import dev.priok.linux.Fd;
import dev.priok.linux.OpenFlag;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The committed priok-init on this machine, without root. */
class InterpreterTest {
    private static final int HEADER = 32;
    private static final int ENTRY = 80;
    private static final int BAD_FILE = 120;
    private static final int BAD_PROGRAM = 121;

    @TempDir
    Path folder;

    private Steps steps() {
        return new Steps("testing");
    }

    private Steps writing(String name, String text) {
        Slot file = Slot.result(name);
        return steps().add(new FileStep.OpenAt(
                        file,
                        Slot.CURRENT_DIRECTORY,
                        folder.resolve(name).toString(),
                        OpenFlag.WRONLY | OpenFlag.CREAT | OpenFlag.EXCL,
                        0644))
                .add(new FileStep.Write(file, text))
                .add(new FileStep.Close(file));
    }

    @Test
    void calls_areMadeInOrder() throws Exception {
        Runner.Outcome outcome = Runner.run(writing("a", "text"));
        assertEquals(new Runner.Outcome(0, List.of()), outcome);
        assertEquals("text", Files.readString(folder.resolve("a")));
    }

    @Test
    void failure_isReportedAndEndsTheList() throws Exception {
        Runner.Outcome outcome = Runner.run(steps().add(new ProcessStep.Umask(0))
                .add(new FileStep.Chdir("/nonesuch"))
                .add(new FileStep.Chdir("/")));
        assertEquals(127, outcome.exitCode());
        assertEquals(1, outcome.reports().size());
        assertEquals(Report.Kind.FAILED, outcome.reports().getFirst().kind());
        assertEquals(1, outcome.reports().getFirst().index());
        assertEquals(Errno.ENOENT.code(), outcome.reports().getFirst().value());
    }

    @Test
    void toleratedFailure_takesTheOtherWay() throws Exception {
        Slot nothing = Slot.result("nothing");
        Steps steps = steps().branch(
                        new FileStep.OpenAt(nothing, Slot.CURRENT_DIRECTORY, "/nonesuch", 0, 0),
                        List.of(Errno.EACCES, Errno.ENOENT),
                        then -> then.add(new Flow.Fail(Errno.E2BIG)),
                        otherwise -> otherwise.tolerating(new FileStep.Close(nothing), Errno.EBADF))
                .branch(
                        new FileStep.Chdir("/"),
                        List.of(Errno.ENOENT),
                        then -> then.add(new ProcessStep.Umask(022)),
                        otherwise -> otherwise.add(new Flow.Fail(Errno.EBUSY)))
                .noting(new FileStep.Chdir("/nonesuch"), Errno.ENOENT)
                .add(new Flow.Fail(Errno.EIDRM));
        Runner.Outcome outcome = Runner.run(steps);
        assertEquals(
                List.of(Report.Kind.NOTED, Report.Kind.FAILED),
                outcome.reports().stream().map(Report::kind).toList());
        assertEquals(Errno.EIDRM.code(), outcome.reports().get(1).value());
    }

    @Test
    void unattendedProcess_ends() throws Exception {
        DescriptorCalls.Pipe pipe = DescriptorCalls.host().pipe();
        try (Fd read = pipe.read()) {
            Steps failing = steps().add(new Flow.Attended(Slot.inherited("control", read)))
                    .add(new Flow.Fail(Errno.EIDRM));
            assertEquals(127, Runner.runWith(List.of(read), failing).exitCode(), "it goes on while somebody is there");
            pipe.write().close();
            assertEquals(new Runner.Outcome(0, List.of()), Runner.runWith(List.of(read), failing));
        }
    }

    @Test
    void monitor_tellsStartAndEnd() throws Exception {
        Slot.Result pid = new Slot.Result("pid");
        Slot.Result pidfd = new Slot.Result("pidfd");
        Path events = folder.resolve("events");
        Slot file = Slot.result("events");
        Steps child = steps().add(new ProcessStep.Execve("/bin/sh", List.of("sh", "-c", "exit 3"), List.of()));
        Slot control = Slot.result("control");
        Consumer<Steps> supervised = s -> s.add(new FileStep.OpenAt(
                        file,
                        Slot.CURRENT_DIRECTORY,
                        events.toString(),
                        OpenFlag.WRONLY | OpenFlag.CREAT | OpenFlag.APPEND,
                        0600))
                // At its end from the start: the daemon is gone.
                .add(new FileStep.OpenAt(control, Slot.CURRENT_DIRECTORY, "/dev/null", OpenFlag.RDONLY, 0))
                .add(new Flow.Clone(0x5000, pid, pidfd, Flow.Clone.NO_CGROUP, child))
                .add(new Flow.Supervise(
                        control,
                        Flow.Supervise.NOTHING,
                        file,
                        Flow.Supervise.NOTHING,
                        Flow.Supervise.NOTHING,
                        pidfd,
                        pid,
                        0,
                        0,
                        List.of()));
        Steps steps = steps();
        supervised.accept(steps);
        assertEquals(0, Runner.run(steps).exitCode());
        ByteBuffer in = ByteBuffer.wrap(Files.readAllBytes(events)).order(ByteOrder.nativeOrder());
        Report started = Report.read(in).orElseThrow();
        Report exited = Report.read(in).orElseThrow();
        assertEquals(Report.Kind.STARTED, started.kind());
        assertTrue(started.value() > 1);
        assertEquals(Report.Kind.EXITED, exited.kind());
        assertEquals(3 << 8, exited.value());
        assertFalse(in.hasRemaining());
    }

    @Test
    void unsealedFile_isRefused() throws Exception {
        try (Fd init = Runner.memory(Launcher.binary(Architecture.current()), true)) {
            Runner.Outcome outcome = Runner.run(
                    Architecture.current(),
                    init,
                    List.of("priok-init"),
                    writing("u", "x"),
                    UnaryOperator.identity(),
                    false);
            assertEquals(BAD_FILE, outcome.exitCode());
        }
        assertFalse(Files.exists(folder.resolve("u")));
    }

    @Test
    void offsetsOutOfBounds_areRefused() throws Exception {
        List<UnaryOperator<byte[]>> damages = new ArrayList<>();
        damages.add(longAt(0, 0)); // magic
        damages.add(intAt(8, 0x40000028)); // another architecture
        damages.add(intAt(12, 0)); // no entries
        damages.add(intAt(12, 1000)); // more entries than there are
        damages.add(intAt(12, -1));
        damages.add(intAt(16, -1)); // relocations
        damages.add(intAt(16, 1000));
        damages.add(intAt(20, 0)); // data
        damages.add(intAt(20, -1));
        damages.add(byteAt(HEADER, 7)); // operation
        damages.add(byteAt(HEADER + 4, 3)); // tag
        damages.add(longAt(HEADER + 40, 1 << 30)); // the path's offset
        damages.add(longAt(HEADER + 40, -8));
        damages.add(intAt(HEADER + 20, 1 << 20)); // where the result goes
        damages.add(intAt(HEADER + 20, 4)); // and unaligned
        damages.add(intAt(HEADER + ENTRY + 24, 1)); // a jump to itself
        damages.add(intAt(HEADER + ENTRY + 24, 1000)); // and far away
        damages.add(longAt(HEADER + ENTRY + 32, 1 << 20)); // a load from far away
        damages.add(longAt(HEADER + ENTRY + 32, -8));
        damages.add(bytes -> java.util.Arrays.copyOf(bytes, bytes.length - 1));
        damages.add(bytes -> java.util.Arrays.copyOf(bytes, bytes.length + 8));
        damages.add(bytes -> java.util.Arrays.copyOf(bytes, 16));
        damages.add(bytes -> {
            bytes[bytes.length - 1] = 'x';
            return bytes;
        });
        for (int i = 0; i < damages.size(); i++) {
            Runner.Outcome outcome = Runner.run(writing("d", "x"), damages.get(i));
            assertEquals(BAD_PROGRAM, outcome.exitCode(), "damage " + i);
            assertFalse(Files.exists(folder.resolve("d")));
        }
    }

    @Test
    void relocationsOutOfBounds_areRefused() throws Exception {
        Steps steps = steps().add(new ProcessStep.Execve("/bin/true", List.of("true"), List.of()));
        int relocation = HEADER + 2 * ENTRY;
        for (int value : List.of(-1, -8, 1 << 20, 4)) {
            assertEquals(
                    BAD_PROGRAM, Runner.run(steps, intAt(relocation, value)).exitCode(), "relocation " + value);
        }
    }

    /** Whatever the header and the entries' own fields hold, the interpreter refuses or makes calls; it never crashes itself. */
    @Test
    void randomDamageOfOffsets_neverCrashes() throws Exception {
        Random random = new Random(4711);
        for (int i = 0; i < 150; i++) {
            Steps steps = steps().add(new FileStep.OpenAt(Slot.result("f"), Slot.CURRENT_DIRECTORY, "/nonesuch", 0, 0))
                    .add(new FileStep.Close(Slot.result("f")));
            int at = random.nextInt(HEADER + ENTRY);
            int value = random.nextInt(256);
            // Which call is made, and with what numbers, is the author's affair.
            boolean call = at >= HEADER && (at - HEADER < 1 || (at - HEADER >= 2 && at - HEADER < 4));
            Runner.Outcome outcome = call ? new Runner.Outcome(0, List.of()) : Runner.run(steps, byteAt(at, value));
            assertTrue(outcome.exitCode() >= 0, "byte " + at + " set to " + value + ": " + outcome);
        }
    }

    private static UnaryOperator<byte[]> byteAt(int at, int value) {
        return bytes -> {
            bytes[at] = (byte) value;
            return bytes;
        };
    }

    private static UnaryOperator<byte[]> intAt(int at, int value) {
        return bytes -> {
            ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(at, value);
            return bytes;
        };
    }

    private static UnaryOperator<byte[]> longAt(int at, long value) {
        return bytes -> {
            ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(at, value);
            return bytes;
        };
    }
}
