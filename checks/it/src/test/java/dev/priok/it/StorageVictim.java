package dev.priok.it;

import dev.priok.content.ContentStore;
import dev.priok.core.Digest;
import dev.priok.core.ImageReference;
import dev.priok.core.Leases;
import dev.priok.core.Platform;
import dev.priok.database.Database;
import dev.priok.image.Image;
import dev.priok.image.ImageStore;
import dev.priok.image.ImageUsers;
import dev.priok.image.Import;
import dev.priok.image.NewImage;
import dev.priok.oci.image.ImageConfig;
import dev.priok.oci.image.RootFs;
import dev.priok.snapshot.Layer;
import dev.priok.snapshot.RootFiles;
import dev.priok.snapshot.Snapshot;
import dev.priok.snapshot.Snapshotter;
import dev.priok.snapshot.TarBytes;
import dev.priok.snapshot.Tree;
import dev.priok.snapshot.Unpacking;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** A process of its own that imports, builds, saves, loads and removes images until it is killed. */
final class StorageVictim {
    private final Leases leases = new Leases();
    private final Snapshotter snapshotter;
    private final ImageStore images;

    private StorageVictim(Path root, Database database) throws IOException {
        ContentStore content = ContentStore.open(root.resolve("content"), leases);
        this.snapshotter = Snapshotter.overlay(root.resolve("snapshots"), database, leases);
        this.images = ImageStore.open(database, content, snapshotter, leases, InstantSource.system());
    }

    /** Works in the folder {@code args[0]} and prints a line when it begins and after each round. */
    public static void main(String[] args) throws IOException {
        Path root = Path.of(args[0]);
        StorageVictim victim = new StorageVictim(root, Database.open(root.resolve("priok.db")));
        System.out.println("working");
        for (int i = 0; true; i++) {
            victim.round(i % 7);
            System.out.println("worked");
        }
    }

    private static TarBytes files(int round) throws IOException {
        TarBytes tar = new TarBytes().folder("d");
        for (int i = 0; i < 60; i++) {
            tar.file("d/file" + i, ("round " + round + " file " + i + "\n").repeat(200));
        }
        return tar;
    }

    private static ImageReference name(String repository, int round) {
        return ImageReference.parse(repository + ":" + round);
    }

    private void round(int round) throws IOException {
        Import how = new Import(Optional.of(name("imported", round)), List.of(), "", Platform.current());
        Image base = images.importRoot(files(round).stream(), how);
        Image built = build(base, round);
        ByteArrayOutputStream archive = new ByteArrayOutputStream();
        images.save(List.of("built:" + round), archive);
        images.remove(built.id().toString(), true, true, ImageUsers.NOBODY);
        images.load(new ByteArrayInputStream(archive.toByteArray()), _ -> {});
        if (round % 2 == 0) {
            images.remove("imported:" + round, true, true, ImageUsers.NOBODY);
        }
    }

    private Image build(Image base, int round) throws IOException {
        try (Leases.Lease lease = leases.open()) {
            base.config().chainId().digest().ifPresent(lease::protect);
            snapshotter.remove("step");
            snapshotter.prepare("step", base.config().chainId(), Snapshot.Kind.VOLATILE);
            try (Tree tree = snapshotter.open("step")) {
                RootFiles.unpack(
                        tree.root(), "/", new TarBytes().file("built", "by round " + round).stream(), Unpacking.AS_IS);
            }
            Layer layer = snapshotter.commit("step", lease);
            List<Digest> diffIds =
                    List.of(base.config().rootfs().parsedDiffIds().getFirst(), layer.diffId());
            ImageConfig config = base.config().withRootfs(RootFs.of(diffIds));
            return images.create(NewImage.built(config, List.of(name("built", round))), lease);
        }
    }
}
