package dev.priok.runtime.internal;

import dev.priok.init.FileStep;
import dev.priok.init.Flow;
import dev.priok.init.Launcher;
import dev.priok.init.ProcessStep;
import dev.priok.init.Program;
import dev.priok.init.Report;
import dev.priok.init.Slot;
import dev.priok.init.Steps;
import dev.priok.linux.Architecture;
import dev.priok.linux.DescriptorCalls;
import dev.priok.linux.Epoll;
import dev.priok.linux.Errno;
import dev.priok.linux.Fd;
import dev.priok.linux.ProcessCalls;
import dev.priok.oci.OciJson;
import dev.priok.oci.runtime.RuntimeSpec.Hook;
import dev.priok.oci.runtime.RuntimeSpec.Hooks;
import dev.priok.runtime.ExitStatus;
import dev.priok.runtime.StartException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Runs the hooks of a configuration: programs of others, with the container's state on their standard input. Those of the host are
 * started here; those of the container by its first process, which waits for the daemon's word after each.
 *
 * @see <a href="https://github.com/opencontainers/runtime-spec/blob/v1.2.0/config.md#posix-platform-hooks">hooks</a>
 */
final class HookRuns implements AutoCloseable {
    /** Kept of what hooks say, for the message when one fails; writes beyond it are errors to them. */
    private static final int OUTPUT_BYTES = 64 << 10;

    private static final int SHOWN_BYTES = 1024;
    private static final int SIGKILL = 9;
    private static final long CLONE_VFORK_PIDFD = 0x5000;
    private static final int FIRST_NOT_STANDARD = 3;
    private static final Pattern PARENT = Pattern.compile("\\nPPid:\\s*(\\d+)\\n");

    /** The state of a container as hooks get it (OCI runtime specification, state). */
    record State(
            String ociVersion, String id, String status, int pid, String bundle, Map<String, String> annotations) {}

    private final Launcher launcher;
    private final Fd state;
    private final Fd output;
    private final Duration patience;
    private final long deadlineNanos;

    /**
     * Begins.
     *
     * @param patience for all hooks together, whatever each may take by itself
     */
    HookRuns(Launcher launcher, Duration patience) throws IOException {
        this.launcher = launcher;
        this.patience = patience;
        this.deadlineNanos = System.nanoTime() + patience.toNanos();
        state = DescriptorCalls.host().memoryFile("state");
        try {
            output = DescriptorCalls.host().memoryFile("hooks");
            DescriptorCalls.host().truncate(output, OUTPUT_BYTES);
        } catch (IOException e) {
            state.close();
            throw e;
        }
    }

    Fd state() {
        return state;
    }

    Fd output() {
        return output;
    }

    /** Whether the first process has to wait for hooks. */
    static boolean before(Hooks hooks) {
        return !(hooks.prestart().isEmpty()
                && hooks.createRuntime().isEmpty()
                && hooks.createContainer().isEmpty()
                && hooks.startContainer().isEmpty());
    }

    /** What the first process waits and runs hooks by. */
    record Wired(Slot report, Slot proceed, Slot state, Slot output) {
        private static final Slot ZERO = Slot.fixed("0", 0);

        /** Waits until the daemon has run the hooks of the host. */
        void pause(Steps steps) {
            steps.purpose("waiting for hooks");
            pause(steps, ZERO);
        }

        private void pause(Steps steps, Slot value) {
            steps.add(new FileStep.WriteReport(report, Report.Kind.PAUSED, value));
            steps.add(new FileStep.AwaitByte(proceed));
            steps.add(new Flow.Attended(proceed));
        }

        /** Runs hooks one after the other, each judged by the daemon. */
        void run(Steps steps, String kind, List<Hook> hooks) {
            for (int i = 0; i < hooks.size(); i++) {
                Hook hook = hooks.get(i);
                String purpose = "running " + kind + " hook " + hook.path();
                steps.purpose(purpose);
                Slot.Result pid = new Slot.Result(kind + i);
                Slot.Result status = new Slot.Result(kind + i + ".status");
                Steps child = new Steps(purpose);
                execute(child, hook, state, output);
                steps.add(new Flow.Clone(
                        CLONE_VFORK_PIDFD, pid, new Slot.Result(kind + i + ".pidfd"), Flow.Clone.NO_CGROUP, child));
                steps.add(new ProcessStep.Wait4(pid, status));
                pause(steps, status);
            }
        }
    }

    private static void execute(Steps steps, Hook hook, Slot state, Slot output) {
        steps.add(new FileStep.Rewind(state));
        steps.add(new FileStep.Dup3(state, 0));
        steps.add(new FileStep.Dup3(output, 1));
        steps.add(new FileStep.Dup3(output, 2));
        steps.add(new FileStep.CloseRange(FIRST_NOT_STANDARD, FileStep.CloseRange.LAST, true));
        List<String> arguments = hook.args().isEmpty() ? List.of(hook.path()) : hook.args();
        steps.add(new ProcessStep.Execve(hook.path(), arguments, hook.env()));
    }

    /** Says what hooks read from now on. */
    void tell(State now) throws IOException {
        byte[] json = OciJson.write(now);
        DescriptorCalls.host().truncate(state, 0);
        ByteBuffer text = ByteBuffer.allocateDirect(json.length).put(json).flip();
        DescriptorCalls.host().pwrite(state, text, 0);
    }

    /** Runs hooks of the host, in their order; the first that fails ends it. */
    void run(String kind, List<Hook> hooks) throws IOException {
        for (Hook hook : hooks) {
            run(kind, hook);
        }
    }

    private void run(String kind, Hook hook) throws IOException {
        DescriptorCalls.Pipe reports = DescriptorCalls.host().pipe();
        try (Fd read = reports.read()) {
            Program program;
            int pid;
            try (Fd write = reports.write()) {
                Steps steps = new Steps("running " + kind + " hook " + hook.path());
                MonitorSteps.closeAllBut(steps, List.of(write.number(), state.number(), output.number()));
                execute(steps, hook, Slot.inherited("state", state), Slot.inherited("output", output));
                program = Program.of(steps, Slot.inherited("report", write), Architecture.current());
                pid = launcher.launch(program, "priok-hook", List.of(write, state, output));
            }
            int status = await(pid, kind, hook);
            ByteBuffer buffer = ByteBuffer.allocateDirect(Report.BYTES).order(ByteOrder.nativeOrder());
            if (DescriptorCalls.host().read(read, buffer) == Report.BYTES) {
                Report failed = Report.read(buffer.flip()).orElseThrow();
                throw failure(program.purposeOf(failed.index()) + ": "
                        + Errno.of((int) failed.value()).message());
            }
            judge(kind, hook, status);
        }
    }

    /** How long one may take now: what it says itself, and no more than what is left for all. */
    Duration patience(Hook hook) {
        Duration left = left();
        Integer seconds = hook.timeout();
        return seconds == null || left.toSeconds() < seconds ? left : Duration.ofSeconds(seconds);
    }

    /** What is left for all of them. */
    Duration left() {
        return Duration.ofNanos(Math.max(1, deadlineNanos - System.nanoTime()));
    }

    /** What bounds a hook, in words. */
    String time(Hook hook) {
        Integer seconds = hook.timeout();
        return seconds != null && System.nanoTime() < deadlineNanos
                ? "it ran past its timeout of " + seconds + "s"
                : "the start took more than " + patience.toMillis() + " ms";
    }

    private int await(int pid, String kind, Hook hook) throws IOException {
        try (Fd process = ProcessCalls.host().pidfdOpen(pid);
                Epoll epoll = new Epoll()) {
            epoll.add(process, Epoll.IN, 1);
            int ready = epoll.await(Math.clamp(patience(hook).toMillis(), 1, Integer.MAX_VALUE), (_, _) -> {});
            if (ready == 0) {
                ProcessCalls.host().signal(process, SIGKILL);
                epoll.await(-1, (_, _) -> {});
                ProcessCalls.host().reap(process);
                throw failure("error running " + kind + " hook " + hook.path() + ": " + time(hook));
            }
            return ProcessCalls.host().reap(process).orElseThrow();
        }
    }

    /** Fails unless a hook ended well. */
    void judge(String kind, Hook hook, int waitStatus) throws IOException {
        int code = new ExitStatus(waitStatus, Instant.EPOCH).code();
        if (code != 0) {
            String said = said();
            throw failure("error running " + kind + " hook " + hook.path() + ": exit status " + code
                    + (said.isEmpty() ? "" : ", output: " + said));
        }
    }

    private String said() throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(OUTPUT_BYTES);
        int n = Math.max(0, DescriptorCalls.host().pread(output, buffer, 0));
        byte[] bytes = new byte[n];
        buffer.flip().get(bytes);
        String text =
                new String(bytes, StandardCharsets.UTF_8).replace("\0", "").strip();
        return text.length() <= SHOWN_BYTES ? text : text.substring(text.length() - SHOWN_BYTES);
    }

    static StartException failure(String text) {
        return new StartException(StartException.Reason.STEP_FAILED, text);
    }

    /** The processes whose parent is this one. */
    static List<Integer> children(int parent) throws IOException {
        List<Integer> found = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : all) {
                try {
                    Matcher matcher = PARENT.matcher(ProcFiles.text(process.resolve("status")));
                    if (matcher.find() && Integer.parseInt(matcher.group(1)) == parent) {
                        found.add(Integer.parseInt(process.getFileName().toString()));
                    }
                } catch (IOException e) {
                    // Else it has ended meanwhile.
                    if (Files.exists(process)) {
                        throw e;
                    }
                }
            }
        }
        return found;
    }

    @Override
    public void close() {
        state.close();
        output.close();
    }
}
