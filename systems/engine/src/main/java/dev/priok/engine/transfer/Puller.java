package dev.priok.engine.transfer;

import dev.priok.content.ContentStore;
import dev.priok.content.Expected;
import dev.priok.core.Credentials;
import dev.priok.core.Digest;
import dev.priok.core.Failure;
import dev.priok.core.ImageReference;
import dev.priok.core.Leases;
import dev.priok.core.Leases.Lease;
import dev.priok.core.Platform;
import dev.priok.distribution.ManifestBlob;
import dev.priok.distribution.Registries;
import dev.priok.distribution.Repository;
import dev.priok.image.Image;
import dev.priok.image.ImageSource;
import dev.priok.image.ImageStore;
import dev.priok.image.NewImage;
import dev.priok.oci.OciJson;
import dev.priok.oci.image.ChainId;
import dev.priok.oci.image.Descriptor;
import dev.priok.oci.image.ImageConfig;
import dev.priok.oci.image.Index;
import dev.priok.oci.image.Manifest;
import dev.priok.oci.image.MediaTypes;
import dev.priok.snapshot.LayerIntake;
import dev.priok.snapshot.LayerIntake.Unpacked;
import dev.priok.snapshot.Snapshotter;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/** Gets images from registries. Nothing of one is visible before all of it is here and checked. */
public final class Puller implements ImageSource {
    /** A configuration with thousands of history entries. */
    private static final int MAXIMUM_CONFIG_BYTES = 8 << 20;
    /** An index in an index, as some tools write it; more is an attack. */
    private static final int MAXIMUM_DEPTH = 4;

    private final Registries registries;
    private final ContentStore content;
    private final Snapshotter snapshotter;
    private final ImageStore images;
    private final Leases leases;
    private final Flights flights = new Flights();

    public Puller(
            Registries registries, ContentStore content, Snapshotter snapshotter, ImageStore images, Leases leases) {
        this.registries = registries;
        this.content = content;
        this.snapshotter = snapshotter;
        this.images = images;
        this.leases = leases;
    }

    /**
     * What a pull did.
     *
     * @param image that is here now
     * @param digest of the index or manifest that the name means
     * @param fresh whether the name meant something else here before
     */
    public record Pulled(Image image, Digest digest, boolean fresh) {}

    @Override
    public Image fetch(Wanted wanted, Consumer<Progress> progress) throws IOException {
        ImageReference name = wanted.name().withDefaultTag();
        return pull(name, wanted.platform(), wanted.credentials().apply(name.domain()), progress)
                .image();
    }

    @Override
    public Digest resolve(Wanted wanted) throws IOException {
        ImageReference name = wanted.name().withDefaultTag();
        Repository repository = registries.reading(name, wanted.credentials().apply(name.domain()));
        return repository.head(reference(name)).orElseThrow(() -> missing(name)).parsedDigest();
    }

    private static String reference(ImageReference name) {
        return name.digest().map(Digest::toString).or(name::tag).orElse("latest");
    }

    private static Failure missing(ImageReference name) {
        return Failure.notFound("manifest for %s not found: manifest unknown: manifest unknown", name.familiar());
    }

    /** Gets one image. */
    public Pulled pull(
            ImageReference name, Optional<Platform> platform, Credentials credentials, Consumer<Progress> progress)
            throws IOException {
        try {
            return pull(registries.reading(name, credentials), name, platform, progress);
        } catch (Failure e) {
            if (e.kind() == Failure.Kind.UNAUTHORIZED || e.kind() == Failure.Kind.FORBIDDEN) {
                throw new Failure(
                        Failure.Kind.NOT_FOUND,
                        "pull access denied for %s, repository does not exist or may require 'docker login': %s"
                                .formatted(name.familiarName(), e.message()),
                        e);
            }
            throw e;
        }
    }

    /** The tags of a repository. */
    public List<String> tags(ImageReference name, Credentials credentials) throws IOException {
        return registries.reading(name, credentials).tags();
    }

    private Pulled pull(
            Repository repository, ImageReference name, Optional<Platform> platform, Consumer<Progress> progress)
            throws IOException {
        ManifestBlob top = repository.manifest(reference(name)).orElseThrow(() -> missing(name));
        progress.accept(new Progress(reference(name), "Pulling from " + shownPath(name), 0, 0));
        ManifestBlob chosen = choose(repository, top, platform.orElse(Platform.current()), 0);
        Manifest manifest = chosen.manifest();
        Descriptor config = manifest.config();
        if (config == null || !MediaTypes.isConfig(config.mediaType())) {
            throw Failure.invalid(
                    "%s is no image but of media type %s",
                    name.familiar(), config == null ? chosen.mediaType() : config.mediaType());
        }
        try (Lease lease = leases.open()) {
            lease.protect(config.parsedDigest());
            String json = new String(repository.smallBlob(config, MAXIMUM_CONFIG_BYTES), StandardCharsets.UTF_8);
            ImageConfig read =
                    OciJson.read(json.getBytes(StandardCharsets.UTF_8), ImageConfig.class, "image configuration");
            checkPlatform(name, platform, read);
            Map<Digest, Descriptor> blobs = layers(repository, name, manifest, read, lease, progress);
            return store(name, top, chosen, json, blobs, lease);
        }
    }

    private static String shownPath(ImageReference name) {
        return name.path();
    }

    private static void checkPlatform(ImageReference name, Optional<Platform> wanted, ImageConfig config) {
        boolean told = !config.platform().os().isEmpty();
        if (wanted.isPresent() && told && !wanted.get().matches(config.platform())) {
            throw Failure.notFound(
                    "image with reference %s was found but its platform (%s) does not match the specified platform (%s)",
                    name.familiar(), config.platform(), wanted.get());
        }
    }

    private ManifestBlob choose(Repository repository, ManifestBlob found, Platform platform, int depth)
            throws IOException {
        if (!MediaTypes.isIndex(found.mediaType())) {
            return found;
        }
        if (depth == MAXIMUM_DEPTH) {
            throw Failure.invalid("index %s holds indexes more than %d deep", found.digest(), MAXIMUM_DEPTH);
        }
        Index.Entry entry = found.index()
                .forPlatform(platform)
                .orElseThrow(
                        () -> Failure.notFound("no matching manifest for %s in the manifest list entries", platform));
        ManifestBlob inner = repository
                .manifest(entry.digest())
                .orElseThrow(() -> Failure.notFound("manifest unknown: manifest %s is missing", entry.digest()));
        return choose(repository, inner, platform, depth + 1);
    }

    /** Brings what is missing of the layers; returns where the blobs of those are. */
    private Map<Digest, Descriptor> layers(
            Repository repository,
            ImageReference name,
            Manifest manifest,
            ImageConfig config,
            Lease lease,
            Consumer<Progress> progress)
            throws IOException {
        List<Digest> diffIds = config.rootfs().parsedDiffIds();
        List<Descriptor> layers = manifest.layers();
        if (diffIds.size() != layers.size()) {
            throw Failure.invalid(
                    "invalid manifest, layers length mismatch: expected %d, got %d", diffIds.size(), layers.size());
        }
        refuseUnknown(layers);
        List<ChainId> chains = ChainId.prefixes(diffIds);
        List<Tally> tallies = new ArrayList<>();
        int there = 0;
        for (int i = 0; i < layers.size(); i++) {
            Descriptor layer = layers.get(i);
            Tally tally = new Tally(layer.parsedDigest().shortHex(), layer.size(), progress);
            tallies.add(tally);
            if (there == i && isThere(chains.get(i), lease)) {
                there++;
                tally.say("Already exists");
            } else {
                tally.say("Pulling fs layer");
            }
        }
        Map<Digest, Descriptor> blobs = new HashMap<>();
        for (int i = 0; i < layers.size(); i++) {
            blobs.put(diffIds.get(i), layers.get(i));
        }
        if (there == layers.size()) {
            keep(repository, name, layers, tallies, lease);
            return blobs;
        }
        int slots = registries.config().downloads();
        tallies.stream().skip((long) there + slots).forEach(tally -> tally.say("Waiting"));
        try (LayerIntake intake = snapshotter.intake()) {
            LayerFetcher fetcher =
                    new LayerFetcher(content, flights, repository, registries.downloads(name.domain()), intake, lease);
            List<Unpacked> unpacked = fetchAll(
                    fetcher, layers.subList(there, layers.size()), tallies.subList(there, layers.size()), slots);
            for (int i = 0; i < unpacked.size(); i++) {
                Digest promised = diffIds.get(there + i);
                if (!unpacked.get(i).diffId().equals(promised)) {
                    throw Failure.invalid(
                            "invalid diffID for layer %d: expected \"%s\", got \"%s\"",
                            there + i, promised, unpacked.get(i).diffId());
                }
            }
            intake.commitSoon(there == 0 ? ChainId.SCRATCH : chains.get(there - 1), unpacked, lease);
        }
        tallies.stream().skip(there).forEach(tally -> tally.say("Pull complete"));
        keep(repository, name, layers.subList(0, there), tallies.subList(0, there), lease);
        return blobs;
    }

    private static void refuseUnknown(List<Descriptor> layers) {
        for (Descriptor layer : layers) {
            if (!MediaTypes.isLayer(layer.mediaType())) {
                throw Failure.invalid(
                        "layer %s is of media type %s, which is no tar", layer.digest(), layer.mediaType());
            }
        }
    }

    /**
     * Brings the blobs of layers that are unpacked here already, from a build or an archive: with them the image can be pushed on
     * as it came, to the byte.
     */
    private void keep(
            Repository repository, ImageReference name, List<Descriptor> layers, List<Tally> tallies, Lease lease)
            throws IOException {
        if (layers.isEmpty()) {
            return;
        }
        LayerKeeper keeper = new LayerKeeper(content, flights, repository, registries.downloads(name.domain()), lease);
        for (int i = 0; i < layers.size(); i++) {
            keeper.keep(layers.get(i), tallies.get(i));
        }
    }

    private boolean isThere(ChainId chain, Lease lease) {
        chain.digest().ifPresent(lease::protect);
        return snapshotter.layer(chain).isPresent();
    }

    private static List<Unpacked> fetchAll(
            LayerFetcher fetcher, List<Descriptor> layers, List<Tally> tallies, int slots) throws IOException {
        // Unpacking is work for platform threads: it makes system calls that depend on the thread.
        ExecutorService pool = Executors.newFixedThreadPool(
                Math.min(slots, layers.size()),
                Thread.ofPlatform().name("pull-", 0).daemon().factory());
        List<Future<Unpacked>> running = new ArrayList<>();
        boolean done = false;
        try {
            for (int i = 0; i < layers.size(); i++) {
                Descriptor layer = layers.get(i);
                Tally tally = tallies.get(i);
                running.add(pool.submit(() -> fetcher.fetch(layer, tally)));
            }
            List<Unpacked> unpacked = new ArrayList<>();
            for (Future<Unpacked> one : running) {
                unpacked.add(one.get());
            }
            done = true;
            return unpacked;
        } catch (ExecutionException e) {
            throw rethrown(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            InterruptedIOException interrupted = new InterruptedIOException("the pull was cancelled");
            interrupted.initCause(e);
            throw interrupted;
        } finally {
            if (!done) {
                pool.shutdownNow();
            }
            close(pool);
        }
    }

    private static IOException rethrown(ExecutionException e) {
        return switch (e.getCause()) {
            case RuntimeException cause -> throw cause;
            case IOException cause -> cause;
            case null, default -> new IOException("pulling a layer failed: " + e.getCause(), e);
        };
    }

    /** Waits until nobody writes into the intake any more, also when this thread is interrupted. */
    private static void close(ExecutorService pool) {
        boolean interrupted = Thread.interrupted();
        pool.close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private Pulled store(
            ImageReference name,
            ManifestBlob top,
            ManifestBlob chosen,
            String json,
            Map<Digest, Descriptor> blobs,
            Lease lease)
            throws IOException {
        content.ingest(
                new ByteArrayInputStream(chosen.bytes()), Expected.of(chosen.digest(), chosen.bytes().length), lease);
        ImageReference byDigest =
                new ImageReference(name.domain(), name.path(), Optional.empty(), Optional.of(top.digest()));
        NewImage image = new NewImage(
                json,
                name.digest().isPresent() ? List.of() : List.of(name),
                List.of(byDigest),
                Optional.of(chosen.descriptor()),
                Optional.empty(),
                blobs);
        ImageReference asked = name.digest().isPresent() ? byDigest : name;
        boolean known = images.find(image.id())
                .filter(i -> i.tags().contains(asked) || i.digests().contains(asked))
                .isPresent();
        return new Pulled(images.create(image, lease), top.digest(), !known);
    }
}
