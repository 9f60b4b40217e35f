package dev.priok.api;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamReadException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.LogicalType;
import dev.priok.core.Failure;
import java.io.IOException;
import java.util.Collection;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

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
            if (more(parser)) {
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

    /** Jackson's words for what Go calls an invalid character. */
    private static final Pattern UNEXPECTED = Pattern.compile(
            "^Unexpected character \\('(.)' \\(code \\d+\\)\\): (?:(was expecting double-quote to start field name)|expected a valid value)");

    private static String reason(IOException e) {
        if (e instanceof JsonEOFException) {
            return "unexpected EOF";
        }
        if (e instanceof MismatchedInputException mismatch) {
            String path = mismatch.getPath().stream()
                    .map(step -> step.getFieldName() == null ? "[" + step.getIndex() + "]" : step.getFieldName())
                    .collect(Collectors.joining("."));
            return (path.isEmpty() ? "the document" : "field " + path) + ": " + wanted(mismatch.getTargetType());
        }
        Matcher unexpected = UNEXPECTED.matcher(String.valueOf(e.getMessage()));
        if (unexpected.find()) {
            return "invalid character '%s' looking for beginning of %s"
                    .formatted(unexpected.group(1), unexpected.group(2) == null ? "value" : "object key string");
        }
        String message = e instanceof JsonProcessingException json ? json.getOriginalMessage() : e.getMessage();
        // Jackson's own words, without where it came from.
        return String.valueOf(message)
                .lines()
                .findFirst()
                .orElse("")
                .replaceAll(" \\(start marker at .*|\\[Source.*", "");
    }

    private static String wanted(@Nullable Class<?> type) {
        if (type == String.class) {
            return "must be a string";
        }
        if (type == boolean.class || type == Boolean.class) {
            return "must be true or false";
        }
        if (type == int.class || type == Integer.class || type == long.class || type == Long.class) {
            return "must be a whole number in range";
        }
        return type != null && Collection.class.isAssignableFrom(type) ? "must be a list" : "must be an object";
    }

    /** Whether something follows the document; it need not be JSON. */
    private static boolean more(JsonParser parser) throws IOException {
        try {
            return parser.nextToken() != null;
        } catch (StreamReadException _) {
            return true;
        }
    }
}
