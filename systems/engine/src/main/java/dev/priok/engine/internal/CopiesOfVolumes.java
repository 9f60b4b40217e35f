package dev.priok.engine.internal;

import dev.priok.archive.Compression;
import dev.priok.archive.ParallelGzip;
import dev.priok.archive.TarEntry;
import dev.priok.archive.TarReader;
import dev.priok.content.ContentStore;
import dev.priok.content.Expected;
import dev.priok.content.Ingest;
import dev.priok.core.Credentials;
import dev.priok.core.Digest;
import dev.priok.core.Failure;
import dev.priok.core.ImageReference;
import dev.priok.core.Leases.Lease;
import dev.priok.distribution.ManifestBlob;
import dev.priok.distribution.Repository;
import dev.priok.engine.VolumeCopies;
import dev.priok.engine.Volumes.VolumeView;
import dev.priok.engine.lifecycle.Machine;
import dev.priok.engine.lifecycle.VolumeSnapshots;
import dev.priok.engine.lifecycle.VolumeStore;
import dev.priok.engine.spec.Cause;
import dev.priok.engine.state.VolumeRow;
import dev.priok.linux.Fd;
import dev.priok.linux.FileCalls;
import dev.priok.oci.OciJson;
import dev.priok.oci.image.Descriptor;
import dev.priok.oci.image.Manifest;
import dev.priok.oci.image.MediaTypes;
import dev.priok.snapshot.RootFiles;
import dev.priok.snapshot.Unpacking;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Copies of volumes here, in tars and in registries. */
final class CopiesOfVolumes implements VolumeCopies {
    /** What the artifact in a registry is. */
    static final String ARTIFACT = "application/vnd.priok.volume.v1";

    private static final String EMPTY_CONFIG = "application/vnd.oci.empty.v1+json";
    private static final byte[] EMPTY = "{}".getBytes(StandardCharsets.UTF_8);
    private static final int BUFFER_BYTES = 128 << 10;
    /** Longer headers than that are refused by the reader of tars. */
    private static final int MOST_BEFORE_AN_ENTRY_BYTES = 2 << 20;

    private static final Set<String> OWN_FOLDER = Set.of(".", "./");
    private static final int PERMISSIONS = 0xFFF;

    private final Machine machine;
    private final VolumeStore store;
    private final VolumeSnapshots snapshots;
    private final LocalVolumes volumes;

    CopiesOfVolumes(Machine machine, VolumeStore store, VolumeSnapshots snapshots, LocalVolumes volumes) {
        this.machine = machine;
        this.store = store;
        this.snapshots = snapshots;
        this.volumes = volumes;
    }

    @Override
    public List<Snapshot> list(String volume) {
        return snapshots.list(volume);
    }

    @Override
    public Snapshot take(String volume, String name) {
        return snapshots.take(volume, name);
    }

    @Override
    public void remove(String volume, String snapshot) {
        snapshots.remove(volume, snapshot);
    }

    @Override
    public VolumeView restore(String volume, String snapshot) {
        if (snapshot.isEmpty()) {
            throw Failure.invalid("restore %s: no snapshot is named", volume);
        }
        return guarded(
                "restore " + volume,
                () -> snapshots.open(volume, snapshot, tree -> {
                    boolean fresh = make(volume, Map.of(), Map.of());
                    return filled(volume, fresh, folder -> snapshots.spread(tree, folder));
                }));
    }

    @Override
    public VolumeView copy(String volume, String snapshot, String name) {
        if (name.isEmpty()) {
            throw Failure.invalid("clone %s: the new volume has no name", volume);
        }
        if (store.find(name).isPresent()) {
            throw Failure.conflict("clone %s: volume %s exists already", volume, name);
        }
        Optional<VolumeRow> row = store.find(volume);
        // What mounts something else would mount the same again, instead of a copy.
        boolean own = row.isPresent()
                && row.get().local()
                && row.get().options().keySet().equals(Set.of("size"));
        Map<String, String> options = own ? row.get().options() : Map.of();
        Map<String, String> labels = row.map(VolumeRow::labels).orElse(Map.of());
        return guarded(
                "clone " + volume,
                () -> snapshots.open(volume, snapshot, tree -> {
                    boolean fresh = make(name, options, labels);
                    return filled(name, fresh, folder -> snapshots.spread(tree, folder));
                }));
    }

    /** Makes the volume if it is not there; whether it did. */
    private boolean make(String name, Map<String, String> options, Map<String, String> labels) {
        return store.take(name, "", options, labels).fresh();
    }

    private interface Filling {
        void into(Fd folder) throws IOException;
    }

    private VolumeView filled(String name, boolean fresh, Filling filling) throws IOException {
        boolean done = false;
        try {
            snapshots.restore(name, folder -> {
                filling.into(folder);
                return name;
            });
            done = true;
            return volumes.inspect(name);
        } finally {
            if (fresh && !done) {
                store.remove(name, true);
            }
        }
    }

    private interface Work<T> {
        T run() throws IOException;
    }

    private static <T> T guarded(String what, Work<T> work) {
        try {
            return work.run();
        } catch (IOException e) {
            throw Failure.internal(e, "%s: %s", what, Cause.text(e));
        }
    }

    @Override
    public void pack(String volume, String snapshot, OutputStream out) throws IOException {
        snapshots.open(volume, snapshot, tree -> {
            RootFiles.pack(tree, "/.", out);
            return volume;
        });
    }

    @Override
    public VolumeView unpack(String volume, InputStream tar) {
        return guarded("restore " + volume, () -> {
            boolean fresh = make(volume, Map.of(), Map.of());
            return filled(volume, fresh, folder -> unpack(folder, tar));
        });
    }

    /** The volume's own folder is the first entry of a backup; unpacking into a folder leaves that as it is, so it is done here. */
    private static void unpack(Fd folder, InputStream tar) throws IOException {
        try (InputStream plain = new BufferedInputStream(
                Compression.decompress(new BufferedInputStream(tar, BUFFER_BYTES)), BUFFER_BYTES)) {
            plain.mark(MOST_BEFORE_AN_ENTRY_BYTES);
            Optional<TarEntry> first = new TarReader(plain).next();
            plain.reset();
            RootFiles.unpack(folder, "/", plain, Unpacking.AS_IS);
            if (first.isPresent() && OWN_FOLDER.contains(first.get().name())) {
                FileCalls files = FileCalls.host();
                files.chown(folder, first.get().uid(), first.get().gid());
                files.chmod(folder, first.get().mode() & PERMISSIONS);
            }
        }
    }

    @Override
    public Digest push(String volume, String snapshot, String reference, Credentials credentials) throws IOException {
        ImageReference name = ImageReference.parse(reference).withDefaultTag();
        ContentStore content = machine.parts().content();
        try (Lease lease = machine.parts().leases().open()) {
            Descriptor layer = snapshots.open(volume, snapshot, tree -> {
                try (Ingest ingest = content.begin(Expected.ANYTHING)) {
                    try (ParallelGzip zipped = new ParallelGzip(new ToIngest(ingest))) {
                        RootFiles.pack(tree, "/.", zipped);
                    }
                    var blob = ingest.commit(lease);
                    return new Descriptor(MediaTypes.OCI_LAYER_GZIP, blob.digest(), blob.size());
                }
            });
            Repository repository = machine.parts().registries().writing(name, credentials);
            Descriptor config = new Descriptor(EMPTY_CONFIG, Digest.sha256(EMPTY), EMPTY.length);
            if (!repository.hasBlob(config.parsedDigest())) {
                repository.upload(config, Repository.Content.of(EMPTY), _ -> {});
            }
            if (!repository.hasBlob(layer.parsedDigest())) {
                repository.upload(layer, () -> Channels.newInputStream(content.open(layer.parsedDigest())), _ -> {});
            }
            Map<String, String> annotations = Map.of(
                    "org.opencontainers.image.created",
                    machine.now().toString(),
                    "org.opencontainers.image.title",
                    volume);
            byte[] bytes = OciJson.write(
                    new Manifest(2, MediaTypes.OCI_MANIFEST, ARTIFACT, config, List.of(layer), null, annotations));
            return repository.putManifest(
                    name.tag().orElse("latest"),
                    new ManifestBlob(MediaTypes.OCI_MANIFEST, Digest.sha256(bytes), bytes));
        }
    }

    private static final class ToIngest extends OutputStream {
        private final Ingest ingest;

        ToIngest(Ingest ingest) {
            this.ingest = ingest;
        }

        @Override
        public void write(int b) throws IOException {
            ingest.write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            ingest.write(bytes, offset, length);
        }
    }

    @Override
    public VolumeView pull(String volume, String reference, Credentials credentials) throws IOException {
        ImageReference name = ImageReference.parse(reference).withDefaultTag();
        ContentStore content = machine.parts().content();
        Repository repository = machine.parts().registries().reading(name, credentials);
        String wanted = name.digest().map(Digest::toString).orElse(name.tag().orElse("latest"));
        Manifest manifest = repository
                .manifest(wanted)
                .orElseThrow(() -> Failure.notFound("%s: no such backup", name.familiar()))
                .manifest();
        if (!manifest.artifactType().equals(ARTIFACT) || manifest.layers().size() != 1) {
            throw Failure.invalid("%s is no backup of a volume, but %s", name.familiar(), kind(manifest));
        }
        Descriptor layer = manifest.layers().getFirst();
        try (Lease lease = machine.parts().leases().open();
                InputStream in = repository.blob(layer, 0)) {
            // Checked before anything of it is unpacked.
            content.ingest(in, Expected.of(layer.parsedDigest(), layer.size()), lease);
            try (InputStream tar = Channels.newInputStream(content.open(layer.parsedDigest()))) {
                return unpack(volume, tar);
            }
        }
    }

    private static String kind(Manifest manifest) {
        if (!manifest.artifactType().isEmpty()) {
            return manifest.artifactType();
        }
        return manifest.config() == null ? "something else" : manifest.config().mediaType();
    }
}
