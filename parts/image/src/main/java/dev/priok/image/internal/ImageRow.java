package dev.priok.image.internal;

import dev.priok.core.Digest;
import dev.priok.oci.OciJson;
import dev.priok.oci.image.Descriptor;
import dev.priok.oci.image.ImageConfig;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;

/**
 * An image as the database keeps it.
 *
 * @param id digest of the configuration
 * @param json the configuration, to the byte
 * @param config the same, read
 * @param parent the image it was built on
 * @param manifest the manifest that brought it
 * @param lastTagged when it last got a tag
 * @param builtHere when it came, for images whose own time is no true one
 */
record ImageRow(
        Digest id,
        String json,
        ImageConfig config,
        Optional<Digest> parent,
        Optional<Descriptor> manifest,
        Optional<Instant> lastTagged,
        Optional<Instant> builtHere) {

    static ImageConfig read(String json) {
        return OciJson.read(json.getBytes(StandardCharsets.UTF_8), ImageConfig.class, "image configuration");
    }

    ImageRow tagged(Instant when) {
        return new ImageRow(id, json, config, parent, manifest, Optional.of(when), builtHere);
    }
}
