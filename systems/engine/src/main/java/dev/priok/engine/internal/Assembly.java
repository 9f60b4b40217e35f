package dev.priok.engine.internal;

import dev.priok.cgroup.CgroupHierarchy;
import dev.priok.core.Digest;
import dev.priok.core.ImageReference;
import dev.priok.engine.Containers;
import dev.priok.engine.Engine;
import dev.priok.engine.EngineConfig;
import dev.priok.engine.EngineParts;
import dev.priok.engine.Events;
import dev.priok.engine.Execs;
import dev.priok.engine.Images;
import dev.priok.engine.Jobs;
import dev.priok.engine.Networks;
import dev.priok.engine.SystemInfo;
import dev.priok.engine.Volumes;
import dev.priok.engine.device.CdiFolders;
import dev.priok.engine.device.DeviceRequests;
import dev.priok.engine.events.EventLog;
import dev.priok.engine.lifecycle.Lifecycles;
import dev.priok.engine.lifecycle.Machine;
import dev.priok.engine.lifecycle.Phases;
import dev.priok.engine.spec.HostFeatures;
import dev.priok.engine.state.EngineStore;
import dev.priok.image.ImageSource;
import dev.priok.init.Reaper;
import dev.priok.linux.Architecture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Puts an engine together. */
public final class Assembly implements Engine {
    /** Removals under way get this long; what they leave is removed by the next engine. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Machine machine;
    private final Lifecycles machinery;
    private final ContainersOfEngine containers;
    private final ExecsOfEngine execs;
    private final ImagesOfStore images;
    private final LocalVolumes volumes;
    private final NetworksOfEngine networks;
    private final SystemFacts system;

    private Assembly(Machine machine, Lifecycles machinery, String engineId) {
        this.machine = machine;
        this.machinery = machinery;
        containers = new ContainersOfEngine(machine, machinery);
        execs = new ExecsOfEngine(machinery);
        images = new ImagesOfStore(machine, machinery.registry());
        volumes = new LocalVolumes(machine, machinery.volumes(), machinery.snapshots());
        networks = new NetworksOfEngine(machine, machinery);
        system = new SystemFacts(machine, machinery, images, containers, volumes, engineId);
    }

    public static Engine open(EngineConfig config, EngineParts parts) throws IOException {
        Files.createDirectories(config.dataRoot());
        Files.createDirectories(config.runRoot());
        ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().daemon().name("engine-timer").factory());
        timer.setRemoveOnCancelPolicy(true);
        Machine machine = new Machine(
                config,
                parts,
                new EngineStore(parts.database()),
                new EventLog(parts.clock()),
                features(parts.cgroups(), reaper(config.dataRoot())),
                new DeviceRequests(new CdiFolders(config.deviceSpecs())),
                Phases.none(),
                Executors.newThreadPerTaskExecutor(
                        Thread.ofVirtual().name("engine-", 0).factory()),
                timer);
        return new Assembly(machine, Lifecycles.open(machine), engineId(config.dataRoot()));
    }

    private static HostFeatures features(CgroupHierarchy cgroups, Path reaper) throws IOException {
        return new HostFeatures(
                cgroups.mode().dockerVersion(),
                Runtime.getRuntime().availableProcessors(),
                cgroups.availableCpus(),
                cgroups.availableMemoryNodes(),
                MachineInfo.capabilities(),
                reaper.toString(),
                MachineInfo.kernelAtLeast(5, 12));
    }

    /** Puts the program for {@code --init} where it can be mounted from. */
    private static Path reaper(Path dataRoot) throws IOException {
        Path file = dataRoot.resolve("priok-reaper");
        byte[] program = Reaper.binary(Architecture.current());
        if (!Files.exists(file) || !Arrays.equals(Files.readAllBytes(file), program)) {
            // A container that runs may have the old one mapped: it keeps it, and the new one is another file.
            Path fresh = dataRoot.resolve("priok-reaper.new");
            Files.write(fresh, program);
            Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rwxr-xr-x"));
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        }
        return file;
    }

    private static String engineId(Path dataRoot) throws IOException {
        Path file = dataRoot.resolve("engine-id");
        if (!Files.exists(file)) {
            Files.writeString(file, UUID.randomUUID().toString());
        }
        return Files.readString(file).strip();
    }

    @Override
    public Containers containers() {
        return containers;
    }

    @Override
    public Execs execs() {
        return execs;
    }

    @Override
    public Images images() {
        return images;
    }

    @Override
    public void imageBuilt(Digest image, List<ImageReference> names) {
        images.built(image, names);
    }

    @Override
    public ImageSource imageSource() {
        return images.source();
    }

    @Override
    public Jobs jobs() {
        return machinery.jobs();
    }

    @Override
    public Volumes volumes() {
        return volumes;
    }

    @Override
    public Networks networks() {
        return networks;
    }

    @Override
    public Events events() {
        return machine.events();
    }

    @Override
    public SystemInfo system() {
        return system;
    }

    @Override
    public void close() {
        machine.config().farewell().ifPresent(machinery::stopAll);
        machine.timer().shutdownNow();
        machine.background().shutdown();
        machinery.release();
        machine.events().close();
        try {
            if (!machine.background().awaitTermination(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                machine.background().shutdownNow();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            machine.background().shutdownNow();
        }
        machine.store().flush();
    }
}
