package dev.priok.build.exchange;

import dev.priok.core.Credentials;
import dev.priok.core.Digest;
import dev.priok.core.ImageReference;
import dev.priok.distribution.ManifestBlob;
import dev.priok.distribution.Registries;
import dev.priok.distribution.Repository;
import dev.priok.oci.OciJson;
import dev.priok.oci.image.Descriptor;
import dev.priok.oci.image.Index;
import dev.priok.oci.image.Manifest;
import dev.priok.oci.image.MediaTypes;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.Function;

/** A repository and one name in it. */
public final class RegistryPlace implements CachePlace {
    private final Repository repository;
    private final String reference;
    private final Semaphore uploads;

    private RegistryPlace(Repository repository, Semaphore uploads) {
        this.repository = repository;
        this.reference = repository
                .name()
                .digest()
                .map(Digest::toString)
                .or(() -> repository.name().tag())
                .orElse("latest");
        this.uploads = uploads;
    }

    /** To take from. */
    public static RegistryPlace reading(Registries registries, ImageReference name, Credentials credentials)
            throws IOException {
        return new RegistryPlace(registries.reading(name, credentials), registries.uploads(name.domain()));
    }

    /** To give to. */
    public static RegistryPlace writing(Registries registries, ImageReference name, Credentials credentials)
            throws IOException {
        return new RegistryPlace(registries.writing(name, credentials), registries.uploads(name.domain()));
    }

    @Override
    public String name() {
        return repository.name().familiar();
    }

    @Override
    public Optional<Manifest> manifest(Function<Index, Optional<Index.Entry>> choose) throws IOException {
        Optional<ManifestBlob> found = repository.manifest(reference);
        if (found.isPresent() && MediaTypes.isIndex(found.get().mediaType())) {
            Optional<Index.Entry> entry = choose.apply(found.get().index());
            found = entry.isEmpty()
                    ? Optional.empty()
                    : repository.manifest(entry.get().digest());
        }
        return found.map(ManifestBlob::manifest);
    }

    @Override
    public byte[] small(Descriptor blob, int limitBytes) throws IOException {
        return repository.smallBlob(blob, limitBytes);
    }

    @Override
    public InputStream open(Descriptor blob) throws IOException {
        return repository.blob(blob, 0);
    }

    @Override
    public boolean has(Digest blob) throws IOException {
        return repository.hasBlob(blob);
    }

    @Override
    public void put(Descriptor blob, Bytes bytes) throws IOException {
        uploads.acquireUninterruptibly();
        try {
            repository.upload(blob, bytes::open, _ -> {});
        } finally {
            uploads.release();
        }
    }

    @Override
    public void publish(Manifest manifest) throws IOException {
        byte[] bytes = OciJson.write(manifest);
        repository.putManifest(reference, new ManifestBlob(MediaTypes.OCI_MANIFEST, Digest.sha256(bytes), bytes));
    }
}
