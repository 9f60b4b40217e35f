package dev.priok.runtime.internal;

import dev.priok.init.Launcher;
import dev.priok.init.Report;
import dev.priok.linux.DescriptorCalls;
import dev.priok.linux.Fd;
import dev.priok.linux.ProcessCalls;
import dev.priok.oci.OciJson;
import dev.priok.oci.runtime.RuntimeSpec;
import dev.priok.oci.runtime.RuntimeSpec.Hook;
import dev.priok.oci.runtime.RuntimeSpec.Hooks;
import dev.priok.runtime.StartRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The hooks of one start, in the order of the specification, and what is kept of them for the container's end. */
final class HookSession implements AutoCloseable {
    private static final String FILE = "hooks.json";
    private static final int SIGKILL = 9;

    /** What is left to undo after the end may take its time; a hook that hangs must not be waited for for ever. */
    private static final Duration AFTER_END = Duration.ofMinutes(10);

    private final HookRuns runs;
    private final Hooks hooks;
    private final StartRequest request;
    private final Fd proceed;
    private final Fd proceeded;

    private HookSession(HookRuns runs, Hooks hooks, StartRequest request) throws IOException {
        this.runs = runs;
        this.hooks = hooks;
        this.request = request;
        DescriptorCalls.Pipe pipe = DescriptorCalls.host().pipe();
        proceed = pipe.write();
        proceeded = pipe.read();
    }

    /** What is kept until the container has ended. */
    record Kept(String ociVersion, String id, String bundle, java.util.Map<String, String> annotations, Hooks hooks) {}

    /** The session of a start that has hooks. */
    static Optional<HookSession> of(Launcher launcher, StartRequest request) throws IOException {
        Hooks hooks = request.spec().hooks();
        if (hooks == null) {
            return Optional.empty();
        }
        if (!hooks.poststop().isEmpty()) {
            RuntimeSpec spec = request.spec();
            Kept kept =
                    new Kept(spec.ociVersion(), request.id(), request.state().toString(), spec.annotations(), hooks);
            Files.write(request.state().resolve(FILE), OciJson.write(kept));
        }
        return Optional.of(new HookSession(new HookRuns(launcher, request.patience()), hooks, request));
    }

    /** Runs what was kept for the end; each of them, though one may fail. */
    static void stopped(Launcher launcher, Path state) throws IOException {
        Path file = state.resolve(FILE);
        if (!Files.exists(file)) {
            return;
        }
        Kept kept = OciJson.read(Files.readAllBytes(file), Kept.class, file.toString());
        Files.delete(file);
        IOException failure = null;
        try (HookRuns runs = new HookRuns(launcher, AFTER_END)) {
            runs.tell(
                    new HookRuns.State(kept.ociVersion(), kept.id(), "stopped", 0, kept.bundle(), kept.annotations()));
            for (Hook hook : kept.hooks().poststop()) {
                try {
                    runs.run("poststop", List.of(hook));
                } catch (IOException e) {
                    failure = e;
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    Fd proceeded() {
        return proceeded;
    }

    HookRuns runs() {
        return runs;
    }

    private void tell(String status, int pid) throws IOException {
        runs.tell(new HookRuns.State(
                request.spec().ociVersion(),
                request.id(),
                status,
                pid,
                request.state().toString(),
                request.spec().annotations()));
    }

    private void goOn() throws IOException {
        DescriptorCalls.host().writeAll(proceed, new byte[] {1});
    }

    /** Runs the hooks before the start, while the first process waits; returns when it goes on to its program. */
    void before(MonitoredProcess process, int monitor) throws IOException {
        if (!HookRuns.before(hooks) || !process.awaitPause(runs.left(), Report.Kind.PAUSED)) {
            return;
        }
        int pid = HookRuns.children(monitor).stream()
                .findFirst()
                .orElseThrow(() -> HookRuns.failure("the process ended before its hooks"));
        tell("creating", pid);
        runs.run("prestart", hooks.prestart());
        runs.run("createRuntime", hooks.createRuntime());
        if (hooks.createContainer().isEmpty()) {
            tell("created", pid);
        }
        goOn();
        int left = hooks.createContainer().size();
        for (Hook hook : hooks.createContainer()) {
            judge(process, pid, "createContainer", hook);
            left--;
            if (left == 0) {
                tell("created", pid);
            }
            goOn();
        }
        for (Hook hook : hooks.startContainer()) {
            judge(process, pid, "startContainer", hook);
            goOn();
        }
    }

    /** Waits for a hook that the first process runs. */
    private void judge(MonitoredProcess process, int pid, String kind, Hook hook) throws IOException {
        if (process.awaitPause(runs.patience(hook), Report.Kind.PAUSED)) {
            runs.judge(kind, hook, process.paused());
            return;
        }
        for (int child : HookRuns.children(pid)) {
            try (Fd running = ProcessCalls.host().pidfdOpen(child)) {
                ProcessCalls.host().signal(running, SIGKILL);
            }
        }
        throw HookRuns.failure(
                "error running " + kind + " hook " + hook.path() + ": it ended the start, or " + runs.time(hook));
    }

    /** Runs the hooks after the start. */
    void after(int pid) throws IOException {
        if (!hooks.poststart().isEmpty()) {
            tell("running", pid);
            runs.run("poststart", hooks.poststart());
        }
    }

    @Override
    public void close() {
        proceed.close();
        proceeded.close();
        runs.close();
    }
}
