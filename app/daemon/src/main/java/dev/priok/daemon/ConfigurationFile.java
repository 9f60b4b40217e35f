package dev.priok.daemon;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.priok.core.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** The configuration file, in dockerd's JSON: {@code {"data-root": "/srv/priok", "log-opts": {"max-size": "10m"}}}. */
final class ConfigurationFile {
    /** Read when no file is named; it may be missing. */
    static final Path DEFAULT = Path.of("/etc/priok/daemon.json");

    private ConfigurationFile() {}

    /**
     * Reads the file.
     *
     * @param required whether a missing file is an error
     * @throws Failure of kind {@link Failure.Kind#INVALID} naming the file and what is wrong with it
     */
    static Map<DaemonOption, List<String>> read(Path file, boolean required) throws IOException {
        byte[] text;
        try {
            text = Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            if (required) {
                throw new Failure(
                        Failure.Kind.INVALID, "unable to read configuration file " + file + ": no such file", e);
            }
            return Map.of();
        }
        JsonNode root;
        try {
            root = new ObjectMapper().readTree(text);
        } catch (JsonProcessingException e) {
            throw new Failure(
                    Failure.Kind.INVALID, "invalid configuration file " + file + ": " + e.getOriginalMessage(), e);
        }
        return root.isMissingNode() ? Map.of() : options(file, root);
    }

    private static Map<DaemonOption, List<String>> options(Path file, JsonNode root) {
        if (!root.isObject()) {
            throw Failure.invalid("invalid configuration file %s: not a JSON object", file);
        }
        Map<DaemonOption, List<String>> values = new EnumMap<>(DaemonOption.class);
        TreeSet<String> unknown = new TreeSet<>();
        for (Map.Entry<String, JsonNode> field : root.properties()) {
            Optional<DaemonOption> option = DaemonOption.byKey(field.getKey());
            if (field.getKey().equals("proxies")) {
                for (Map.Entry<String, JsonNode> proxy : field.getValue().properties()) {
                    Optional<DaemonOption> one = DaemonOption.byKey(proxy.getKey());
                    if (one.isEmpty() || !proxy.getKey().endsWith("-proxy")) {
                        unknown.add("proxies." + proxy.getKey());
                    } else {
                        values.put(one.get(), values(file, one.get(), proxy.getValue()));
                    }
                }
            } else if (option.isEmpty()) {
                unknown.add(field.getKey());
            } else {
                values.put(option.get(), values(file, option.get(), field.getValue()));
            }
        }
        if (!unknown.isEmpty()) {
            throw Failure.invalid(
                    "invalid configuration file %s: the following directives don't match any configuration option: %s",
                    file, String.join(", ", unknown));
        }
        return values;
    }

    private static List<String> values(Path file, DaemonOption option, JsonNode node) {
        List<String> values = new ArrayList<>();
        boolean fits = switch (option.kind()) {
            case TEXT -> (node.isTextual() || node.isNumber()) && values.add(node.asText());
            case BOOLEAN -> node.isBoolean() && values.add(node.asText());
            case LIST -> {
                boolean texts = node.isArray();
                for (JsonNode element : node) {
                    texts &= element.isTextual();
                    values.add(element.asText());
                }
                yield texts;
            }
            case MAP -> {
                for (Map.Entry<String, JsonNode> entry : node.properties()) {
                    values.add(entry.getKey() + "=" + entry.getValue().asText());
                }
                yield node.isObject();
            }
            case FEATURES -> {
                boolean flags = node.isObject();
                for (Map.Entry<String, JsonNode> entry : node.properties()) {
                    flags &= entry.getValue().isBoolean();
                    values.add(entry.getKey() + "=" + entry.getValue().asText());
                }
                yield flags;
            }
            case LIMITS -> limits(node, values);
            case FLAG_ONLY, SWITCH -> false;
        };
        if (!fits) {
            throw Failure.invalid("invalid configuration file %s: wrong type of value for \"%s\"", file, option.flag());
        }
        return values;
    }

    /** {@code {"nofile": {"Name": "nofile", "Soft": 64, "Hard": 128}}} as {@code nofile=64:128}. */
    private static boolean limits(JsonNode node, List<String> values) {
        boolean fits = node.isObject();
        for (Map.Entry<String, JsonNode> entry : node.properties()) {
            JsonNode soft = entry.getValue().path("Soft");
            JsonNode hard = entry.getValue().path("Hard");
            fits &= soft.isIntegralNumber() && hard.isIntegralNumber();
            values.add(entry.getKey() + "=" + soft.asText() + ":" + hard.asText());
        }
        return fits;
    }
}
