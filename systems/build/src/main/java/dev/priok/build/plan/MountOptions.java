package dev.priok.build.plan;

import dev.priok.build.dockerfile.SourceRange;
import dev.priok.build.plan.Operation.MountRequest;
import dev.priok.build.plan.Operation.Sharing;
import dev.priok.build.tree.PathResolver;
import dev.priok.core.ByteCount;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** Reads the value of {@code RUN --mount}. */
final class MountOptions {
    private static final Map<String, String> SYNONYMS =
            Map.of("dst", "target", "destination", "target", "src", "source", "ro", "readonly", "rw", "readwrite");

    private static final Map<String, Set<String>> KNOWN = Map.of(
            "bind", Set.of("type", "target", "source", "from", "readonly", "readwrite"),
            "cache",
                    Set.of(
                            "type",
                            "target",
                            "id",
                            "readonly",
                            "readwrite",
                            "sharing",
                            "from",
                            "source",
                            "mode",
                            "uid",
                            "gid"),
            "tmpfs", Set.of("type", "target", "size"),
            "secret", Set.of("type", "target", "id", "required", "mode", "uid", "gid", "env"),
            "ssh", Set.of("type", "target", "id", "required", "mode", "uid", "gid"));

    private static final int CACHE_PERMISSIONS = 0755;
    private static final int SECRET_PERMISSIONS = 0400;
    private static final int SOCKET_PERMISSIONS = 0600;

    private final SourceRange lines;
    private final Map<String, String> fields;
    private final String workingDirectory;

    private MountOptions(SourceRange lines, Map<String, String> fields, String workingDirectory) {
        this.lines = lines;
        this.fields = fields;
        this.workingDirectory = workingDirectory;
    }

    /** The fields of one value, synonyms replaced; a field without value is {@code true}. */
    static Map<String, String> fields(String value) {
        Map<String, String> fields = new LinkedHashMap<>();
        for (String field : value.split(",")) {
            int equals = field.indexOf('=');
            String key =
                    (equals < 0 ? field : field.substring(0, equals)).strip().toLowerCase(Locale.ROOT);
            fields.put(SYNONYMS.getOrDefault(key, key), equals < 0 ? "true" : field.substring(equals + 1));
        }
        return fields;
    }

    /**
     * Reads one value.
     *
     * @param expand replaces variables; {@code from} has none
     * @param stepOf finds the step that {@code from} means
     */
    static MountRequest read(
            String value,
            SourceRange lines,
            String workingDirectory,
            UnaryOperator<String> expand,
            Function<String, Integer> stepOf) {
        Map<String, String> fields = fields(value);
        fields.replaceAll((key, text) -> key.equals("from") ? text : expand.apply(text));
        String type = fields.getOrDefault("type", "bind");
        Set<String> known = KNOWN.get(type);
        if (known == null) {
            throw lines.failure("unsupported mount type \"" + type + "\"");
        }
        for (String key : fields.keySet()) {
            if (!known.contains(key)) {
                throw lines.failure("unexpected key '" + key + "' for mount type \"" + type + "\"");
            }
        }
        return new MountOptions(lines, fields, workingDirectory).request(type, stepOf);
    }

    private MountRequest request(String type, Function<String, Integer> stepOf) {
        return switch (type) {
            case "bind" -> bind(stepOf);
            case "cache" -> cache(stepOf);
            case "tmpfs" -> new MountRequest.Tmpfs(target(), size());
            case "ssh" -> agent();
            default -> secret();
        };
    }

    private MountRequest agent() {
        return new MountRequest.Agent(
                fields.getOrDefault("id", "default"),
                fields.containsKey("target") ? Optional.of(target()) : Optional.empty(),
                isSet("required"),
                number("mode", 8, SOCKET_PERMISSIONS),
                number("uid", 10, 0),
                number("gid", 10, 0));
    }

    private MountRequest bind(Function<String, Integer> stepOf) {
        return new MountRequest.Bind(
                Optional.ofNullable(fields.get("from")).map(stepOf),
                fields.getOrDefault("source", ""),
                target(),
                !isSet("readwrite"));
    }

    private MountRequest cache(Function<String, Integer> stepOf) {
        String target = target();
        Sharing sharing = switch (fields.getOrDefault("sharing", "shared")) {
            case "shared" -> Sharing.SHARED;
            case "private" -> Sharing.PRIVATE;
            case "locked" -> Sharing.LOCKED;
            default -> throw lines.failure("unsupported sharing value \"" + fields.get("sharing") + "\"");
        };
        return new MountRequest.Cache(
                Optional.ofNullable(fields.get("from")).map(stepOf),
                fields.getOrDefault("source", ""),
                fields.getOrDefault("id", target),
                target,
                isSet("readonly"),
                sharing,
                number("mode", 8, CACHE_PERMISSIONS),
                number("uid", 10, 0),
                number("gid", 10, 0));
    }

    private MountRequest secret() {
        Optional<String> given = Optional.ofNullable(fields.get("target"));
        String id = Optional.ofNullable(fields.get("id"))
                .or(() -> given.map(t -> t.substring(t.lastIndexOf('/') + 1)))
                .filter(t -> !t.isEmpty())
                .orElseThrow(() -> lines.failure("secret mount needs an id or a target"));
        Optional<String> variable = Optional.ofNullable(fields.get("env")).map(v -> v.equals("true") ? id : v);
        return new MountRequest.SecretFile(
                id,
                given.isPresent() ? target() : "/run/secrets/" + id,
                given.isPresent() || variable.isEmpty(),
                isSet("required"),
                number("mode", 8, SECRET_PERMISSIONS),
                number("uid", 10, 0),
                number("gid", 10, 0),
                variable);
    }

    private String target() {
        String target = fields.get("target");
        if (target == null || target.isEmpty()) {
            throw lines.failure("mount target is required");
        }
        String absolute = "/" + PathResolver.clean(target.startsWith("/") ? target : workingDirectory + "/" + target);
        if (absolute.equals("/")) {
            throw lines.failure("invalid mount target \"" + target + "\"");
        }
        return absolute;
    }

    private long size() {
        return fields.containsKey("size")
                ? ByteCount.parse(fields.getOrDefault("size", "0")).bytes()
                : 0;
    }

    private boolean isSet(String key) {
        return switch (fields.getOrDefault(key, "false").toLowerCase(Locale.ROOT)) {
            case "true", "1" -> true;
            case "false", "0" -> false;
            default -> throw lines.failure("invalid value for " + key + ": " + fields.get(key));
        };
    }

    private int number(String key, int radix, int otherwise) {
        String text = fields.get(key);
        if (text == null) {
            return otherwise;
        }
        try {
            return Integer.parseInt(text, radix);
        } catch (NumberFormatException e) {
            throw lines.failure("invalid value " + text + " for " + key);
        }
    }
}
