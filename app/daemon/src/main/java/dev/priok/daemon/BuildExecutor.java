package dev.priok.daemon;

import dev.priok.build.BuildEvent;
import dev.priok.build.CancelSignal;
import dev.priok.build.Executor;
import dev.priok.build.ProcessSpec;
import dev.priok.build.RunSettings;
import dev.priok.engine.ContainerSpec;
import dev.priok.engine.Jobs;
import dev.priok.engine.Limits;
import dev.priok.engine.NetworkSpec;
import dev.priok.engine.SecuritySpec;
import dev.priok.engine.StorageSpec;
import dev.priok.runtime.StartException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs the builder's processes as the engine's jobs. */
final class BuildExecutor implements Executor {
    private static final Logger LOG = LoggerFactory.getLogger(BuildExecutor.class);

    private final Jobs jobs;

    BuildExecutor(Jobs jobs) {
        this.jobs = jobs;
    }

    @Override
    public int run(ProcessSpec process, Executor.OutputSink output, CancelSignal cancel) throws IOException {
        Jobs.Running running;
        try {
            running = jobs.start(
                    job(process),
                    (channel, buffer, offset, length) -> output.write(channel(channel), buffer, offset, length));
        } catch (StartException e) {
            if (e.reason() == StartException.Reason.STEP_FAILED) {
                throw e;
            }
            byte[] text = (e.getMessage() + "\n").getBytes(StandardCharsets.UTF_8);
            output.write(BuildEvent.Channel.STDERR, text, 0, text.length);
            return e.reason().exitCode();
        }
        try (CancelSignal.Registration _ = cancel.onCancel(() -> kill(running))) {
            int code = running.await();
            if (cancel.isCancelled()) {
                throw new CancellationException("the build was cancelled");
            }
            return code;
        } catch (InterruptedException e) {
            kill(running);
            Thread.currentThread().interrupt();
            throw (InterruptedIOException) new InterruptedIOException("interrupted while a step ran").initCause(e);
        }
    }

    private static void kill(Jobs.Running running) {
        try {
            running.kill();
        } catch (IOException e) {
            LOG.warn("a cancelled step could not be killed", e);
        }
    }

    private static BuildEvent.Channel channel(dev.priok.engine.OutputSink.Channel channel) {
        return switch (channel) {
            case STDOUT -> BuildEvent.Channel.STDOUT;
            case STDERR -> BuildEvent.Channel.STDERR;
        };
    }

    private static Jobs.Job job(ProcessSpec process) {
        return new Jobs.Job(
                process.id(),
                process.rootfs().getFirst(),
                spec(process),
                process.args(),
                process.user().uid(),
                process.user().gid(),
                process.user().additionalGids(),
                process.mounts().stream().map(BuildExecutor::mount).toList());
    }

    private static ContainerSpec spec(ProcessSpec process) {
        RunSettings run = process.settings();
        dev.priok.engine.ProcessSpec plain = dev.priok.engine.ProcessSpec.of(process.args());
        return ContainerSpec.of("")
                .withProcess(new dev.priok.engine.ProcessSpec(
                        plain.entrypoint(),
                        plain.cmd(),
                        environment(process.env()),
                        process.workingDirectory(),
                        "",
                        List.of(),
                        false,
                        false,
                        false,
                        false,
                        true,
                        true,
                        "",
                        null,
                        null,
                        List.of(),
                        0,
                        0))
                .withLimits(limits(run))
                .withNetwork(network(run))
                .withSecurity(
                        process.privileged()
                                ? new SecuritySpec(List.of(), List.of(), true, List.of(), null, null, false)
                                : SecuritySpec.DEFAULT)
                .withStorage(new StorageSpec(
                        List.of(), List.of(), List.of(), Map.of(), List.of(), "", run.shmBytes(), Map.of()));
    }

    private static List<String> environment(Map<String, String> variables) {
        return variables.entrySet().stream()
                .map(e -> e.getKey() + "=" + e.getValue())
                .toList();
    }

    private static NetworkSpec network(RunSettings run) {
        NetworkSpec none = NetworkSpec.DEFAULT.withMode(run.networkMode());
        return new NetworkSpec(
                none.mode(),
                none.disabled(),
                none.dns(),
                none.dnsOptions(),
                none.dnsSearch(),
                run.extraHosts(),
                none.links(),
                none.exposedPorts(),
                none.portBindings(),
                none.publishAllPorts(),
                none.macAddress(),
                none.endpoints());
    }

    private static Limits limits(RunSettings run) {
        return new Limits(
                run.memoryBytes(),
                run.memorySwapBytes(),
                0,
                null,
                null,
                0,
                run.cpuShares(),
                run.cpuPeriodMicros(),
                run.cpuQuotaMicros(),
                0,
                0,
                run.cpusetCpus(),
                run.cpusetMems(),
                null,
                0,
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                run.ulimits().stream()
                        .map(u -> new Limits.Ulimit(u.name(), u.soft(), u.hard()))
                        .toList(),
                run.cgroupParent());
    }

    private static StorageSpec.Mount mount(ProcessSpec.RunMount mount) {
        return switch (mount) {
            case ProcessSpec.RunMount.Bind bind ->
                new StorageSpec.Mount(
                        "bind", bind.source().toString(), bind.target(), bind.readOnly(), "", null, null, null, "");
            case ProcessSpec.RunMount.Tmpfs tmpfs ->
                new StorageSpec.Mount(
                        "tmpfs",
                        "",
                        tmpfs.target(),
                        false,
                        "",
                        null,
                        null,
                        new StorageSpec.TmpfsOptions(tmpfs.sizeBytes(), 0, List.of()),
                        "");
        };
    }
}
