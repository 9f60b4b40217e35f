package dev.priok.build.exchange;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.priok.core.Digest;
import dev.priok.core.Failure;
import dev.priok.oci.OciJson;
import dev.priok.oci.image.ChainId;
import dev.priok.oci.image.Descriptor;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A cache as JSON: {@code {"version":1,"steps":[{"key":"sha256:...","parent":"sha256:...","diffId":"sha256:...",
 * "description":"/bin/sh -c make"}],"layers":[{"parent":"sha256:...","diffId":"sha256:...","blob":{...}}]}}. It is the
 * configuration of a manifest whose layers are the blobs, or, without {@code layers}, a field of an image's configuration.
 *
 * @param version of this format; others are not read
 * @param steps results
 * @param layers where the layers are that the results name, and what they stand on
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record CacheDocument(int version, List<Step> steps, List<Layer> layers) {
    /** The media type of the document in a registry. */
    public static final String MEDIA_TYPE = "application/vnd.priok.build.cache.v1+json";

    /** The field of an image's configuration. */
    public static final String FIELD = "dev.priok.build.cache";

    private static final int VERSION = 1;

    public CacheDocument {
        steps = steps == null ? List.of() : List.copyOf(steps);
        layers = layers == null ? List.of() : List.copyOf(layers);
    }

    /** A document of today's format. */
    static CacheDocument of(List<CachedStep> steps, List<Layer> layers, boolean withTimes) {
        return new CacheDocument(
                VERSION, steps.stream().map(step -> Step.of(step, withTimes)).toList(), layers);
    }

    /** Whether this builder can read it. */
    boolean isKnown() {
        return version == VERSION;
    }

    /** The document's bytes; the same for the same content. */
    byte[] bytes() {
        return OciJson.write(this);
    }

    /**
     * One result.
     *
     * @param created RFC 3339; empty for a time that counts for nothing
     */
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    public record Step(
            String key, String definition, String parent, String diffId, String created, String description) {
        public Step {
            definition = orEmpty(definition);
            diffId = orEmpty(diffId);
            created = orEmpty(created);
            description = orEmpty(description);
        }

        private static Step of(CachedStep step, boolean withTime) {
            return new Step(
                    step.key().toString(),
                    step.definition().map(Digest::toString).orElse(""),
                    step.parent(),
                    step.diffId().map(Digest::toString).orElse(""),
                    withTime ? step.created().toString() : "",
                    step.description());
        }

        CachedStep read() {
            try {
                return new CachedStep(
                        Digest.parse(key),
                        digest(definition),
                        parent,
                        digest(diffId),
                        created.isEmpty() ? Instant.EPOCH : Instant.parse(created),
                        description);
            } catch (DateTimeException e) {
                throw new Failure(Failure.Kind.INVALID, "invalid cache: time " + created, e);
            }
        }

        private static Optional<Digest> digest(String text) {
            return text.isEmpty() ? Optional.empty() : Optional.of(Digest.parse(text));
        }
    }

    /**
     * One layer.
     *
     * @param parent name of the layers below; empty for none
     * @param diffId digest of its tar
     * @param blob the tar, compressed
     */
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    public record Layer(String parent, String diffId, Descriptor blob) {
        public Layer {
            parent = orEmpty(parent);
        }

        ChainId below() {
            return parent.isEmpty() ? ChainId.SCRATCH : ChainId.of(Digest.parse(parent));
        }
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }
}
