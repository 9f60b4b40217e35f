package dev.priok.runtime;

import dev.priok.core.Durations;
import dev.priok.oci.runtime.LinuxSpec.IdMapping;
import dev.priok.runtime.internal.LocalRuntime;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

/**
 * Turns OCI configurations into running processes.
 *
 * <p><b>Terms.</b> The <i>first process</i> is what the configuration starts; its parent is a <i>monitor</i>, a process of a few
 * pages that outlives this JVM, keeps the exit status and, while no daemon is there, the output. The <i>state folder</i> belongs to
 * one process and holds what a later daemon needs to find the monitor ({@code monitor.json}) and what the monitor keeps
 * ({@code events}). It should not outlive a reboot ({@code /run}); the caller makes it and removes it with all in it.
 *
 * <p><b>Lifecycle.</b> {@link #start} returns when the program of the configuration has been executed, or throws. The caller reads
 * the output, awaits {@link RuntimeProcess#exit}, calls {@link RuntimeProcess#drained} when it has read all, and removes the state
 * folder. A daemon that ends without that calls {@link #reattach} for each state folder when it is back.
 *
 * <p>All methods block for some milliseconds, and may be called from any thread, at the same time.
 */
public interface ContainerRuntime extends AutoCloseable {
    /**
     * The runtime on this host.
     *
     * @param folder where it keeps an empty folder that covers others; made if need be, and not to be removed while it is open
     * @param clock tells when a process was lost
     */
    static ContainerRuntime open(Path folder, InstantSource clock) throws IOException {
        return LocalRuntime.open(folder, clock);
    }

    /**
     * Starts the first process of a container.
     *
     * @throws StartException when a step failed or the program cannot be executed; nothing is left behind then
     * @throws dev.priok.core.Failure of kind INVALID when the configuration is impossible
     */
    RuntimeProcess start(StartRequest request) throws IOException;

    /**
     * Starts a further process in the namespaces of a running one.
     *
     * @throws StartException when a step failed or the program cannot be executed; nothing is left behind then
     * @throws dev.priok.core.Failure of kind CONFLICT when the target has ended
     */
    RuntimeProcess exec(ExecRequest request) throws IOException;

    /**
     * Finds again what a former daemon started, or reads how it ended.
     *
     * @param state the state folder that was given to {@link #start} or {@link #exec}
     */
    Reattached reattach(Path state) throws IOException;

    /** The system calls that {@link #start} would make, a line each, as strace writes them; makes none. */
    List<String> stepsOf(StartRequest request) throws IOException;

    /**
     * Runs the poststop hooks of a container whose process has ended; to be called before its state folder is removed. Does nothing
     * where there are none, or they have run.
     *
     * @throws IOException when one fails; the others have run all the same
     */
    void stopped(Path state) throws IOException;

    /**
     * Makes a user namespace that no process is in yet: to be joined by containers, by the paths of its descriptors, or to map the
     * owners in a mount (mount_setattr(2)).
     *
     * @param network whether to make a network namespace that belongs to it
     */
    UserNamespace makeUserNamespace(List<IdMapping> uids, List<IdMapping> gids, boolean network) throws IOException;

    /** How long {@link #start}s took, those that came to an end. */
    Map<StartPhase, Durations> startTimes();

    /** How long {@link #exec}s took, those that came to an end. */
    Map<StartPhase, Durations> execTimes();

    /** Stops watching; processes run on, and their monitors take over. */
    @Override
    void close();
}
