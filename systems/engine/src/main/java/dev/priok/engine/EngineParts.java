package dev.priok.engine;

import dev.priok.cgroup.CgroupHierarchy;
import dev.priok.content.ContentStore;
import dev.priok.core.Leases;
import dev.priok.database.Database;
import dev.priok.distribution.Registries;
import dev.priok.image.ImageStore;
import dev.priok.logs.OutputPump;
import dev.priok.network.Wiring;
import dev.priok.runtime.ContainerRuntime;
import dev.priok.snapshot.Snapshotter;
import java.time.InstantSource;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * What an engine is made of. It uses the parts and does not close them: close the engine first, then the pump, the runtime, and the
 * stores.
 *
 * @param wiring of networks; empty for an engine whose containers have loopback alone
 * @param leases the ones that snapshotter and images share
 */
public record EngineParts(
        Database database,
        Snapshotter snapshotter,
        ContentStore content,
        ImageStore images,
        Registries registries,
        Leases leases,
        ContainerRuntime runtime,
        CgroupHierarchy cgroups,
        OutputPump pump,
        Optional<Wiring> wiring,
        SeccompProfiles seccomp,
        InstantSource clock,
        RandomGenerator random) {}
