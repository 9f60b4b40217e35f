package dev.priok.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.priok.api.golden.DockerDocuments;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Answers have the fields and types of those that a real Docker gave to the same requests. Differences that are named are those
 * of an engine that has neither images to inherit from nor defaults to fill in, or are meant.
 */
@Timeout(60)
class DocumentShapeTest {
    private TestServer server;

    @BeforeEach
    void start() throws IOException {
        server = TestServer.start();
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private JsonNode get(String path) throws IOException {
        RawClient.Answer answer = server.ask("GET", "/v1.51" + path);
        assertEquals(200, answer.status(), answer.body());
        return DockerDocuments.parse(answer.body());
    }

    /** Creates a container by the very request that the docker CLI sent. */
    private void create(String request, String name) throws IOException {
        ObjectNode body = (ObjectNode) DockerDocuments.document(request);
        body.put("Image", "fake");
        RawClient.Answer answer = server.ask("POST", "/v1.51/containers/create?name=" + name, body.toString());
        assertEquals(201, answer.status(), answer.body());
    }

    private static void same(String golden, JsonNode ours, String... known) {
        List<String> found = new ArrayList<>(DockerDocuments.differences(DockerDocuments.document(golden), ours));
        found.removeIf(Set.copyOf(Arrays.asList(known))::contains);
        assertEquals(List.of(), found, golden);
    }

    @Test
    void inspect_created() throws IOException {
        create("create-plain.json", "plain");
        same(
                "container-created.json",
                get("/containers/plain/json"),
                "$.Config.Cmd is NULL and not ARRAY",
                "$.Config.Entrypoint is NULL and not ARRAY",
                "$.Config.ExposedPorts is missing",
                "$.Config.Healthcheck is missing",
                "$.Config.StopSignal is missing",
                "$.Config.Volumes is NULL and not OBJECT",
                "$.HostConfig.MaskedPaths is NULL and not ARRAY",
                "$.HostConfig.ReadonlyPaths is NULL and not ARRAY");
    }

    @Test
    void inspect_everyOption() throws IOException {
        create("create-full.json", "full");
        same(
                "container-full.json",
                get("/containers/full/json?size=1"),
                "$.Config.Healthcheck.Interval is missing",
                "$.Config.Healthcheck.Retries is missing",
                "$.Config.Volumes is NULL and not OBJECT",
                "$.HostConfig.MaskedPaths is NULL and not ARRAY",
                "$.HostConfig.ReadonlyPaths is NULL and not ARRAY",
                "$.SizeRootFs is missing",
                "$.SizeRw is missing");
    }

    @Test
    void list() throws IOException {
        create("create-plain.json", "plain");
        same("containers.json", get("/containers/json?all=1&size=1"), "$[].SizeRootFs is missing");
        create("create-full.json", "full");
        same("containers-full.json", get("/containers/json?all=1&filters=%7B%22name%22%3A%5B%22full%22%5D%7D"));
    }

    @Test
    void images() throws IOException {
        same("images.json", get("/images/json"), "$[].Labels is NULL and not OBJECT");
        same(
                "image.json",
                get("/images/fake/json"),
                "$.Config.Cmd is NULL and not ARRAY",
                "$.Config.Entrypoint is NULL and not ARRAY",
                "$.Config.ExposedPorts is missing",
                "$.Config.Healthcheck is missing",
                "$.Config.Labels is NULL and not OBJECT",
                "$.Config.StopSignal is missing",
                "$.Config.User is missing",
                "$.Config.Volumes is missing");
        same("history.json", get("/images/fake/history"));
    }

    @Test
    void volumes() throws IOException {
        assertEquals(
                201,
                server.ask(
                                "POST",
                                "/v1.51/volumes/create",
                                "{\"Name\":\"v\",\"Labels\":{\"k\":\"v\"},\"DriverOpts\":{\"type\":\"tmpfs\"}}")
                        .status());
        same("volume.json", get("/volumes/v"));
        same("volumes.json", get("/volumes"), "$.Volumes[].Options is OBJECT and not NULL");
    }

    @Test
    void system() throws IOException {
        create("create-plain.json", "plain");
        same("version.json", get("/version"));
        same(
                "info.json",
                get("/info"),
                // The Docker whose answer it is ran with --iptables=false, and has none then.
                "$.FirewallBackend is not Docker's",
                "$.Containerd is missing",
                "$.KernelMemoryTCP is missing",
                "$.Runtimes.*.status is missing",
                "$.Warnings is ARRAY and not NULL");
        // Docker writes null for networks without pools, which Testcontainers does not survive.
        same("networks.json", get("/networks"), "$[].IPAM.Config is ARRAY and not NULL");
        same(
                "df.json",
                get("/system/df"),
                "$.Containers[].SizeRootFs is missing",
                "$.Images[].Labels is NULL and not OBJECT",
                "$.Images[].RepoDigests is ARRAY and not NULL");
    }
}
