package dev.priok.transfer.place;

import dev.priok.core.Credentials;
import dev.priok.core.Digest;
import dev.priok.core.Failure;
import dev.priok.core.ImageReference;
import dev.priok.distribution.ManifestBlob;
import dev.priok.distribution.Registries;
import dev.priok.distribution.Repository;
import dev.priok.oci.image.Descriptor;
import dev.priok.oci.image.Index;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;

/** An image in a registry. */
public final class RegistryPlace implements Place {
    private final ImageReference image;
    private final Repository repository;

    private RegistryPlace(ImageReference image, Repository repository) {
        this.image = image;
        this.repository = repository;
    }

    public static RegistryPlace toRead(Registries registries, ImageReference image, Credentials credentials)
            throws IOException {
        return new RegistryPlace(image, registries.reading(image, credentials));
    }

    public static RegistryPlace toWrite(Registries registries, ImageReference image, Credentials credentials)
            throws IOException {
        return new RegistryPlace(image, registries.writing(image, credentials));
    }

    public Repository repository() {
        return repository;
    }

    private String reference() {
        return image.digest().map(Digest::toString).or(image::tag).orElse("latest");
    }

    @Override
    public String name() {
        return image.familiar();
    }

    @Override
    public ManifestBlob top() throws IOException {
        return repository
                .manifest(reference())
                .orElseThrow(() -> Failure.notFound("no such manifest: %s", image.familiar()));
    }

    @Override
    public Optional<ManifestBlob> manifest(Digest digest) throws IOException {
        return repository.manifest(digest.toString());
    }

    @Override
    public Repository.Content blob(Descriptor blob) {
        return new Repository.Content() {
            @Override
            public InputStream open() throws IOException {
                return open(0);
            }

            @Override
            public InputStream open(long offset) throws IOException {
                return repository.blob(blob, offset);
            }
        };
    }

    @Override
    public boolean hasBlob(Descriptor blob) throws IOException {
        return repository.hasBlob(blob.parsedDigest());
    }

    @Override
    public boolean link(Descriptor blob, Place from) throws IOException {
        return from instanceof RegistryPlace other
                && other.image.domain().equals(image.domain())
                && !other.image.path().equals(image.path())
                && repository.mount(blob.parsedDigest(), other.image.path());
    }

    @Override
    public void putBlob(Descriptor blob, Repository.Content content) throws IOException {
        repository.upload(blob, content, _ -> {});
    }

    @Override
    public void putManifest(ManifestBlob manifest, boolean top) throws IOException {
        if (top && image.digest().isPresent() && !image.digest().get().equals(manifest.digest())) {
            throw Failure.invalid("%s is to be stored as %s: give a tag instead", manifest.digest(), image.familiar());
        }
        repository.putManifest(top ? reference() : manifest.digest().toString(), manifest);
    }

    @Override
    public List<Index.Entry> referrers(Digest subject) throws IOException {
        return repository.referrers(subject);
    }
}
