package dev.priok.server.route;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.priok.api.ApiJson;
import dev.priok.api.ApiVersion;
import dev.priok.core.Failure;
import dev.priok.core.Platform;
import dev.priok.engine.Filters;
import dev.priok.server.http.Exchange;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One call of the API: the exchange, the names in its path, and the version that its client speaks.
 *
 * @param exchange underneath
 * @param version of the path, or the current one
 * @param names from the path
 */
record Call(Exchange exchange, ApiVersion version, Map<String, String> names) {
    static final String JSON = "application/json";
    static final String TAR = "application/x-tar";
    static final String RAW = "application/vnd.docker.raw-stream";
    static final String MULTIPLEXED = "application/vnd.docker.multiplexed-stream";

    /** The largest documents are create requests with a seccomp profile inside, some 100 KiB. */
    private static final int MAX_DOCUMENT_BYTES = 8 << 20;

    private static final Set<String> FALSE_WORDS = Set.of("", "0", "no", "false", "none");

    /** A name from the path. */
    String name(String name) {
        String value = names.get(name);
        if (value == null) {
            throw new IllegalStateException("the route has no " + name);
        }
        return value;
    }

    String query(String name) {
        return exchange.query(name);
    }

    /** A boolean parameter, in Docker's way of reading them. */
    boolean flag(String name) {
        return truth(exchange.query(name));
    }

    /** A boolean parameter that may be absent. */
    boolean flag(String name, boolean otherwise) {
        return exchange.hasQuery(name) ? truth(exchange.query(name)) : otherwise;
    }

    private static boolean truth(String text) {
        return !FALSE_WORDS.contains(text.trim().toLowerCase(Locale.ROOT));
    }

    /** A whole number that has to be there. */
    int requiredNumber(String name, String what) {
        String text = query(name);
        try {
            return Integer.parseUnsignedInt(text);
        } catch (NumberFormatException e) {
            String why = text.matches("-?\\d+") ? "value out of range" : "invalid syntax";
            throw new Failure(Failure.Kind.INVALID, "invalid %s \"%s\": %s".formatted(what, text, why), e);
        }
    }

    /** A whole number, {@code otherwise} when it is absent or empty. */
    long number(String name, long otherwise) {
        String text = query(name);
        if (text.isEmpty()) {
            return otherwise;
        }
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new Failure(Failure.Kind.INVALID, "invalid %s: '%s' is not a whole number".formatted(name, text), e);
        }
    }

    /** A whole number or null. */
    @Nullable
    Integer optionalNumber(String name) {
        return query(name).isEmpty() ? null : Math.clamp(number(name, 0), Integer.MIN_VALUE, Integer.MAX_VALUE);
    }

    /** A platform such as {@code linux/amd64}. */
    Optional<Platform> platform() {
        String text = query("platform");
        return text.isEmpty() ? Optional.empty() : Optional.of(Platform.parse(text));
    }

    /** The {@code filters} parameter in either of its two forms. */
    Filters filters() {
        String text = query("filters");
        if (text.isEmpty()) {
            return Filters.NONE;
        }
        Map<String, Object> parsed = ApiJson.read(text, new TypeReference<Map<String, Object>>() {}, "filter");
        if (parsed == null) {
            return Filters.NONE;
        }
        var values = new LinkedHashMap<String, List<String>>();
        parsed.forEach((key, value) -> values.put(key, filterValues(key, value)));
        return new Filters(values);
    }

    private static List<String> filterValues(String key, @Nullable Object value) {
        return switch (value) {
            case Map<?, ?> map -> map.keySet().stream().map(String::valueOf).toList();
            case List<?> list -> {
                var texts = new ArrayList<String>();
                for (Object item : list) {
                    if (!(item instanceof String text)) {
                        throw Failure.invalid("invalid filter: the values of '%s' have to be strings", key);
                    }
                    texts.add(text);
                }
                yield texts;
            }
            case null -> List.of();
            default -> throw Failure.invalid("invalid filter: '%s' has to be an object or a list", key);
        };
    }

    /** The body's bytes; none when the client sends none. */
    byte[] document() throws IOException {
        boolean any = exchange.hasBody();
        Optional<String> type = exchange.header("Content-Type");
        if (any || type.isPresent()) {
            String written = type.orElse("");
            String mediaType = written.split(";", 2)[0].trim().toLowerCase(Locale.ROOT);
            if (!mediaType.equals(JSON)) {
                throw Failure.invalid("unsupported Content-Type header (%s): must be 'application/json'", written);
            }
        }
        if (!any) {
            return new byte[0];
        }
        return exchange.readBody(MAX_DOCUMENT_BYTES)
                .orElseThrow(() -> Failure.invalid("request body too large: more than %d bytes", MAX_DOCUMENT_BYTES));
    }

    /** The body as a document; one with every field absent when there is no body. */
    <T> T document(Class<T> type) throws IOException {
        byte[] json = document();
        return exchange.hasBody()
                ? ApiJson.read(json, type)
                : ApiJson.read("{}".getBytes(java.nio.charset.StandardCharsets.UTF_8), type);
    }

    /** Answers 200 with a document. */
    void answer(Object document) throws IOException {
        answer(200, document);
    }

    void answer(int status, Object document) throws IOException {
        exchange.send(status, JSON, ApiJson.write(document));
    }

    /** Answers without content. */
    void done() throws IOException {
        exchange.send(204);
    }
}
