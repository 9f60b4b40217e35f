package dev.priok.image.internal;

import dev.priok.content.ContentStore;
import dev.priok.core.Digest;
import dev.priok.core.Failure;
import dev.priok.core.ImageReference;
import dev.priok.core.Leases;
import dev.priok.core.Leases.Lease;
import dev.priok.database.Database;
import dev.priok.image.Collected;
import dev.priok.image.CollectionCounts;
import dev.priok.image.HistoryEntry;
import dev.priok.image.Image;
import dev.priok.image.ImageStore;
import dev.priok.image.ImageUsers;
import dev.priok.image.Import;
import dev.priok.image.Loaded;
import dev.priok.image.NewImage;
import dev.priok.image.Removed;
import dev.priok.image.Roots;
import dev.priok.oci.image.ChainId;
import dev.priok.oci.image.Descriptor;
import dev.priok.oci.image.History;
import dev.priok.oci.image.ImageConfig;
import dev.priok.snapshot.Layer;
import dev.priok.snapshot.Snapshotter;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Images in memory and in the database, layers in the snapshotter, blobs in the content store. */
public final class SqliteImageStore implements ImageStore {
    private static final Logger LOG = LoggerFactory.getLogger(SqliteImageStore.class);

    private final ImageTables tables;
    private final Snapshotter snapshotter;
    private final LayerBlobs blobs;
    private final Collector collector;
    private final Leases leases;
    private final InstantSource clock;
    private final ImageModel model;
    private final ReentrantLock lock = new ReentrantLock();
    private final List<Supplier<Roots>> roots = new CopyOnWriteArrayList<>();
    private final ContentStore content;

    /**
     * Opens the store.
     *
     * @param leases the ones that {@code content} and {@code snapshotter} look at
     */
    public SqliteImageStore(
            Database database, ContentStore content, Snapshotter snapshotter, Leases leases, InstantSource clock)
            throws IOException {
        this.tables = new ImageTables(database);
        this.content = content;
        this.snapshotter = snapshotter;
        this.leases = leases;
        this.clock = clock;
        this.model = new ImageModel(tables.images(), tables.names());
        dropImagesWithoutLayers();
        this.blobs = new LayerBlobs(tables, content, snapshotter);
        this.collector = new Collector(content, snapshotter, blobs);
        RootImport.removeLeftovers(snapshotter);
    }

    /** When the host went down before an image that was just built had reached the disk, its layers are gone, and so is it. */
    private void dropImagesWithoutLayers() {
        for (ImageRow row : List.copyOf(model.all())) {
            ChainId chain = row.config().chainId();
            if (!chain.isScratch() && snapshotter.layer(chain).isEmpty()) {
                LOG.warn("dropping image {}: its layers were not on disk when the host went down", row.id());
                List<String> names = model.names(row.id()).stream()
                        .map(ImageReference::toString)
                        .toList();
                tables.remove(names, List.of(row.id()));
                names.forEach(model::unname);
                model.remove(row.id());
            }
        }
    }

    @Override
    public Image create(NewImage image, Lease lease) throws IOException {
        ImageConfig config = ImageRow.read(image.config());
        ChainId chain = config.chainId();
        chain.digest().ifPresent(lease::protect);
        if (!chain.isScratch() && snapshotter.layer(chain).isEmpty()) {
            throw Failure.invalid("image %s: its layers %s are not here", image.id(), chain);
        }
        List<ImageReference> names = new ArrayList<>(image.tags());
        names.addAll(image.digests());
        lock.lock();
        try {
            Optional<ImageRow> old = model.find(image.id());
            // Names that it has already do not count as given again: what was saved and loaded is what it was.
            boolean named = old.isEmpty() || !model.names(image.id()).containsAll(image.tags());
            Optional<Instant> tagged =
                    image.tags().isEmpty() || !named ? old.flatMap(ImageRow::lastTagged) : Optional.of(clock.instant());
            ImageRow row = new ImageRow(
                    image.id(),
                    image.config(),
                    config,
                    image.parent().or(() -> old.flatMap(ImageRow::parent)),
                    image.manifest().or(() -> old.flatMap(ImageRow::manifest)),
                    tagged,
                    image.builtHere() ? Optional.of(clock.instant()) : old.flatMap(ImageRow::builtHere));
            tables.put(row, names, image.blobs());
            blobs.known(image.blobs());
            model.put(row);
            names.forEach(name -> model.name(name, row.id()));
            return image(row);
        } finally {
            lock.unlock();
        }
    }

    private Image image(ImageRow row) {
        List<ImageReference> names = model.names(row.id());
        long size = snapshotter.chain(row.config().chainId()).stream()
                .mapToLong(Layer::size)
                .sum();
        return new Image(
                row.id(),
                row.config(),
                names.stream().filter(name -> name.digest().isEmpty()).toList(),
                names.stream().filter(name -> name.digest().isPresent()).toList(),
                row.parent(),
                model.children(row.id()),
                size,
                row.lastTagged(),
                row.builtHere());
    }

    @Override
    public List<Image> list() {
        lock.lock();
        try {
            return model.all().stream()
                    .map(this::image)
                    .sorted(Comparator.comparing(Image::created).reversed().thenComparing(Image::id))
                    .toList();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Optional<Image> find(Digest id) {
        lock.lock();
        try {
            return model.find(id).map(this::image);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Image resolve(String text) {
        lock.lock();
        try {
            return image(model.resolve(text).image());
        } finally {
            lock.unlock();
        }
    }

    private ImageRow row(Digest id) {
        lock.lock();
        try {
            return model.find(id).orElseThrow(() -> ImageModel.missing(id.toString()));
        } finally {
            lock.unlock();
        }
    }

    @Override
    public byte[] config(Digest id) {
        return row(id).json().getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public Optional<Descriptor> manifest(Digest id) {
        return row(id).manifest();
    }

    @Override
    public void tag(Digest image, ImageReference name) {
        if (name.digest().isPresent()) {
            throw Failure.invalid("refusing to create a tag with a digest reference");
        }
        if (name.familiarName().equals("sha256")) {
            throw Failure.invalid("refusing to create an ambiguous tag using digest algorithm as name");
        }
        put(image, name.withDefaultTag(), true);
    }

    @Override
    public void addDigest(Digest image, ImageReference nameWithDigest) {
        if (nameWithDigest.digest().isEmpty()) {
            throw Failure.invalid("%s has no digest", nameWithDigest);
        }
        put(
                image,
                new ImageReference(
                        nameWithDigest.domain(), nameWithDigest.path(), Optional.empty(), nameWithDigest.digest()),
                false);
    }

    private void put(Digest image, ImageReference name, boolean tagged) {
        lock.lock();
        try {
            ImageRow old = model.find(image).orElseThrow(() -> ImageModel.missing(image.toString()));
            ImageRow row = tagged ? old.tagged(clock.instant()) : old;
            tables.put(row, List.of(name), java.util.Map.of());
            model.put(row);
            model.name(name, image);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public List<Removed> remove(String text, boolean force, boolean prune, ImageUsers users) throws IOException {
        List<Removed> removed;
        lock.lock();
        try {
            // Decided on a copy: a conflict found halfway must leave everything as it was.
            ImageModel trial = model.copy();
            Removal removal = new Removal(trial, users, force);
            removal.remove(trial.resolve(text), prune);
            tables.remove(removal.names(), removal.images());
            removal.names().forEach(model::unname);
            removal.images().forEach(model::remove);
            removed = new ArrayList<>(removal.removed());
        } finally {
            lock.unlock();
        }
        if (removed.stream().anyMatch(Removed.Deleted.class::isInstance)) {
            collect().layers().forEach(chain -> removed.add(new Removed.LayerDeleted(chain)));
        }
        return removed;
    }

    @Override
    public List<HistoryEntry> history(Digest image) {
        lock.lock();
        try {
            ImageRow row = model.find(image).orElseThrow(() -> ImageModel.missing(image.toString()));
            List<Layer> layers = snapshotter.chain(row.config().chainId());
            List<HistoryEntry> entries = new ArrayList<>();
            Optional<ImageRow> at = Optional.of(row);
            int layer = layers.size();
            for (History step : row.config().history().reversed()) {
                long size = 0;
                if (!step.emptyLayer() && layer > 0) {
                    layer--;
                    size = layers.get(layer).size();
                }
                Optional<Digest> id = at.map(ImageRow::id);
                List<ImageReference> tags = id.map(model::names).orElse(List.of()).stream()
                        .filter(name -> name.digest().isEmpty())
                        .toList();
                entries.add(new HistoryEntry(id, tags, step, size));
                at = at.flatMap(ImageRow::parent).flatMap(model::find);
            }
            return entries;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Descriptor layerBlob(ChainId chain, Lease lease) throws IOException {
        return blobs.compressed(chain, lease);
    }

    @Override
    public Optional<Descriptor> keptLayerBlob(ChainId chain, Lease lease) throws IOException {
        return blobs.keptCompressed(chain, lease);
    }

    @Override
    public Descriptor makeLayerBlob(ChainId chain, Lease lease, OutputStream copy) throws IOException {
        return blobs.compress(chain, lease, copy);
    }

    @Override
    public long tarSize(ChainId chain) {
        return blobs.tarSize(chain);
    }

    @Override
    public void save(List<String> names, OutputStream out) throws IOException {
        try (Lease lease = leases.open()) {
            ArchiveWriter writer = new ArchiveWriter(snapshotter, blobs, lease);
            lock.lock();
            try {
                for (String name : names) {
                    model.resolveAll(name).forEach(writer::add);
                }
            } finally {
                lock.unlock();
            }
            writer.write(out);
        }
    }

    @Override
    public List<Loaded> load(InputStream archive, Consumer<String> progress) throws IOException {
        try (Lease lease = leases.open()) {
            return new ArchiveReader(this, content, snapshotter, blobs, lease, progress).read(archive);
        } finally {
            // What the archive held beside images, and tars that are unpacked now.
            collect();
        }
    }

    @Override
    public Image importRoot(InputStream tar, Import how) throws IOException {
        try (Lease lease = leases.open()) {
            return create(new RootImport(snapshotter, clock).read(tar, how, lease), lease);
        }
    }

    @Override
    public void addRoots(Supplier<Roots> more) {
        roots.add(more);
    }

    @Override
    public CollectionCounts collections() {
        return collector.counts();
    }

    @Override
    public Collected collect() throws IOException {
        return collector.collect(
                () -> {
                    lock.lock();
                    try {
                        return List.copyOf(model.all());
                    } finally {
                        lock.unlock();
                    }
                },
                roots);
    }

    @Override
    public List<String> verify(Digest image) throws IOException {
        ImageRow row = row(image);
        List<String> wrong = new ArrayList<>();
        if (!Digest.sha256(config(image)).equals(image)) {
            wrong.add("configuration of %s is damaged".formatted(image));
        }
        if (row.manifest().isPresent() && !content.verify(row.manifest().get().parsedDigest())) {
            wrong.add("manifest %s is missing or damaged"
                    .formatted(row.manifest().get().digest()));
        }
        for (ChainId chain : ChainId.prefixes(row.config().rootfs().parsedDiffIds())) {
            blobs.verify(chain).ifPresent(wrong::add);
        }
        wrong.addAll(blobs.verifyManifest(row));
        return wrong;
    }
}
