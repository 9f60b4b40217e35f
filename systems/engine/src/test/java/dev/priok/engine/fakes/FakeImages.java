package dev.priok.engine.fakes;

import dev.priok.core.Digest;
import dev.priok.core.Durations;
import dev.priok.core.Failure;
import dev.priok.core.ImageReference;
import dev.priok.core.Leases.Lease;
import dev.priok.core.Platform;
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
import dev.priok.oci.OciJson;
import dev.priok.oci.image.ChainId;
import dev.priok.oci.image.ContainerDefaults;
import dev.priok.oci.image.Descriptor;
import dev.priok.oci.image.ImageConfig;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** A store with the one image {@code busybox}, which has no layer. */
public final class FakeImages implements ImageStore {
    private final Image image;

    public FakeImages() {
        ImageConfig config = ImageConfig.empty(Platform.current())
                .withConfig(ContainerDefaults.NONE.withCmd(List.of("run")).withLabels(Map.of("from", "image")));
        image = new Image(
                Digest.sha256(OciJson.write(config)),
                config,
                List.of(ImageReference.parse("busybox").withDefaultTag()),
                List.of(),
                Optional.empty(),
                List.of(),
                1000,
                Optional.empty());
    }

    @Override
    public Image create(NewImage made, Lease lease) {
        throw new UnsupportedOperationException("create");
    }

    @Override
    public List<Image> list() {
        return List.of(image);
    }

    @Override
    public Optional<Image> find(Digest id) {
        return id.equals(image.id()) ? Optional.of(image) : Optional.empty();
    }

    @Override
    public Image resolve(String text) {
        if (!text.equals("busybox")) {
            throw Failure.notFound("No such image: %s", text);
        }
        return image;
    }

    @Override
    public byte[] config(Digest id) {
        return OciJson.write(image.config());
    }

    @Override
    public Optional<Descriptor> manifest(Digest id) {
        return Optional.empty();
    }

    @Override
    public void tag(Digest id, ImageReference name) {
        throw new UnsupportedOperationException("tag");
    }

    @Override
    public void addDigest(Digest id, ImageReference nameWithDigest) {
        throw new UnsupportedOperationException("addDigest");
    }

    @Override
    public List<Removed> remove(String text, boolean force, boolean prune, ImageUsers users) {
        throw new UnsupportedOperationException("remove");
    }

    @Override
    public List<HistoryEntry> history(Digest id) {
        return List.of();
    }

    @Override
    public Optional<Descriptor> keptLayerBlob(ChainId chain, Lease lease) {
        throw new UnsupportedOperationException("keptLayerBlob");
    }

    @Override
    public Descriptor makeLayerBlob(ChainId chain, Lease lease, OutputStream copy) {
        throw new UnsupportedOperationException("makeLayerBlob");
    }

    @Override
    public long tarSize(ChainId chain) {
        throw new UnsupportedOperationException("tarSize");
    }

    @Override
    public Descriptor layerBlob(ChainId chain, Lease lease) {
        throw new UnsupportedOperationException("layerBlob");
    }

    @Override
    public void save(List<String> names, OutputStream out) {
        throw new UnsupportedOperationException("save");
    }

    @Override
    public List<Loaded> load(InputStream archive, Consumer<String> progress) {
        throw new UnsupportedOperationException("load");
    }

    @Override
    public Image importRoot(InputStream tar, Import how) {
        throw new UnsupportedOperationException("importRoot");
    }

    @Override
    public void addRoots(Supplier<Roots> roots) {
        throw new UnsupportedOperationException("addRoots");
    }

    @Override
    public CollectionCounts collections() {
        return new CollectionCounts(new Durations().snapshot(), 0);
    }

    @Override
    public Collected collect() {
        return new Collected(List.of(), List.of(), 0);
    }

    @Override
    public List<String> verify(Digest id) {
        return List.of();
    }
}
