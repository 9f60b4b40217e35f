package dev.priok.engine.lifecycle;

import dev.priok.cgroup.CgroupStats;
import dev.priok.core.Failure;
import dev.priok.engine.ContainerView;
import dev.priok.engine.Containers;
import dev.priok.engine.Jobs;
import dev.priok.engine.NetworkSpec;
import dev.priok.engine.network.ContainerNetworks;
import dev.priok.engine.spec.Accounts;
import dev.priok.engine.state.Definition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The machinery of containers, put together. */
public final class Lifecycles {
    private static final Logger LOG = LoggerFactory.getLogger(Lifecycles.class);

    /** Docker too gives containers so much more than they ask for when it goes. */
    private static final Duration GRACE = Duration.ofSeconds(5);

    private final Machine machine;
    private final Registry registry = new Registry();
    private final RootAccess roots;
    private final Blueprint blueprint;
    private final MountSources sources;
    private final Starter starter;
    private final ExecSessions execs;
    private final VolumeStore volumes;
    private final Remover remover;
    private final Lifecycle lifecycle;
    private final Signalling signalling;
    private final VolumeSnapshots snapshots;
    private final Creator creator;
    private final Attaching attaching;
    private final JobRunner jobs;
    private final ContainerNetworks networks;

    private Lifecycles(Machine machine, Path initLayer) throws IOException {
        this.machine = machine;
        networks = new ContainerNetworks(
                machine.parts(),
                machine.config().networking(),
                machine.store(),
                registry.names(),
                id -> registry.find(id).map(Container::definition));
        roots = new RootAccess(machine.parts().snapshotter(), initLayer);
        blueprint = new Blueprint(machine, registry, roots, new Links(registry, networks), initLayer);
        volumes = new VolumeStore(machine, registry);
        sources = new MountSources(machine, volumes);
        starter = new Starter(machine, blueprint, sources, networks);
        execs = new ExecSessions(machine, registry, roots, blueprint);
        remover = new Remover(machine, registry, volumes, execs);
        lifecycle = new Lifecycle(machine, starter, remover, new Probes(machine, execs, this::unhealthy), networks);
        signalling = new Signalling(machine, lifecycle);
        snapshots = new VolumeSnapshots(machine, volumes, signalling);
        creator = new Creator(
                machine,
                registry,
                networks,
                volumes,
                remover,
                new CopyUps(machine.parts().snapshotter(), machine.background()),
                blueprint.links());
        attaching = new Attaching(machine, execs);
        jobs = JobRunner.open(machine, networks, starter, blueprint, initLayer);
    }

    /** Builds it and takes over what the engine before left. */
    public static Lifecycles open(Machine machine) throws IOException {
        for (Path folder : List.of(
                machine.config().dataRoot().resolve("containers"),
                machine.config().dataRoot().resolve("volumes"),
                machine.config().runRoot().resolve("containers"),
                machine.config().runRoot().resolve("execs"))) {
            Files.createDirectories(folder);
        }
        Lifecycles all =
                new Lifecycles(machine, Blueprint.makeInitLayer(machine.config().dataRoot()));
        new Recovery(
                        machine,
                        all.registry,
                        all.networks,
                        all.lifecycle,
                        all.remover,
                        all.creator,
                        all.starter,
                        all.execs,
                        all.volumes,
                        all.signalling)
                .run();
        all.volumes.uses().tidy(all.registry.all());
        return all;
    }

    /** Docker leaves an unhealthy container alone; this one restarts those that ask for it. */
    private void unhealthy(Container container) {
        if (!Boolean.TRUE.equals(machine.upkeep(container.definition().spec()).restartOnUnhealthy())) {
            return;
        }
        LOG.info("container {} is unhealthy and is restarted", container.id());
        try {
            signalling.restart(container, Containers.StopOptions.DEFAULT);
        } catch (Failure e) {
            LOG.warn("container {} is unhealthy and could not be restarted: {}", container.id(), e.message());
        }
    }

    public Registry registry() {
        return registry;
    }

    public RootAccess roots() {
        return roots;
    }

    public ExecSessions execs() {
        return execs;
    }

    /** What containers mount, on the host. */
    public MountSources sources() {
        return sources;
    }

    public VolumeSnapshots snapshots() {
        return snapshots;
    }

    public VolumeStore volumes() {
        return volumes;
    }

    public Remover remover() {
        return remover;
    }

    public Lifecycle lifecycle() {
        return lifecycle;
    }

    public Signalling signalling() {
        return signalling;
    }

    public Creator creator() {
        return creator;
    }

    public Attaching attaching() {
        return attaching;
    }

    public Jobs jobs() {
        return jobs;
    }

    public Updates updates() {
        return new Updates(machine, registry);
    }

    /** Paths on the host of a container's files. */
    public ContainerView.Files files(Container container) {
        return blueprint.files(container);
    }

    /** The names that legacy links give to containers, by their ids. */
    public Map<String, List<String>> linkNames() {
        return blueprint.links().names();
    }

    /** What inspect shows of a container's network settings. */
    public NetworkSpec shown(Definition definition) {
        return blueprint.links().shown(definition);
    }

    /** What events say of a container. */
    public Map<String, String> attributes(Container container) {
        return container.attributes();
    }

    /** Who a container's process runs as. */
    public Accounts.Identity identity(Container container) throws IOException {
        dev.priok.engine.ProcessSpec process = container.definition().spec().process();
        return roots.accounts(container).resolve(process.user(), process.groupAdd());
    }

    /** Processes of a container; none when it does not run. */
    public List<Integer> pids(Container container) throws IOException {
        Run run = container.run;
        return run == null || run.cgroup.isEmpty()
                ? List.of()
                : run.cgroup.get().pids();
    }

    /** Counters of a container; nothing when it does not run. */
    public Optional<CgroupStats> stats(Container container) throws IOException {
        Run run = container.run;
        return run == null || run.cgroup.isEmpty()
                ? Optional.empty()
                : Optional.of(run.cgroup.get().stats());
    }

    /** The system calls that a start would make now. */
    public List<String> steps(Container container) throws IOException {
        return starter.steps(container);
    }

    public ContainerNetworks networks() {
        return networks;
    }

    public NetworkChanges networkChanges() {
        return new NetworkChanges(machine, networks, new EtcFiles(networks));
    }

    /**
     * Stops all containers, at once; nothing starts any more.
     *
     * @param patience for those that do not say how long they take to stop; those that do get that, and some seconds more
     */
    public void stopAll(Duration patience) {
        lifecycle.close();
        // Those that are being started are waited for and stopped as well.
        List<Container> all = List.copyOf(registry.all());
        Duration longest = all.stream()
                .filter(container -> container.state().live())
                .map(container -> container.definition().spec().process().stopTimeoutSeconds())
                .filter(Objects::nonNull)
                // Whoever wants to be waited for without end is, but by a daemon that ends.
                .map(seconds ->
                        seconds < 0 ? patience : Duration.ofSeconds(seconds).plus(GRACE))
                .reduce(patience, (a, b) -> a.compareTo(b) > 0 ? a : b);
        signalling.stopWithEngine(all, longest);
    }

    /** Lets go of all runs without ending them. */
    public void release() {
        networks.close();
        for (Container container : registry.all()) {
            // No lock: a transition that hangs must not keep the daemon from ending.
            Run run = container.run;
            if (run != null) {
                run.stopWatching();
            }
        }
    }
}
