package dev.priok.api.golden;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Documents that a real Docker 28.5.2 (API 1.51) sent and that the docker CLI 28.2.2 sent to it, recorded on Debian, and a
 * comparison of others with them.
 */
public final class DockerDocuments {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    /** Objects whose names are data: their members are compared with one another, not by name. */
    private static final Pattern MAPS = Pattern.compile(
            ".*\\.(LogConfig\\.Config|Labels|Networks|Options|Annotations|ExposedPorts|Volumes|PortBindings|Ports|Tmpfs"
                    + "|Sysctls|Data|Runtimes|IndexConfigs|Details|Attributes|EndpointsConfig|DriverOpts|status|stats)");

    private DockerDocuments() {}

    /** A recorded document. */
    public static JsonNode document(String name) {
        return parse(text(name));
    }

    /** A recording as it is. */
    public static String text(String name) {
        try (InputStream in = DockerDocuments.class.getResourceAsStream("/docker-28.5/" + name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static JsonNode parse(String json) {
        try {
            return MAPPER.readTree(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * What another document has that Docker's has not, lacks, or has with another type; null, empty and filled lists are told
     * apart from one another by null alone.
     */
    public static List<String> differences(JsonNode docker, JsonNode other) {
        List<String> found = new ArrayList<>();
        compare("$", docker, other, found);
        return found;
    }

    private static void compare(String path, JsonNode docker, JsonNode other, List<String> found) {
        if (docker.getNodeType() != other.getNodeType()) {
            found.add(path + " is " + other.getNodeType() + " and not " + docker.getNodeType());
        } else if (docker.isArray() && !docker.isEmpty() && !other.isEmpty()) {
            compare(path + "[]", docker.get(0), other.get(0), found);
        } else if (docker.isObject() && MAPS.matcher(path).matches()) {
            if (!docker.isEmpty() && !other.isEmpty()) {
                compare(path + ".*", docker.iterator().next(), other.iterator().next(), found);
            }
        } else if (docker.isObject()) {
            Set<String> names = new TreeSet<>();
            docker.fieldNames().forEachRemaining(names::add);
            other.fieldNames().forEachRemaining(names::add);
            for (String name : names) {
                if (!other.has(name)) {
                    found.add(path + "." + name + " is missing");
                } else if (!docker.has(name)) {
                    found.add(path + "." + name + " is not Docker's");
                } else {
                    compare(path + "." + name, docker.get(name), other.get(name), found);
                }
            }
        }
    }
}
