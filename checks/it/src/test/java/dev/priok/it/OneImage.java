package dev.priok.it;

import dev.priok.archive.TarEntry;
import dev.priok.archive.TarWriter;
import dev.priok.core.Digest;
import dev.priok.core.Durations;
import dev.priok.core.Failure;
import dev.priok.core.ImageReference;
import dev.priok.core.Leases;
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
import dev.priok.oci.image.RootFs;
import dev.priok.snapshot.Layer;
import dev.priok.snapshot.LayerIntake;
import dev.priok.snapshot.Snapshotter;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** A store with the one image {@code busybox}, made from the host's static busybox; it is for engines under test. */
final class OneImage implements ImageStore {
    private final Image image;

    OneImage(Snapshotter snapshotter, Leases leases) throws IOException {
        try (Lease lease = leases.open();
                LayerIntake intake = snapshotter.intake()) {
            LayerIntake.Unpacked unpacked = intake.unpack(new ByteArrayInputStream(busybox()));
            Layer layer =
                    intake.commit(ChainId.SCRATCH, List.of(unpacked), lease).getFirst();
            ImageConfig config = ImageConfig.empty(Platform.current())
                    .withConfig(ContainerDefaults.NONE.withCmd(List.of("sh")).withEnv(List.of("PATH=/bin")))
                    .withRootfs(RootFs.of(List.of(layer.diffId())));
            image = new Image(
                    Digest.sha256(OciJson.write(config)),
                    config,
                    List.of(ImageReference.parse("busybox").withDefaultTag()),
                    List.of(),
                    Optional.empty(),
                    List.of(),
                    layer.size(),
                    Optional.empty());
        }
    }

    private static byte[] busybox() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarWriter tar = new TarWriter(bytes)) {
            for (String folder : List.of("bin", "etc", "tmp", "root", "data")) {
                tar.put(TarEntry.folder(folder, folder.equals("tmp") ? 01777 : 0755, 0));
            }
            byte[] program = Files.readAllBytes(Box.BUSYBOX);
            file(tar, "bin/busybox", 0755, program);
            for (String name : List.of(
                    "sh",
                    "echo",
                    "cat",
                    "ls",
                    "true",
                    "false",
                    "sleep",
                    "id",
                    "hostname",
                    "stty",
                    "env",
                    "seq",
                    "kill",
                    "trap",
                    "mount",
                    "touch",
                    "dd",
                    "grep",
                    "head",
                    "wc",
                    "pwd")) {
                tar.put(TarEntry.symbolicLink("bin/" + name, "busybox", 0));
            }
            file(
                    tar,
                    "etc/passwd",
                    0644,
                    "root:x:0:0:root:/root:/bin/sh\nbin:x:1:1::/bin:\n".getBytes(StandardCharsets.UTF_8));
            file(tar, "etc/group", 0644, "root:x:0:\nbin:x:1:\nwheel:x:10:bin\n".getBytes(StandardCharsets.UTF_8));
            file(tar, "data/seed", 0600, "seed\n".getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }

    private static void file(TarWriter tar, String name, int mode, byte[] content) throws IOException {
        tar.put(TarEntry.file(name, mode, content.length, 0));
        tar.write(content, 0, content.length);
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
        throw new UnsupportedOperationException("a layer's blob");
    }

    @Override
    public Descriptor makeLayerBlob(ChainId chain, Lease lease, OutputStream copy) {
        throw new UnsupportedOperationException("a layer's blob");
    }

    @Override
    public long tarSize(ChainId chain) {
        throw new UnsupportedOperationException("a layer's blob");
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
