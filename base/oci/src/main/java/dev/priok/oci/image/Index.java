package dev.priok.oci.image;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import dev.priok.core.Platform;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A list of manifests, one per platform; also {@code index.json} of an OCI layout:
 * {@code {"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[{...,"platform":{...}}]}}.
 *
 * @param schemaVersion always 2
 * @param mediaType OCI's or Docker's; may be empty in OCI documents
 * @param manifests the entries
 * @param annotations free attributes
 * @see <a href="https://github.com/opencontainers/image-spec/blob/main/image-index.md">OCI image spec, image index</a>
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@JsonPropertyOrder({"schemaVersion", "mediaType", "manifests", "annotations"})
public record Index(
        int schemaVersion,
        String mediaType,
        @JsonInclude(JsonInclude.Include.ALWAYS) List<Entry> manifests,
        Map<String, String> annotations) {
    public Index {
        mediaType = Text.orEmpty(mediaType);
        manifests = Text.orEmpty(manifests);
        annotations = Text.orEmpty(annotations);
    }

    /** An OCI index of these entries. */
    public static Index oci(List<Entry> manifests) {
        return new Index(2, MediaTypes.OCI_INDEX, manifests, Map.of());
    }

    /**
     * A descriptor with the platform that it is for.
     *
     * @param mediaType what the blob is
     * @param digest its content address, as text
     * @param size its length in bytes
     * @param platform what it runs on, or null
     * @param annotations free attributes
     * @param artifactType what an artifact that is no image is; usually empty
     */
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    public record Entry(
            String mediaType,
            String digest,
            @JsonInclude(JsonInclude.Include.ALWAYS) long size,
            @Nullable OnPlatform platform,
            Map<String, String> annotations,
            String artifactType) {
        public Entry {
            artifactType = Text.orEmpty(artifactType);
            mediaType = Text.orEmpty(mediaType);
            digest = Text.orEmpty(digest);
            annotations = Text.orEmpty(annotations);
        }

        /** The entry for a manifest. */
        public static Entry of(Descriptor manifest, Platform platform, Map<String, String> annotations) {
            return new Entry(
                    manifest.mediaType(), manifest.digest(), manifest.size(), OnPlatform.of(platform), annotations, "");
        }

        /** The entry without its platform. */
        public Descriptor descriptor() {
            return new Descriptor(mediaType, digest, size, annotations);
        }
    }

    /**
     * A platform as the index writes it: {@code {"architecture":"amd64","os":"linux"}}.
     *
     * @param architecture as Go names it
     * @param os as Go names it
     * @param osVersion of Windows; usually empty
     * @param osFeatures of Windows; usually none
     * @param variant of the architecture; usually empty
     */
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    public record OnPlatform(
            String architecture,
            String os,
            @JsonProperty("os.version") String osVersion,
            @JsonProperty("os.features") List<String> osFeatures,
            String variant) {
        public OnPlatform {
            osFeatures = Text.orEmpty(osFeatures);
            architecture = Text.orEmpty(architecture);
            os = Text.orEmpty(os);
            osVersion = Text.orEmpty(osVersion);
            variant = Text.orEmpty(variant);
        }

        public static OnPlatform of(Platform platform) {
            return new OnPlatform(platform.architecture(), platform.os(), "", List.of(), platform.variant());
        }

        public Platform platform() {
            return new Platform(os, architecture, variant);
        }
    }

    /** The manifest for {@code platform}; one that names no platform fits when it is the only one. */
    public Optional<Entry> forPlatform(Platform platform) {
        for (Entry entry : manifests) {
            if (entry.platform() != null && platform.matches(entry.platform().platform())) {
                return Optional.of(entry);
            }
        }
        return manifests.size() == 1 && manifests.getFirst().platform() == null
                ? Optional.of(manifests.getFirst())
                : Optional.empty();
    }
}
