package dev.priok.oci.image;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * How one layer, or a change of the configuration alone, came to be:
 * {@code {"created":"2025-01-01T00:00:00Z","created_by":"CMD [\"sh\"]","empty_layer":true}}.
 *
 * @param created RFC 3339, or empty
 * @param createdBy the instruction, as {@code docker history} shows it
 * @param author who, usually empty
 * @param comment such as {@code buildkit.dockerfile.v0}
 * @param emptyLayer whether no layer belongs to this entry
 * @see <a href="https://github.com/opencontainers/image-spec/blob/main/config.md#properties">OCI image spec, history</a>
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record History(
        String created,
        @JsonProperty("created_by") String createdBy,
        String author,
        String comment,

        @JsonProperty("empty_layer") @JsonInclude(JsonInclude.Include.NON_DEFAULT)
        boolean emptyLayer) {
    public History {
        created = Text.orEmpty(created);
        createdBy = Text.orEmpty(createdBy);
        author = Text.orEmpty(author);
        comment = Text.orEmpty(comment);
    }
}
