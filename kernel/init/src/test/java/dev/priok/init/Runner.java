package dev.priok.init;

import dev.priok.linux.Architecture;
import dev.priok.linux.DescriptorCalls;
import dev.priok.linux.Fd;
import dev.priok.linux.FileCalls;
import dev.priok.linux.OpenFlag;
import dev.priok.linux.ProcessCalls;
import dev.priok.linux.Spawn;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/** Runs programs by the committed priok-init, and gathers what it reports. */
final class Runner {
    private static final long PATIENCE_SECONDS = 30;

    private Runner() {}

    /** How a program ended; a signal is negative. */
    record Outcome(int exitCode, List<Report> reports) {}

    /** Runs a list on this machine. */
    static Outcome run(Steps steps) throws Exception {
        return run(steps, UnaryOperator.identity());
    }

    /** Runs a list whose encoding is changed first. */
    static Outcome run(Steps steps, UnaryOperator<byte[]> change) throws Exception {
        try (Fd init = memory(Launcher.binary(Architecture.current()), true)) {
            return run(Architecture.current(), init, List.of("priok-init"), steps, change, true);
        }
    }

    /** Runs a list that uses descriptors of this process. */
    static Outcome runWith(List<Fd> inherited, Steps steps) throws Exception {
        try (Fd init = memory(Launcher.binary(Architecture.current()), true)) {
            return run(
                    Architecture.current(),
                    init,
                    List.of("priok-init"),
                    steps,
                    UnaryOperator.identity(),
                    true,
                    inherited);
        }
    }

    /** Runs a list by a command that takes the number of the file behind its arguments. */
    static Outcome run(Architecture architecture, List<String> command, Steps steps, UnaryOperator<byte[]> change)
            throws Exception {
        try (Fd program = FileCalls.host().open(command.getFirst(), OpenFlag.PATH)) {
            return run(architecture, program, command, steps, change, true);
        }
    }

    static Outcome run(
            Architecture architecture,
            Fd executable,
            List<String> command,
            Steps steps,
            UnaryOperator<byte[]> change,
            boolean sealed)
            throws Exception {
        return run(architecture, executable, command, steps, change, sealed, List.of());
    }

    private static Outcome run(
            Architecture architecture,
            Fd executable,
            List<String> command,
            Steps steps,
            UnaryOperator<byte[]> change,
            boolean sealed,
            List<Fd> further)
            throws Exception {
        DescriptorCalls.Pipe pipe = DescriptorCalls.host().pipe();
        try (Fd read = pipe.read()) {
            byte[] bytes = change.apply(Program.of(steps, Slot.inherited("report", pipe.write()), architecture)
                    .bytes());
            int pid;
            try (Fd write = pipe.write();
                    Fd file = memory(bytes, sealed)) {
                List<String> arguments = new ArrayList<>(command);
                arguments.add(Integer.toString(file.number()));
                List<Fd> inherited = new ArrayList<>(further);
                inherited.addAll(List.of(file, write));
                pid = Spawn.start(executable, arguments, inherited);
            }
            try (Fd process = ProcessCalls.host().pidfdOpen(pid)) {
                ByteBuffer buffer = ByteBuffer.allocateDirect(4096).order(ByteOrder.nativeOrder());
                while (DescriptorCalls.host().read(read, buffer) > 0) {
                    // Until the last writer is gone.
                }
                buffer.flip();
                List<Report> reports = new ArrayList<>();
                for (Optional<Report> next = Report.read(buffer); next.isPresent(); next = Report.read(buffer)) {
                    reports.add(next.get());
                }
                return new Outcome(wait(process), reports);
            }
        }
    }

    private static int wait(Fd process) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (System.nanoTime() < deadline) {
            OptionalInt status = ProcessCalls.host().reap(process);
            if (status.isPresent()) {
                int signal = status.getAsInt() & 0x7F;
                return signal != 0 ? -signal : status.getAsInt() >> 8;
            }
            Thread.sleep(1);
        }
        throw new AssertionError("the program does not end");
    }

    static Fd memory(byte[] content, boolean sealed) throws Exception {
        Fd file = DescriptorCalls.host().memoryFile("test");
        DescriptorCalls.host().writeAll(file, content);
        if (sealed) {
            DescriptorCalls.host().seal(file);
        }
        return file;
    }
}
