package dev.priok.engine.lifecycle;

import dev.priok.core.Failure;
import dev.priok.core.ObjectId;
import dev.priok.core.PhaseTimes;
import dev.priok.core.Platform;
import dev.priok.engine.ContainerDefaults;
import dev.priok.engine.ContainerSpec;
import dev.priok.engine.Containers.Created;
import dev.priok.engine.HostSpec;
import dev.priok.engine.IdRemap;
import dev.priok.engine.Limits;
import dev.priok.engine.LoggingSpec;
import dev.priok.engine.NamespaceSpec;
import dev.priok.engine.SecuritySpec;
import dev.priok.engine.StorageSpec;
import dev.priok.engine.network.ContainerNetworks;
import dev.priok.engine.spec.Cause;
import dev.priok.engine.spec.CgroupLimits;
import dev.priok.engine.spec.ImageMerge;
import dev.priok.engine.spec.MountPlan;
import dev.priok.engine.spec.NameFiles;
import dev.priok.engine.spec.OciSpecs;
import dev.priok.engine.spec.PlannedMount;
import dev.priok.engine.spec.SecurityOptions;
import dev.priok.engine.spec.SpecCheck;
import dev.priok.engine.state.Condition;
import dev.priok.engine.state.Definition;
import dev.priok.image.Image;
import dev.priok.logs.LogConfig;
import dev.priok.logs.LogDriver;
import dev.priok.logs.LogDrivers;
import dev.priok.logs.LogSubject;
import dev.priok.oci.image.ChainId;
import dev.priok.snapshot.Snapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes containers: checks, defaults, files, and last the row in the database that makes it real. */
public final class Creator {
    private final Machine machine;
    private final Registry registry;
    private final ContainerNetworks networks;
    private final VolumeStore volumes;
    private final Remover remover;
    private final CopyUps copyUps;
    private final Links links;

    Creator(
            Machine machine,
            Registry registry,
            ContainerNetworks networks,
            VolumeStore volumes,
            Remover remover,
            CopyUps copyUps,
            Links links) {
        this.machine = machine;
        this.registry = registry;
        this.networks = networks;
        this.volumes = volumes;
        this.remover = remover;
        this.copyUps = copyUps;
        this.links = links;
    }

    public Created create(ContainerSpec wanted, Optional<Platform> platform) {
        PhaseTimes<Phases.Create>.Watch watch = machine.phases().creates().start();
        List<String> warnings = new ArrayList<>();
        Image image = machine.parts().images().resolve(wanted.image());
        if (platform.isPresent() && !platform.get().matches(image.config().platform())) {
            throw Failure.notFound(
                    "image with reference %s was found but its platform (%s) does not match the specified platform (%s)",
                    wanted.image(), image.config().platform(), platform.get());
        }
        SpecCheck.check(wanted, machine.host(), warnings);
        NameFiles.checkExtraHosts(wanted.network().extraHosts());
        wanted.devices().cgroupRules().forEach(CgroupLimits::rule);
        ContainerSpec spec = joins(defaults(
                ImageMerge.merge(wanted, ImageTerms.settings(image.config().config()))));
        SpecCheck.check(spec, machine.host(), new ArrayList<>());
        if (remap(spec).isPresent()) {
            SpecCheck.remapped(spec);
        }
        LogDrivers.validate(
                new LogConfig(spec.logging().driver(), spec.logging().options()));
        warnings.addAll(
                machine.parts().cgroups().check(CgroupLimits.of(spec.limits())).warnings());

        String id = ObjectId.random(machine.parts().random()).hex();
        String name = takeName(spec.name(), id);
        boolean done = false;
        try {
            Created created = make(id, spec.withName(name), image, warnings, watch);
            done = true;
            return created;
        } finally {
            if (!done) {
                registry.release(name, id);
            }
        }
    }

    private String takeName(String wanted, String id) {
        if (wanted.isEmpty() || wanted.equals("/")) {
            return ContainerNames.generate(machine.parts().random(), name -> registry.reserve(name, id));
        }
        String name = SpecCheck.name(wanted);
        if (!registry.reserve(name, id)) {
            throw registry.nameTaken(name);
        }
        return name;
    }

    private Created make(
            String id, ContainerSpec named, Image image, List<String> warnings, PhaseTimes<Phases.Create>.Watch watch) {
        Folders folders =
                Folders.of(machine.config().dataRoot(), machine.config().runRoot(), id);
        ContainerSpec spec = hostname(named, id);
        // Until the container is registered nothing else says that it uses its volumes.
        VolumeStore.Claims claims = volumes.claims();
        boolean done = false;
        try {
            MountPlan plan = MountPlan.of(
                    spec,
                    claims,
                    ref -> claims.share(named(ref).definition().mounts()),
                    machine.config().dataRoot());
            watch.ended(Phases.Create.CHECK);
            machine.parts()
                    .snapshotter()
                    .prepare(
                            Folders.snapshotKey(id),
                            image.config().chainId(),
                            spec.host().autoRemove() ? Snapshot.Kind.VOLATILE : Snapshot.Kind.WRITABLE,
                            SpecCheck.writableBytes(spec.storage().options()));
            watch.ended(Phases.Create.SNAPSHOT);
            files(folders, spec);
            keepImages(id, plan.mounts());
            copyUp(id, image.config().chainId(), plan.copies());
            Definition definition = new Definition(
                    id,
                    machine.now(),
                    spec,
                    program(spec),
                    image.id().toString(),
                    machine.parts()
                            .images()
                            .manifest(image.id())
                            .map(d -> d.digest())
                            .orElse(""),
                    image.config().platform().toString(),
                    plan.mounts(),
                    remap(spec).orElse(null));
            Container container = new Container(definition, Condition.CREATED, folders, log(definition, folders));
            watch.ended(Phases.Create.FILES);
            machine.store().insert(definition, Condition.CREATED);
            registry.add(container);
            done = true;
            machine.publish("container", "create", id, container.attributes());
            watch.ended(Phases.Create.RECORD);
            return new Created(id, warnings);
        } catch (IOException e) {
            throw Failure.internal(e, "creating the files of container %s: %s", id, Cause.text(e));
        } finally {
            if (done) {
                claims.close();
            } else {
                remover.discard(id, folders);
                claims.undo();
            }
        }
    }

    /** Keeps the layers of images that are mounted as long as the container exists. */
    private void keepImages(String id, List<PlannedMount> mounts) throws IOException {
        int index = 0;
        for (PlannedMount mount : mounts) {
            if (mount.point().type().equals("image")) {
                Image mounted = machine.parts().images().resolve(mount.point().name());
                machine.parts()
                        .snapshotter()
                        .prepare(
                                MountSources.imageKey(id, index++),
                                mounted.config().chainId(),
                                Snapshot.Kind.VIEW);
            }
        }
    }

    private void copyUp(String id, ChainId chain, List<MountPlan.CopyUp> copies) throws IOException {
        List<MountPlan.CopyUp> ready = new ArrayList<>();
        try {
            for (MountPlan.CopyUp copy : copies) {
                ready.add(copy.at(volumes.uses().attach(copy.volume(), id)));
            }
            copyUps.copy(chain, ready);
        } finally {
            ready.forEach(copy -> volumes.uses().detach(copy.volume(), id));
        }
    }

    static List<String> program(ContainerSpec spec) {
        List<String> program = new ArrayList<>();
        if (spec.process().entrypoint() != null) {
            program.addAll(spec.process().entrypoint());
        }
        if (spec.process().cmd() != null) {
            program.addAll(spec.process().cmd());
        }
        return program;
    }

    /** The daemon's driver unless another is asked for, and the daemon's options for it that are not asked for otherwise. */
    static LoggingSpec logging(LoggingSpec asked, LoggingSpec ofDaemon) {
        if (!asked.driver().isEmpty() && !asked.driver().equals(ofDaemon.driver())) {
            return asked;
        }
        Map<String, String> options = new HashMap<>(ofDaemon.options());
        options.putAll(asked.options());
        return new LoggingSpec(ofDaemon.driver(), options);
    }

    /** Opens the log of a container. */
    LogDriver log(Definition definition, Folders folders) {
        ContainerSpec spec = definition.spec();
        return LogDrivers.open(
                new LogConfig(spec.logging().driver(), spec.logging().options()),
                new LogSubject(
                        definition.id(),
                        definition.name(),
                        definition.imageId(),
                        spec.image(),
                        definition.program(),
                        spec.labels(),
                        spec.process().env()),
                folders.data(),
                machine.parts().clock());
    }

    private static void files(Folders folders, ContainerSpec spec) throws IOException {
        Files.createDirectories(folders.data());
        boolean shared = spec.network().mode().startsWith("container:");
        if (shared) {
            return;
        }
        Files.writeString(folders.hostname(), spec.hostname() + "\n");
        String hosts = spec.network().mode().equals("host") ? read("/etc/hosts") : "";
        Files.writeString(folders.hosts(), NameFiles.hosts(spec.network(), hosts));
        Files.writeString(folders.resolvConf(), NameFiles.resolvConf(spec.network(), read("/etc/resolv.conf")));
    }

    private static String read(String path) throws IOException {
        Path file = Path.of(path);
        return Files.exists(file) ? Files.readString(file) : "";
    }

    private static ContainerSpec hostname(ContainerSpec spec, String id) {
        if (!spec.hostname().isEmpty() || spec.network().mode().startsWith("container:")) {
            return spec;
        }
        boolean ofHost =
                spec.network().mode().equals("host") || spec.namespaces().uts().equals("host");
        return spec.withHostname(ofHost ? HostName.read() : id.substring(0, 12), spec.domainname());
    }

    /** What Docker fills in, so that inspect shows it. */
    private ContainerSpec defaults(ContainerSpec spec) {
        ContainerDefaults ofDaemon = machine.config().containers();
        Limits l = spec.limits();
        long swap = l.memory() > 0 && l.memorySwap() == 0 ? l.memory() * 2 : l.memorySwap();
        Limits limits = new Limits(
                l.memory(),
                swap,
                l.memoryReservation(),
                l.memorySwappiness(),
                l.oomKillDisable(),
                l.nanoCpus(),
                l.cpuShares(),
                l.cpuPeriod(),
                l.cpuQuota(),
                l.cpuRealtimePeriod(),
                l.cpuRealtimeRuntime(),
                l.cpusetCpus(),
                l.cpusetMems(),
                l.pidsLimit(),
                l.blkioWeight(),
                l.blkioWeightDevice(),
                l.readBps(),
                l.writeBps(),
                l.readIops(),
                l.writeIops(),
                withDefaults(l.ulimits(), ofDaemon.ulimits()),
                l.cgroupParent());
        NamespaceSpec n = spec.namespaces();
        NamespaceSpec namespaces = new NamespaceSpec(
                n.ipc().isEmpty() ? ofDaemon.ipcMode() : n.ipc(),
                n.pid(),
                n.uts(),
                n.user(),
                n.cgroup().isEmpty() ? cgroupMode(ofDaemon, spec.security().privileged()) : n.cgroup());
        StorageSpec s = spec.storage();
        StorageSpec storage = s.withShmBytes(s.shmBytes() == 0 ? ofDaemon.shmBytes() : s.shmBytes());
        LoggingSpec logging = logging(spec.logging(), machine.config().logging());
        HostSpec h = spec.host();
        HostSpec host = new HostSpec(
                h.autoRemove(),
                (h.init() == null && ofDaemon.init()) ? Boolean.TRUE : h.init(),
                h.sysctls(),
                h.oomScoreAdj(),
                h.annotations(),
                h.runtime().isEmpty() ? "priok" : h.runtime(),
                h.isolation(),
                h.containerIdFile(),
                h.upkeep());
        return spec.withLimits(limits)
                .withNamespaces(namespaces)
                .withSecurity(OciSpecs.withDefaultPaths(privileges(spec.security(), ofDaemon), machine.host()))
                .withStorage(storage)
                .withLogging(logging)
                .withHost(host);
    }

    private Optional<IdRemap> remap(ContainerSpec spec) {
        return spec.namespaces().user().equals("host")
                ? Optional.empty()
                : machine.config().remap();
    }

    private String cgroupMode(ContainerDefaults ofDaemon, boolean privileged) {
        if (privileged && machine.host().cgroupVersion() == 1) {
            return "host";
        }
        if (!ofDaemon.cgroupnsMode().isEmpty()) {
            return ofDaemon.cgroupnsMode();
        }
        return machine.host().cgroupVersion() == 1 ? "host" : "private";
    }

    private static List<Limits.Ulimit> withDefaults(List<Limits.Ulimit> asked, List<Limits.Ulimit> ofDaemon) {
        List<Limits.Ulimit> all = new ArrayList<>(asked);
        ofDaemon.stream()
                .filter(limit -> asked.stream().noneMatch(a -> a.name().equals(limit.name())))
                .forEach(all::add);
        return all;
    }

    private static SecuritySpec privileges(SecuritySpec asked, ContainerDefaults ofDaemon) {
        boolean said = asked.securityOpt().stream().anyMatch(option -> option.startsWith(SecurityOptions.NO_NEW));
        if (said || !ofDaemon.noNewPrivileges()) {
            return asked;
        }
        List<String> options = new ArrayList<>(asked.securityOpt());
        options.add(SecurityOptions.NO_NEW);
        return asked.withSecurityOpt(options);
    }

    /** {@code container:NAME} becomes {@code container:ID}, so that a rename does not matter. */
    private ContainerSpec joins(ContainerSpec spec) {
        NamespaceSpec n = spec.namespaces();
        return spec.withNetwork(links.settle(networks.settle(
                        spec.network().withMode(byId(spec.network().mode())))))
                .withNamespaces(new NamespaceSpec(byId(n.ipc()), byId(n.pid()), n.uts(), n.user(), n.cgroup()));
    }

    /** A container that a request names: when it is not there, the request is wrong. */
    private Container named(String ref) {
        try {
            return registry.get(ref);
        } catch (Failure e) {
            throw e.kind() == Failure.Kind.NOT_FOUND ? Failure.invalid("%s", e.message()) : e;
        }
    }

    private String byId(String mode) {
        return mode.startsWith("container:")
                ? "container:" + named(mode.substring("container:".length())).id()
                : mode;
    }
}
