package dev.priok.engine.transfer;

import dev.priok.content.ContentStore;
import dev.priok.content.Expected;
import dev.priok.core.Credentials;
import dev.priok.core.Digest;
import dev.priok.core.Failure;
import dev.priok.core.ImageReference;
import dev.priok.core.Leases;
import dev.priok.core.Leases.Lease;
import dev.priok.distribution.ManifestBlob;
import dev.priok.distribution.Registries;
import dev.priok.distribution.Repository;
import dev.priok.distribution.StreamedUpload;
import dev.priok.image.Image;
import dev.priok.image.ImageSource.Progress;
import dev.priok.image.ImageStore;
import dev.priok.image.NewImage;
import dev.priok.oci.OciJson;
import dev.priok.oci.image.ChainId;
import dev.priok.oci.image.Descriptor;
import dev.priok.oci.image.Manifest;
import dev.priok.oci.image.MediaTypes;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts images into registries: what is not there yet, layers side by side, the manifest last. */
public final class Pusher {
    /** Repositories of the same registry that are asked for a layer before it is sent. */
    private static final int MAXIMUM_SOURCES = 3;

    private static final int MAXIMUM_MANIFEST_BYTES = 4 << 20;

    private static final Logger LOG = LoggerFactory.getLogger(Pusher.class);

    private final Registries registries;
    private final Flights flights = new Flights();
    private final ContentStore content;
    private final ImageStore images;
    private final Leases leases;

    public Pusher(Registries registries, ContentStore content, ImageStore images, Leases leases) {
        this.registries = registries;
        this.content = content;
        this.images = images;
        this.leases = leases;
    }

    /**
     * What a push did.
     *
     * @param tag it has in the registry
     * @param digest of its manifest
     * @param size of its manifest in bytes
     */
    public record Pushed(String tag, Digest digest, long size) {}

    /** Sends one image under its name, which has a tag. */
    public Pushed push(ImageReference name, Credentials credentials, Consumer<Progress> progress) throws IOException {
        Image image = images.resolve(name.toString());
        try (Lease lease = leases.open()) {
            image.config().chainId().digest().ifPresent(lease::protect);
            Repository repository = registries.writing(name, credentials);
            List<Descriptor> layers = layers(repository, name, image, credentials, lease, progress);
            byte[] json = images.config(image.id());
            Descriptor config = new Descriptor(MediaTypes.OCI_CONFIG, image.id(), json.length);
            if (!repository.hasBlob(image.id())) {
                repository.upload(config, Repository.Content.of(json), _ -> {});
            }
            ManifestBlob manifest = manifest(image, config, layers);
            String tag = name.tag().orElse("latest");
            repository.putManifest(tag, manifest);
            remember(name, json, manifest, lease);
            return new Pushed(tag, manifest.digest(), manifest.bytes().length);
        }
    }

    /** The manifest that brought the image, when it still fits; else one made of what was sent. */
    private ManifestBlob manifest(Image image, Descriptor config, List<Descriptor> layers) throws IOException {
        Optional<Descriptor> kept = images.manifest(image.id());
        if (kept.isPresent() && content.contains(kept.get().parsedDigest())) {
            byte[] bytes = content.read(kept.get().parsedDigest(), MAXIMUM_MANIFEST_BYTES);
            Manifest old =
                    OciJson.read(bytes, Manifest.class, "manifest " + kept.get().digest());
            List<String> had = old.layers().stream().map(Descriptor::digest).toList();
            if (had.equals(layers.stream().map(Descriptor::digest).toList())) {
                return new ManifestBlob(kept.get().mediaType(), kept.get().parsedDigest(), bytes);
            }
        }
        List<Descriptor> oci = layers.stream().map(Pusher::asOci).toList();
        byte[] bytes = OciJson.write(Manifest.oci(config, oci));
        return new ManifestBlob(MediaTypes.OCI_MANIFEST, Digest.sha256(bytes), bytes);
    }

    /** The layers of the manifest that brought the image. */
    private List<Descriptor> known(Image image) throws IOException {
        Optional<Descriptor> kept = images.manifest(image.id());
        if (kept.isEmpty() || !content.contains(kept.get().parsedDigest())) {
            return List.of();
        }
        byte[] bytes = content.read(kept.get().parsedDigest(), MAXIMUM_MANIFEST_BYTES);
        List<Descriptor> layers = OciJson.read(
                        bytes, Manifest.class, "manifest " + kept.get().digest())
                .layers();
        return layers.size() == image.config().rootfs().diffIds().size() ? layers : List.of();
    }

    /** Docker's types name the same bytes. */
    private static Descriptor asOci(Descriptor layer) {
        String type = switch (layer.mediaType()) {
            case MediaTypes.DOCKER_LAYER_GZIP, MediaTypes.DOCKER_LAYER_FOREIGN -> MediaTypes.OCI_LAYER_GZIP;
            case MediaTypes.DOCKER_LAYER -> MediaTypes.OCI_LAYER;
            default -> layer.mediaType();
        };
        return new Descriptor(type, layer.digest(), layer.size(), layer.annotations());
    }

    private void remember(ImageReference name, byte[] json, ManifestBlob manifest, Lease lease) throws IOException {
        content.ingest(
                new ByteArrayInputStream(manifest.bytes()),
                Expected.of(manifest.digest(), manifest.bytes().length),
                lease);
        ImageReference byDigest =
                new ImageReference(name.domain(), name.path(), Optional.empty(), Optional.of(manifest.digest()));
        images.create(
                new NewImage(
                        new String(json, StandardCharsets.UTF_8),
                        List.of(),
                        List.of(byDigest),
                        Optional.of(manifest.descriptor()),
                        Optional.empty(),
                        Map.of()),
                lease);
    }

    private List<Descriptor> layers(
            Repository repository,
            ImageReference name,
            Image image,
            Credentials credentials,
            Lease lease,
            Consumer<Progress> progress)
            throws IOException {
        List<Digest> diffIds = image.config().rootfs().parsedDiffIds();
        List<ChainId> chains = ChainId.prefixes(diffIds);
        if (chains.isEmpty()) {
            return List.of();
        }
        List<Descriptor> known = known(image);
        List<Tally> tallies = new ArrayList<>();
        for (Digest diffId : diffIds.reversed()) {
            new Tally(diffId.shortHex(), 0, progress).say("Preparing");
        }
        for (Digest diffId : diffIds) {
            tallies.add(new Tally(diffId.shortHex(), 0, progress));
        }
        int slots = registries.config().uploads();
        tallies.stream().skip(slots).forEach(tally -> tally.say("Waiting"));
        ExecutorService pool = Executors.newFixedThreadPool(
                Math.min(slots, chains.size()),
                Thread.ofPlatform().name("push-", 0).daemon().factory());
        boolean done = false;
        try {
            List<Future<Descriptor>> running = new ArrayList<>();
            for (int i = 0; i < chains.size(); i++) {
                ChainId chain = chains.get(i);
                Digest diffId = diffIds.get(i);
                Optional<Descriptor> wanted = known.isEmpty() ? Optional.empty() : Optional.of(known.get(i));
                Errand errand = new Errand(image, name, chain, diffId, wanted, credentials);
                running.add(pool.submit(() -> send(repository, errand, lease, progress)));
            }
            List<Descriptor> sent = new ArrayList<>();
            for (Future<Descriptor> one : running) {
                sent.add(one.get());
            }
            done = true;
            return sent;
        } catch (ExecutionException e) {
            throw switch (e.getCause()) {
                case RuntimeException cause -> throw cause;
                case IOException cause -> cause;
                case null, default -> new IOException("pushing a layer failed: " + e.getCause(), e);
            };
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            InterruptedIOException interrupted = new InterruptedIOException("the push was cancelled");
            interrupted.initCause(e);
            throw interrupted;
        } finally {
            if (!done) {
                pool.shutdownNow();
            }
            boolean interrupted = Thread.interrupted();
            pool.close();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /**
     * One layer to be sent.
     *
     * @param wanted the blob it came as, which is sent again to the byte if it can be had
     */
    private record Errand(
            Image image,
            ImageReference name,
            ChainId chain,
            Digest diffId,
            Optional<Descriptor> wanted,
            Credentials credentials) {}

    private Descriptor send(Repository repository, Errand errand, Lease lease, Consumer<Progress> progress)
            throws IOException, InterruptedException {
        Semaphore slots = registries.uploads(errand.name().domain());
        slots.acquire();
        try {
            if (errand.wanted().isPresent()) {
                Descriptor wanted = errand.wanted().get();
                Tally tally = new Tally(errand.diffId().shortHex(), wanted.size(), progress);
                lease.protect(wanted.parsedDigest());
                if (MediaTypes.isForeign(wanted.mediaType()) && !wanted.urls().isEmpty()) {
                    tally.say("Skipped foreign layer");
                    return wanted;
                }
                if (isThere(repository, errand, wanted, tally)) {
                    return wanted;
                }
                if (content.contains(wanted.parsedDigest()) || fetched(errand, wanted, lease)) {
                    upload(repository, wanted, tally);
                    return wanted;
                }
            }
            Optional<Descriptor> kept = images.keptLayerBlob(errand.chain(), lease);
            if (kept.isEmpty()) {
                return sendNew(repository, errand, lease, progress);
            }
            Descriptor blob = kept.get();
            Tally tally = new Tally(errand.diffId().shortHex(), blob.size(), progress);
            if (!isThere(repository, errand, blob, tally)) {
                upload(repository, blob, tally);
            }
            return blob;
        } finally {
            slots.release();
        }
    }

    /** Sends a layer while it is compressed for the first time. */
    private Descriptor sendNew(Repository repository, Errand errand, Lease lease, Consumer<Progress> progress)
            throws IOException {
        long total = images.tarSize(errand.chain());
        Tally tally = new Tally(errand.diffId().shortHex(), total, progress);
        try (StreamedUpload stream = repository.stream(sent -> tally.bytes("Pushing", Math.min(sent, total - 1)))) {
            Descriptor blob = images.makeLayerBlob(errand.chain(), lease, stream);
            if (stream.finish(blob)) {
                tally.say("Pushed");
                return blob;
            }
            upload(repository, blob, tally);
            return blob;
        }
    }

    private boolean isThere(Repository repository, Errand errand, Descriptor blob, Tally tally) throws IOException {
        if (repository.hasBlob(blob.parsedDigest())) {
            tally.say("Layer already exists");
            return true;
        }
        for (String source : sources(errand.name(), errand.chain())) {
            if (repository.mount(blob.parsedDigest(), source)) {
                tally.say("Mounted from " + source);
                return true;
            }
        }
        return false;
    }

    private void upload(Repository repository, Descriptor blob, Tally tally) throws IOException {
        repository.upload(
                blob,
                () -> Channels.newInputStream(content.open(blob.parsedDigest())),
                sent -> tally.bytes("Pushing", sent));
        tally.say("Pushed");
    }

    /** Brings a blob that is not kept here from a registry that has the image, so that it need not be compressed anew. */
    private boolean fetched(Errand errand, Descriptor wanted, Lease lease) throws IOException {
        for (ImageReference source : errand.image().digests()) {
            boolean same = source.domain().equals(errand.name().domain());
            try {
                Repository from = registries.reading(source, same ? errand.credentials() : Credentials.ANONYMOUS);
                Tally silent = new Tally(errand.diffId().shortHex(), wanted.size(), _ -> {});
                new LayerKeeper(content, flights, from, registries.downloads(source.domain()), lease)
                        .keep(wanted, silent);
                return true;
            } catch (Failure e) {
                LOG.info("layer {} is not to be had from {}: {}", wanted.digest(), source.familiarName(), e.message());
            }
        }
        return false;
    }

    /** Other repositories of the registry that have an image with this layer. */
    private Set<String> sources(ImageReference name, ChainId chain) {
        Set<String> paths = new LinkedHashSet<>();
        for (Image image : images.list()) {
            for (ImageReference known : image.digests()) {
                boolean elsewhere =
                        known.domain().equals(name.domain()) && !known.path().equals(name.path());
                if (elsewhere
                        && paths.size() < MAXIMUM_SOURCES
                        && ChainId.prefixes(image.config().rootfs().parsedDiffIds())
                                .contains(chain)) {
                    paths.add(known.path());
                }
            }
        }
        return paths;
    }
}
