package dev.priok.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import com.fasterxml.jackson.databind.JsonNode;
import dev.priok.api.golden.DockerDocuments;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What the docker CLI really sends is understood, field by field. */
class DockerRequestsTest {
    /** Fields of Windows alone, those that answers only have, and what {@link CreateExtras} reads. */
    private static final Set<String> LEFT_OUT = Set.of(
            "CpuCount",
            "CpuPercent",
            "IOMaximumIOps",
            "IOMaximumBandwidth",
            "Cgroup",
            "HostConfig",
            "NetworkingConfig",
            "NetworkID",
            "EndpointID",
            "Gateway",
            "IPAddress",
            "IPPrefixLen",
            "IPv6Gateway",
            "GlobalIPv6Address",
            "GlobalIPv6PrefixLen",
            "DNSNames");

    private static <T> T read(String name, Class<T> type) {
        return ApiJson.read(DockerDocuments.text(name).getBytes(StandardCharsets.UTF_8), type);
    }

    /** Names that a document has and a record has not, at any depth. */
    private static void unknown(String path, JsonNode document, JsonNode record, List<String> found) {
        if (document.isObject() && record.isObject()) {
            document.fieldNames().forEachRemaining(name -> {
                if (!record.has(name) && !LEFT_OUT.contains(name)) {
                    found.add(path + "." + name);
                } else if (record.has(name)) {
                    unknown(path + "." + name, document.get(name), record.get(name), found);
                }
            });
        } else if (document.isArray() && record.isArray() && !document.isEmpty() && !record.isEmpty()) {
            unknown(path + "[]", document.get(0), record.get(0), found);
        }
    }

    @Test
    void create_everyFieldOfTheCliIsKnown() {
        List<String> found = new ArrayList<>();
        for (String name :
                List.of("create-plain.json", "create-attached.json", "create-full.json", "create-refused.json")) {
            JsonNode document = DockerDocuments.document(name);
            JsonNode config = DockerDocuments.parse(
                    new String(ApiJson.write(read(name, ContainerConfig.class)), StandardCharsets.UTF_8));
            JsonNode extras = DockerDocuments.parse(
                    new String(ApiJson.write(read(name, CreateExtras.class)), StandardCharsets.UTF_8));
            unknown(name, document, config, found);
            unknown(name + ".HostConfig", document.get("HostConfig"), extras.get("HostConfig"), found);
            unknown(
                    name + ".NetworkingConfig",
                    document.get("NetworkingConfig"),
                    extras.get("NetworkingConfig"),
                    found);
        }
        assertEquals(List.of(), found);
    }

    @Test
    void createFull_hasWhatTheUserAskedFor() {
        ContainerConfig config = read("create-full.json", ContainerConfig.class);
        assertEquals("host.example", config.hostname());
        assertEquals(List.of("-c", "echo hi"), config.cmd());
        assertEquals(List.of("/bin/sh"), config.entrypoint());
        assertEquals(Set.of("53/udp", "80/tcp", "90/tcp"), config.exposedPorts().keySet());
        assertEquals(7, config.stopTimeout());
        assertEquals(List.of("CMD-SHELL", "true"), config.healthcheck().test());
        HostConfig host = read("create-full.json", CreateExtras.class).hostConfig();
        assertEquals(500_000_000, host.nanoCpus());
        assertEquals(134_217_728, host.memorySwap());
        assertEquals(50L, host.pidsLimit());
        assertEquals(-1L, host.memorySwappiness());
        assertEquals(true, host.init());
        assertEquals(Map.of("/t2", "size=1m"), host.tmpfs());
        assertEquals("on-failure", host.restartPolicy().name());
        assertEquals(List.of(0, 0), host.consoleSize());
        assertEquals(20, host.ulimits().getFirst().hard());
        assertEquals("8080", host.portBindings().get("80/tcp").getFirst().hostPort());
        assertEquals(3, host.mounts().size());
        assertEquals(true, host.mounts().get(1).volumeOptions().noCopy());
        assertEquals(960, host.mounts().get(2).tmpfsOptions().mode());
        assertNull(host.maskedPaths());
    }
}
