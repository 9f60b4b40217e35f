package dev.priok.image;

import dev.priok.core.Digest;
import dev.priok.core.ImageReference;
import dev.priok.oci.OciJson;
import dev.priok.oci.image.Descriptor;
import dev.priok.oci.image.ImageConfig;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An image about to be stored.
 *
 * @param config the configuration as JSON text, to the byte as it came; its digest becomes the id
 * @param tags names that will mean it
 * @param digests {@code name@digest} of the manifest that brought it
 * @param manifest the manifest that brought it, already a blob
 * @param parent the image it was built on
 * @param builtHere whether the store notes when it came, since its own time is no true one
 * @param blobs where the tars of its layers are kept, by diff id; layers without one are written again when asked for
 */
public record NewImage(
        String config,
        List<ImageReference> tags,
        List<ImageReference> digests,
        Optional<Descriptor> manifest,
        Optional<Digest> parent,
        boolean builtHere,
        Map<Digest, Descriptor> blobs) {
    public NewImage {
        tags = List.copyOf(tags);
        digests = List.copyOf(digests);
        blobs = Map.copyOf(blobs);
    }

    /** An image whose own time is true. */
    public NewImage(
            String config,
            List<ImageReference> tags,
            List<ImageReference> digests,
            Optional<Descriptor> manifest,
            Optional<Digest> parent,
            Map<Digest, Descriptor> blobs) {
        this(config, tags, digests, manifest, parent, false, blobs);
    }

    /** An image that was built here. */
    public static NewImage built(ImageConfig config, List<ImageReference> tags) {
        return new NewImage(
                new String(OciJson.write(config), StandardCharsets.UTF_8),
                tags,
                List.of(),
                Optional.empty(),
                Optional.empty(),
                Map.of());
    }

    /** The same image, of which the store notes when it was built. */
    public NewImage notingTime() {
        return new NewImage(config, tags, digests, manifest, parent, true, blobs);
    }

    /** This image, with the image it was built on. */
    public NewImage withParent(Digest image) {
        return new NewImage(config, tags, digests, manifest, Optional.of(image), builtHere, blobs);
    }

    public Digest id() {
        return Digest.sha256(config.getBytes(StandardCharsets.UTF_8));
    }
}
