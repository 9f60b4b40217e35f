package dev.priok.api;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.LogicalType;
import dev.priok.core.Failure;
import java.io.IOException;
import java.util.stream.Collectors;

/**
 * Reads and writes JSON as Docker's Go code does: field names in any case, unknown fields ignored, no conversion between types,
 * nothing after the document.
 */
public final class ApiJson {
    private static final ObjectMapper MAPPER = mapper();

    private ApiJson() {}

    private static ObjectMapper mapper() {
        JsonMapper mapper = JsonMapper.builder()
                .propertyNamingStrategy(PropertyNamingStrategies.UPPER_CAMEL_CASE)
                .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_PROPERTIES)
                .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
                .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                .build();
        var text = mapper.coercionConfigFor(LogicalType.Textual);
        text.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail);
        text.setCoercion(CoercionInputShape.Float, CoercionAction.Fail);
        text.setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail);
        return mapper;
    }

    /**
     * Reads one document.
     *
     * @throws Failure of kind {@link Failure.Kind#INVALID} when it is not JSON, of another shape, or followed by something
     */
    public static <T> T read(byte[] json, Class<T> type) {
        try (JsonParser parser = MAPPER.createParser(json)) {
            if (parser.nextToken() == null) {
                throw Failure.invalid("invalid JSON: got EOF while reading request body");
            }
            T value = MAPPER.readValue(parser, type);
            if (parser.nextToken() != null) {
                throw Failure.invalid("unexpected content after JSON");
            }
            if (value == null) {
                return MAPPER.readValue("{}", type);
            }
            return value;
        } catch (IOException e) {
            throw new Failure(Failure.Kind.INVALID, "invalid JSON: " + reason(e), e);
        }
    }

    /**
     * Reads a value of a generic type, such as a map.
     *
     * @param what names it in the failure
     * @throws Failure of kind {@link Failure.Kind#INVALID} when it is not JSON of that shape
     */
    public static <T> T read(String json, TypeReference<T> type, String what) {
        try {
            return MAPPER.readValue(json, type);
        } catch (IOException e) {
            throw new Failure(Failure.Kind.INVALID, "invalid " + what + ": " + reason(e), e);
        }
    }

    /** A document of records, maps, lists and simple values as compact JSON. */
    public static byte[] write(Object document) {
        try {
            return MAPPER.writeValueAsBytes(document);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("cannot be written as JSON: " + document.getClass(), e);
        }
    }

    private static String reason(IOException e) {
        String message = e instanceof JsonProcessingException json ? json.getOriginalMessage() : e.getMessage();
        String first = String.valueOf(message).lines().findFirst().orElse("");
        if (e instanceof JsonMappingException mapping && !mapping.getPath().isEmpty()) {
            String path = mapping.getPath().stream()
                    .map(step -> step.getFieldName() == null ? "[" + step.getIndex() + "]" : step.getFieldName())
                    .collect(Collectors.joining("."));
            return "field " + path + ": " + first.replaceAll("`?(?:java|dev)\\.[\\w.$<>,]+`?", "the field's type");
        }
        return first.replaceAll("`?(?:java|dev)\\.[\\w.$<>,]+`?", "the document's type");
    }
}
