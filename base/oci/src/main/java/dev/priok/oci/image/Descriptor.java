package dev.priok.oci.image;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.priok.core.Digest;
import java.util.List;
import java.util.Map;

/**
 * What points at a blob:
 * {@code {"mediaType":"application/vnd.oci.image.layer.v1.tar+gzip","digest":"sha256:...","size":123}}.
 *
 * @param mediaType what the blob is
 * @param digest its content address, as text
 * @param size its length in bytes
 * @param annotations free attributes, possibly none
 * @param urls where a blob lies that registries may not keep; usually none
 * @see <a href="https://github.com/opencontainers/image-spec/blob/main/descriptor.md">OCI image spec, descriptor</a>
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record Descriptor(
        String mediaType,
        String digest,
        @JsonInclude(JsonInclude.Include.ALWAYS) long size,
        Map<String, String> annotations,
        List<String> urls) {
    public Descriptor {
        annotations = annotations == null ? Map.of() : Map.copyOf(annotations);
        urls = Text.orEmpty(urls);
    }

    public Descriptor(String mediaType, String digest, long size, Map<String, String> annotations) {
        this(mediaType, digest, size, annotations, List.of());
    }

    public Descriptor(String mediaType, Digest digest, long size) {
        this(mediaType, digest.toString(), size, Map.of());
    }

    /** The digest, checked. */
    public Digest parsedDigest() {
        return Digest.parse(digest);
    }
}
