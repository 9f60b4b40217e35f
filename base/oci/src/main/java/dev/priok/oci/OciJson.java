package dev.priok.oci;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.priok.core.Failure;

/** Reads and writes OCI documents: unknown fields are ignored, absent ones are not written. */
public final class OciJson {
    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            // What is in a map counts though it is empty: a label may have no value.
            .defaultPropertyInclusion(
                    JsonInclude.Value.construct(JsonInclude.Include.NON_EMPTY, JsonInclude.Include.ALWAYS))
            .build();

    private OciJson() {}

    /**
     * Reads one document.
     *
     * @param what names the document in the failure, such as {@code manifest sha256:...}
     * @throws Failure of kind {@link Failure.Kind#INVALID} when it is not JSON of that shape
     */
    public static <T> T read(byte[] json, Class<T> type, String what) {
        try {
            T value = MAPPER.readValue(json, type);
            if (value == null) {
                throw Failure.invalid("invalid %s: empty document", what);
            }
            return value;
        } catch (java.io.IOException e) {
            String reason = e instanceof JsonProcessingException j ? j.getOriginalMessage() : e.getMessage();
            throw new Failure(Failure.Kind.INVALID, "invalid " + what + ": " + reason, e);
        }
    }

    /** The document as compact JSON in the order of its record's components. */
    public static byte[] write(Object document) {
        try {
            return MAPPER.writeValueAsBytes(document);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("cannot be written as JSON: " + document.getClass(), e);
        }
    }
}
