package dev.priok.oci.image;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.priok.core.Digest;
import java.util.List;

/**
 * The layers of an image by the digests of their uncompressed tars: {@code {"type":"layers","diff_ids":["sha256:..."]}}.
 *
 * @param type always {@code layers}
 * @param diffIds lowest first, as text
 * @see <a href="https://github.com/opencontainers/image-spec/blob/main/config.md#properties">OCI image spec, rootfs</a>
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record RootFs(String type, @JsonProperty("diff_ids") List<String> diffIds) {
    public RootFs {
        type = type == null ? "layers" : type;
        diffIds = Text.orEmpty(diffIds);
    }

    /** The root file system made of these layers, lowest first. */
    public static RootFs of(List<Digest> diffIds) {
        return new RootFs("layers", diffIds.stream().map(Digest::toString).toList());
    }

    /** The digests, checked. */
    public List<Digest> parsedDiffIds() {
        return diffIds.stream().map(Digest::parse).toList();
    }
}
