package dev.priok.build;

import dev.priok.content.ContentStore;
import dev.priok.core.Digest;
import dev.priok.core.ImageReference;
import dev.priok.core.Leases;
import dev.priok.database.Database;
import dev.priok.distribution.Registries;
import dev.priok.image.ImageSource;
import dev.priok.image.ImageStore;
import dev.priok.snapshot.Snapshotter;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.random.RandomGenerator;

/**
 * What a builder is made of.
 *
 * @param source where base images come from that are not here; empty for nowhere
 * @param registries where caches are taken from and given to; empty for nowhere
 * @param leases the ones that {@code images} and {@code snapshots} look at
 * @param root directory of the builder's own: scratch space and cache mounts
 * @param maximumCacheBytes most that results of steps and cache mounts may take beside images; 0 for a fifth of the file
 *     system, between 1 and 50 GiB
 * @param built is told of every image that a build ends with, and the names that it gave it
 * @param random for names of temporary things
 */
public record BuilderParts(
        ImageStore images,
        Optional<ImageSource> source,
        Snapshotter snapshots,
        ContentStore content,
        Optional<Registries> registries,
        Leases leases,
        Database database,
        Executor executor,
        Path root,
        long maximumCacheBytes,
        BiConsumer<Digest, List<ImageReference>> built,
        InstantSource clock,
        RandomGenerator random) {}
