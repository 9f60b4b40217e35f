package dev.priok.engine.transfer;

import dev.priok.content.ContentStore;
import dev.priok.content.Expected;
import dev.priok.core.Credentials;
import dev.priok.core.Digest;
import dev.priok.core.Failure;
import dev.priok.core.ImageReference;
import dev.priok.core.Leases.Lease;
import dev.priok.distribution.ManifestBlob;
import dev.priok.distribution.Repository;
import dev.priok.engine.EngineParts;
import dev.priok.image.Image;
import dev.priok.oci.image.Descriptor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.function.Consumer;

/** Brings damaged or lost blobs of an image again from where it was pulled from or pushed to. */
public final class Repair {
    private final EngineParts parts;
    private final ContentStore content;

    public Repair(EngineParts parts) {
        this.parts = parts;
        this.content = parts.content();
    }

    /**
     * Repairs what a registry can repair: the manifest and the compressed layers.
     *
     * @throws Failure when no registry is known to have the image, or none of them has it any more
     */
    public void run(Image image, Credentials credentials, Consumer<String> progress) throws IOException {
        Descriptor known = parts.images()
                .manifest(image.id())
                .orElseThrow(() -> Failure.invalid(
                        "image %s was built or loaded here: no registry has it; load or build it again", image.id()));
        Failure last = Failure.notFound("no registry is known to have image %s", image.id());
        for (ImageReference name : image.digests()) {
            try {
                from(name, known, credentials, progress);
                return;
            } catch (Failure e) {
                progress.accept("%s: %s".formatted(name.familiarName(), e.message()));
                last = e;
            }
        }
        throw last;
    }

    private void from(ImageReference name, Descriptor known, Credentials credentials, Consumer<String> progress)
            throws IOException {
        Repository repository = parts.registries().reading(name, credentials);
        Optional<ManifestBlob> manifest = repository.manifest(known.digest());
        if (manifest.isEmpty()) {
            throw Failure.notFound("manifest %s is not there any more", known.digest());
        }
        try (Lease lease = parts.leases().open()) {
            byte[] bytes = manifest.get().bytes();
            Digest digest = manifest.get().digest();
            lease.protect(digest);
            if (!content.verify(digest)) {
                content.delete(digest);
                content.ingest(new ByteArrayInputStream(bytes), Expected.of(digest, bytes.length), lease);
                progress.accept("repaired manifest " + digest);
            }
            for (Descriptor layer : manifest.get().manifest().layers()) {
                repair(repository, layer, lease, progress);
            }
        }
    }

    private void repair(Repository repository, Descriptor layer, Lease lease, Consumer<String> progress)
            throws IOException {
        Digest digest = layer.parsedDigest();
        lease.protect(digest);
        if (content.verify(digest)) {
            return;
        }
        content.delete(digest);
        try (InputStream in = repository.blob(layer, 0)) {
            content.ingest(in, Expected.of(digest, layer.size()), lease);
        }
        progress.accept("repaired blob " + digest);
    }
}
