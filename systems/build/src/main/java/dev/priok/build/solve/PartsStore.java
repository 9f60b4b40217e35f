package dev.priok.build.solve;

import dev.priok.build.CancelSignal;
import dev.priok.build.ImageAnalysis;
import dev.priok.build.analyze.ImageAnalyzer;
import dev.priok.build.exchange.CacheExporter;
import dev.priok.build.exchange.ImportedCache;
import dev.priok.build.plan.BaseImage;
import dev.priok.build.plan.Chain;
import dev.priok.build.tree.Content;
import dev.priok.build.tree.HostTree;
import dev.priok.build.tree.Node;
import dev.priok.build.tree.TargetDirectory;
import dev.priok.content.ContentStore;
import dev.priok.core.Digest;
import dev.priok.core.Failure;
import dev.priok.core.ImageReference;
import dev.priok.core.Leases.Lease;
import dev.priok.core.Platform;
import dev.priok.image.Image;
import dev.priok.image.ImageSource;
import dev.priok.image.ImageStore;
import dev.priok.image.NewImage;
import dev.priok.oci.image.ChainId;
import dev.priok.oci.image.Descriptor;
import dev.priok.snapshot.Layer;
import dev.priok.snapshot.Mount;
import dev.priok.snapshot.Snapshot;
import dev.priok.snapshot.Snapshotter;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/** Images and layers as the daemon keeps them. */
final class PartsStore implements LayerStore {
    private static final String ID = "sha256:";

    private final ImageStore images;
    private final Optional<ImageSource> source;
    private final Snapshotter snapshots;
    private final ContentStore content;
    private final Lease lease;
    private final BiConsumer<Digest, List<ImageReference>> built;
    private final Supplier<String> keys;
    private final ReentrantLock fetching = new ReentrantLock();
    private final Map<ChainId, LayerImport.Linked> linked = new ConcurrentHashMap<>();
    private ImportedCache imported = new ImportedCache();

    /**
     * Serves one build.
     *
     * @param source where images come from that are not here
     * @param lease closed with this
     * @param built is told of images that are made
     * @param keys new names for snapshots
     */
    PartsStore(
            ImageStore images,
            Optional<ImageSource> source,
            Snapshotter snapshots,
            ContentStore content,
            Lease lease,
            BiConsumer<Digest, List<ImageReference>> built,
            Supplier<String> keys) {
        this.images = images;
        this.source = source;
        this.snapshots = snapshots;
        this.content = content;
        this.lease = lease;
        this.built = built;
        this.keys = keys;
    }

    @Override
    public BaseImage resolve(String reference, Optional<Platform> platform, Pull pull) {
        Image image = find(reference, platform, pull);
        BaseImage base = new BaseImage(image.id(), image.config());
        if (!hold(base.chain())) {
            throw Failure.notFound("layers of image %s are gone: it was removed while the build began", reference);
        }
        if (platform.isPresent() && !platform.get().matches(image.config().platform())) {
            throw Failure.notFound(
                    "image with reference %s was found but does not match the specified platform: wanted %s, actual: %s",
                    reference, platform.get(), image.config().platform());
        }
        return base;
    }

    private Image find(String reference, Optional<Platform> platform, Pull pull) {
        if (reference.startsWith(ID)) {
            // No registry knows images by their ids.
            return images.resolve(reference);
        }
        if (pull.when() == Pull.When.ALWAYS && source.isPresent()) {
            return fetch(source.get(), reference, platform, pull);
        }
        try {
            return images.resolve(reference);
        } catch (Failure e) {
            if (e.kind() != Failure.Kind.NOT_FOUND) {
                throw e;
            }
            if (pull.when() != Pull.When.NEVER && source.isPresent()) {
                return fetch(source.get(), reference, platform, pull);
            }
            throw new Failure(
                    Failure.Kind.NOT_FOUND,
                    "pull access denied for %s, repository does not exist or may require 'docker login': no image %s is here, and no registry is asked"
                            .formatted(ImageReference.parse(reference).familiarName(), reference),
                    e);
        }
    }

    private static Image fetch(ImageSource source, String reference, Optional<Platform> platform, Pull pull) {
        ImageReference name = ImageReference.parse(reference).withDefaultTag();
        Thread puller = Thread.currentThread();
        try (CancelSignal.Registration _ = pull.cancel().onCancel(puller::interrupt)) {
            return source.fetch(
                    new ImageSource.Wanted(name, platform, pull.credentials()),
                    progress -> pull.progress().accept(reference, progress));
        } catch (InterruptedIOException e) {
            // The interrupt was for the pull alone.
            var _ = Thread.interrupted();
            pull.cancel().check();
            throw Failure.internal(e, "the pull of base image %s was interrupted", reference);
        } catch (Failure e) {
            endOfCancelled(pull);
            throw new Failure(e.kind(), "cannot pull base image %s: %s".formatted(reference, e.message()), e);
        } catch (IOException e) {
            endOfCancelled(pull);
            throw Failure.internal(e, "cannot pull base image %s: %s", reference, String.valueOf(e.getMessage()));
        }
    }

    /** What broke because the build was cancelled is no failure of its own. */
    private static void endOfCancelled(Pull pull) {
        if (pull.cancel().isCancelled()) {
            var _ = Thread.interrupted();
            pull.cancel().check();
        }
    }

    @Override
    public ImageAnalysis analyze(String name) throws IOException {
        Image image = images.resolve(name);
        Chain chain = new Chain(image.config().rootfs().parsedDiffIds());
        if (!hold(chain)) {
            throw Failure.notFound("layers of image %s are gone: it was removed meanwhile", name);
        }
        return ImageAnalyzer.analyze(image, snapshots.chain(chain.id()));
    }

    @Override
    public boolean hold(Chain chain) {
        ChainId id = chain.id();
        // Protected first: what is looked at before could be collected before it is protected.
        id.digest().ifPresent(lease::protect);
        return isHere(id) || canFetch(chain);
    }

    @Override
    public boolean link(Digest diffId, Chain below) {
        Chain whole = below.with(diffId);
        if (!hold(Chain.EMPTY.with(diffId))) {
            return hold(whole);
        }
        whole.id().digest().ifPresent(lease::protect);
        linked.put(whole.id(), new LayerImport.Linked(below.id(), diffId));
        return true;
    }

    @Override
    public boolean isHere(ChainId chain) {
        return chain.isScratch() || snapshots.layer(chain).isPresent();
    }

    private boolean canFetch(Chain chain) {
        ChainId id = chain.id();
        while (!isHere(id)) {
            Optional<ImportedCache.Layer> layer = imported.layer(id);
            LayerImport.Linked link = linked.get(id);
            if (layer.isEmpty() && link == null) {
                return false;
            }
            id = link == null ? layer.orElseThrow().parent() : link.below();
        }
        return true;
    }

    @Override
    public void fetchFrom(ImportedCache newImported) {
        imported = newImported;
    }

    @Override
    public boolean addTo(ImportedCache into, String name) throws IOException {
        try {
            into.addImage(images.config(images.resolve(name).id()), List.of(), Optional.empty());
            return true;
        } catch (Failure e) {
            if (e.kind() == Failure.Kind.NOT_FOUND) {
                return false;
            }
            throw e;
        }
    }

    @Override
    public CacheExporter.Blob blob(ChainId chain) throws IOException {
        Optional<ImportedCache.Layer> elsewhere = imported.layer(chain);
        if (!isHere(chain) && elsewhere.isPresent()) {
            Descriptor blob = elsewhere.get().blob();
            return new CacheExporter.Blob(blob, () -> elsewhere.get().place().open(blob));
        }
        Descriptor blob = images.layerBlob(chain, lease);
        return new CacheExporter.Blob(blob, () -> Channels.newInputStream(content.open(blob.parsedDigest())));
    }

    @Override
    public void bring(Chain chain) throws IOException {
        if (!isHere(chain.id())) {
            fetching.lock();
            try {
                new LayerImport(snapshots, imported, linked, lease).bring(chain.id());
            } finally {
                fetching.unlock();
            }
        }
    }

    @Override
    public OpenTree open(Chain chain) throws IOException {
        bring(chain);
        return new Reading(new HostTree(snapshots.open(chain.id()).root()));
    }

    @Override
    public Draft draft(Chain parent) throws IOException {
        bring(parent);
        String key = keys.get();
        return new SnapshotDraft(snapshots.prepare(key, parent.id(), Snapshot.Kind.VOLATILE));
    }

    @Override
    public Digest create(byte[] config, List<ImageReference> tags, boolean notingTime) throws IOException {
        NewImage image = new NewImage(
                new String(config, StandardCharsets.UTF_8),
                tags,
                List.of(),
                Optional.empty(),
                Optional.empty(),
                Map.of());
        Digest id =
                images.create(notingTime ? image.notingTime() : image, lease).id();
        built.accept(id, tags);
        return id;
    }

    @Override
    public Digest load(OciLayout image, Path scratch) throws IOException {
        if (isHeld(image.config())) {
            return image.config();
        }
        Path archive = Files.createTempFile(scratch, "layout-", ".tar");
        try {
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(archive))) {
                image.writeTo(out);
            }
            try (InputStream in = new BufferedInputStream(Files.newInputStream(archive))) {
                Digest id = images.load(in, _ -> {}).getFirst().image();
                if (!isHeld(id)) {
                    throw Failure.notFound("image %s was removed while it was loaded: build again", id);
                }
                return id;
            }
        } finally {
            Files.delete(archive);
        }
    }

    /** Whether an image is here, with its layers, which then stay as long as this. */
    private boolean isHeld(Digest id) {
        return images.find(id)
                .filter(image -> hold(new Chain(image.config().rootfs().parsedDiffIds())))
                .isPresent();
    }

    @Override
    public void tag(Digest image, List<ImageReference> tags) {
        tags.forEach(name -> images.tag(image, name));
        built.accept(image, tags);
    }

    @Override
    public void close() {
        lease.close();
    }

    /** Only the reading side of a tree, which the interface promises. */
    private record Reading(HostTree tree) implements OpenTree {
        @Override
        public Optional<String> resolve(String path) throws IOException {
            return tree.resolve(path);
        }

        @Override
        public Node node(String realPath) throws IOException {
            return tree.node(realPath);
        }

        @Override
        public List<String> children(String realPath) throws IOException {
            return tree.children(realPath);
        }

        @Override
        public Content content(String realPath) throws IOException {
            return tree.content(realPath);
        }

        @Override
        public Digest contentDigest(String realPath) throws IOException {
            return tree.contentDigest(realPath);
        }

        @Override
        public void close() {
            tree.close();
        }
    }

    private record Writing(HostTree tree) implements Draft.OpenTarget {
        @Override
        public Optional<Node> find(String path) throws IOException {
            return tree.find(path);
        }

        @Override
        public String realPath(String path) throws IOException {
            return tree.realPath(path);
        }

        @Override
        public Optional<byte[]> read(String path, int limitBytes) throws IOException {
            return tree.read(path, limitBytes);
        }

        @Override
        public TargetDirectory directory(String path, Node template) throws IOException {
            return tree.directory(path, template);
        }

        @Override
        public void removeIfEmpty(String path) throws IOException {
            tree.removeIfEmpty(path);
        }

        @Override
        public void close() {
            tree.close();
        }
    }

    /** A snapshot being written. */
    private final class SnapshotDraft implements Draft {
        private final Snapshot snapshot;
        private boolean committed;

        SnapshotDraft(Snapshot snapshot) {
            this.snapshot = snapshot;
        }

        @Override
        public OpenTarget open() throws IOException {
            return new Writing(new HostTree(snapshots.open(snapshot.key()).root()));
        }

        @Override
        public List<Mount> mounts() {
            // Asked again: what to mount may change when it was mounted before.
            return snapshots
                    .find(snapshot.key())
                    .orElseThrow(() -> Failure.notFound("snapshot %s: not found", snapshot.key()))
                    .mounts();
        }

        @Override
        public Digest commit(OptionalLong latest) throws IOException {
            Digest diffId = snapshots.commit(snapshot.key(), latest, lease).diffId();
            committed = true;
            return diffId;
        }

        @Override
        public boolean commitAs(Digest diffId) throws IOException {
            Optional<ChainId> same = snapshots.layers().stream()
                    .filter(layer -> layer.diffId().equals(diffId))
                    .map(Layer::chainId)
                    .findFirst();
            if (same.isEmpty()) {
                return false;
            }
            // Protected before it is looked for again: it may be collected until then.
            same.get().digest().ifPresent(lease::protect);
            committed = snapshots.commitAs(snapshot.key(), same.get(), lease).isPresent();
            return committed;
        }

        @Override
        public void close() throws IOException {
            if (!committed) {
                snapshots.remove(snapshot.key());
            }
        }
    }
}
