package dev.priok.image.internal;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.priok.oci.image.Descriptor;
import java.util.List;
import java.util.Map;

/**
 * An image in {@code manifest.json} of Docker's archive:
 * {@code [{"Config":"blobs/sha256/...","RepoTags":["busybox:latest"],"Layers":["blobs/sha256/..."]}]}.
 *
 * @param config member that holds the configuration
 * @param repoTags familiar names
 * @param layers members that hold the tars of layers, lowest first
 * @param layerSources descriptors of the layers by diff id
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
record ArchiveManifest(
        @JsonProperty("Config") String config,

        @JsonProperty("RepoTags") @JsonInclude(JsonInclude.Include.ALWAYS)
        List<String> repoTags,

        @JsonProperty("Layers") List<String> layers,
        @JsonProperty("LayerSources") Map<String, Descriptor> layerSources) {
    ArchiveManifest {
        config = config == null ? "" : config;
        repoTags = repoTags == null ? List.of() : List.copyOf(repoTags);
        layers = layers == null ? List.of() : List.copyOf(layers);
        layerSources = layerSources == null ? Map.of() : layerSources;
    }
}
