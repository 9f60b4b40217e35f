package dev.priok.oci.image;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The manifest of one image: {@code {"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",
 * "config":{...},"layers":[{...}]}}.
 *
 * @param schemaVersion always 2
 * @param mediaType OCI's or Docker's; may be empty in OCI documents
 * @param artifactType what an artifact that is no image is; usually empty
 * @param config points at the configuration
 * @param layers point at the layers, lowest first
 * @param subject the manifest that this one is about, or null
 * @param annotations free attributes
 * @see <a href="https://github.com/opencontainers/image-spec/blob/main/manifest.md">OCI image spec, manifest</a>
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@JsonPropertyOrder({"schemaVersion", "mediaType", "artifactType", "config", "layers", "subject", "annotations"})
public record Manifest(
        int schemaVersion,
        String mediaType,
        String artifactType,
        @Nullable Descriptor config,
        @JsonInclude(JsonInclude.Include.ALWAYS) List<Descriptor> layers,
        @Nullable Descriptor subject,
        Map<String, String> annotations) {
    public Manifest {
        mediaType = Text.orEmpty(mediaType);
        artifactType = Text.orEmpty(artifactType);
        layers = Text.orEmpty(layers);
        annotations = Text.orEmpty(annotations);
    }

    /** The OCI manifest of an image. */
    public static Manifest oci(Descriptor config, List<Descriptor> layers) {
        return new Manifest(2, MediaTypes.OCI_MANIFEST, "", config, layers, null, Map.of());
    }
}
