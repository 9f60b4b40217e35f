package dev.priok.registryserver;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.priok.registry.RegistryError;
import java.util.List;
import java.util.Map;

/** Status and body of each error; the one place where codes become HTTP. */
final class ErrorBodies {
    private static final ObjectMapper JSON = new ObjectMapper();

    private ErrorBodies() {}

    static int status(RegistryError.Code code) {
        return switch (code) {
            case BLOB_UNKNOWN, BLOB_UPLOAD_UNKNOWN, MANIFEST_UNKNOWN, NAME_UNKNOWN -> 404;
            case MANIFEST_BLOB_UNKNOWN -> 404;
            case BLOB_UPLOAD_INVALID, DIGEST_INVALID, MANIFEST_INVALID, NAME_INVALID, SIZE_INVALID -> 400;
            case UNAUTHORIZED -> 401;
            case DENIED -> 403;
            case UNSUPPORTED -> 405;
            case TOOMANYREQUESTS -> 429;
            case TOO_LARGE -> 413;
            case RANGE_INVALID -> 416;
            case UNAVAILABLE -> 503;
        };
    }

    static byte[] body(RegistryError.Code code, String message) {
        String name = switch (code) {
            case TOO_LARGE -> "SIZE_INVALID";
            case RANGE_INVALID -> "BLOB_UPLOAD_INVALID";
            default -> code.name();
        };
        return json(Map.of("errors", List.of(Map.of("code", name, "message", message, "detail", Map.of()))));
    }

    static byte[] json(Object document) {
        try {
            return JSON.writeValueAsBytes(document);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("cannot be written as JSON", e);
        }
    }
}
