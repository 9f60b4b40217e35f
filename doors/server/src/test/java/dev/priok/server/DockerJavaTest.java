package dev.priok.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.command.BuildImageResultCallback;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.command.WaitContainerResultCallback;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.exception.NotModifiedException;
import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.Frame;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.PortBinding;
import com.github.dockerjava.api.model.Statistics;
import com.github.dockerjava.core.DefaultDockerClientConfig;
import com.github.dockerjava.core.DockerClientImpl;
import com.github.dockerjava.core.InvocationBuilder;
import com.github.dockerjava.zerodep.ZerodepDockerHttpClient;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The client under Testcontainers against the server. */
@Timeout(60)
class DockerJavaTest {
    private TestServer server;
    private DockerClient client;

    @BeforeEach
    void start() throws IOException {
        server = TestServer.start();
        URI host = URI.create("unix://" + server.socket);
        var config = DefaultDockerClientConfig.createDefaultConfigBuilder()
                .withDockerHost(host.toString())
                .build();
        client = DockerClientImpl.getInstance(
                config, new ZerodepDockerHttpClient.Builder().dockerHost(host).build());
    }

    @AfterEach
    void stop() throws IOException {
        client.close();
        server.close();
    }

    /** Text of the frames. */
    private static final class Collected extends ResultCallback.Adapter<Frame> {
        private final StringBuilder text = new StringBuilder();

        @Override
        public void onNext(Frame frame) {
            synchronized (text) {
                text.append(frame.getStreamType())
                        .append(':')
                        .append(new String(frame.getPayload(), StandardCharsets.UTF_8));
            }
        }

        @Override
        public String toString() {
            synchronized (text) {
                return text.toString();
            }
        }
    }

    @Test
    void create_withEverything_comesBackInInspect() {
        String id = client.createContainerCmd("fake")
                .withName("full")
                .withCmd("sleep")
                .withEnv("A=b")
                .withLabels(Map.of("k", "v"))
                .withExposedPorts(ExposedPort.tcp(80))
                .withHostConfig(HostConfig.newHostConfig()
                        .withBinds(Bind.parse("/tmp:/data:ro"))
                        .withMemory(64L << 20)
                        .withPortBindings(PortBinding.parse("8080:80"))
                        .withTmpFs(Map.of("/t", "size=1m"))
                        .withInit(true))
                .exec()
                .getId();
        InspectContainerResponse seen = client.inspectContainerCmd(id).exec();
        assertEquals("/full", seen.getName());
        assertEquals(64L << 20, seen.getHostConfig().getMemory());
        assertEquals("/data", seen.getHostConfig().getBinds()[0].getVolume().getPath());
        assertEquals(true, seen.getHostConfig().getInit());
        assertEquals(
                "8080",
                seen.getHostConfig()
                        .getPortBindings()
                        .getBindings()
                        .get(ExposedPort.tcp(80))[0]
                        .getHostPortSpec());
        assertEquals("v", seen.getConfig().getLabels().get("k"));
        assertEquals("created", seen.getState().getStatus());
        assertThrows(
                ConflictException.class,
                () -> client.createContainerCmd("fake").withName("full").exec());
        assertThrows(
                NotFoundException.class,
                () -> client.inspectContainerCmd("nobody").exec());
    }

    @Test
    void run_attachedBeforeStart_losesNothing() throws Exception {
        String id = client.createContainerCmd("fake")
                .withCmd("echo", "out", ";", "err", "bad", ";", "exit", "4")
                .exec()
                .getId();
        try (var frames = new Collected();
                var exit = new WaitContainerResultCallback()) {
            client.attachContainerCmd(id)
                    .withStdOut(true)
                    .withStdErr(true)
                    .withFollowStream(true)
                    .exec(frames);
            frames.awaitStarted(10, TimeUnit.SECONDS);
            client.startContainerCmd(id).exec();
            assertTrue(frames.awaitCompletion(10, TimeUnit.SECONDS));
            assertEquals("STDOUT:out\nSTDERR:bad\n", frames.toString());
            assertEquals(4, client.waitContainerCmd(id).exec(exit).awaitStatusCode(10, TimeUnit.SECONDS));
        }
        try (var logs = new Collected()) {
            client.logContainerCmd(id)
                    .withStdOut(true)
                    .withStdErr(true)
                    .withTailAll()
                    .exec(logs);
            assertTrue(logs.awaitCompletion(10, TimeUnit.SECONDS));
            assertEquals("STDOUT:out\nSTDERR:bad\n", logs.toString());
        }
    }

    @Test
    void attach_withInput_reachesTheProcess() throws Exception {
        String id = client.createContainerCmd("fake")
                .withCmd("cat")
                .withStdinOpen(true)
                .exec()
                .getId();
        client.startContainerCmd(id).exec();
        assertThrows(
                NotModifiedException.class, () -> client.startContainerCmd(id).exec());
        try (var frames = new Collected()) {
            client.attachContainerCmd(id)
                    .withStdIn(new ByteArrayInputStream("hello".getBytes(StandardCharsets.UTF_8)))
                    .withStdOut(true)
                    .withFollowStream(true)
                    .exec(frames);
            TestServer.until("the input comes back", () -> frames.toString().equals("STDOUT:hello"));
            client.killContainerCmd(id).exec();
            assertTrue(frames.awaitCompletion(10, TimeUnit.SECONDS));
        }
    }

    @Test
    void exec_outputAndExitCode() throws Exception {
        String id = client.createContainerCmd("fake").withCmd("sleep").exec().getId();
        client.startContainerCmd(id).exec();
        String exec = client.execCreateCmd(id)
                .withCmd("echo", "x", ";", "exit", "2")
                .withAttachStdout(true)
                .exec()
                .getId();
        try (var frames = new Collected()) {
            client.execStartCmd(exec).exec(frames);
            assertTrue(frames.awaitCompletion(10, TimeUnit.SECONDS));
            assertEquals("STDOUT:x\n", frames.toString());
        }
        assertEquals(2L, client.inspectExecCmd(exec).exec().getExitCodeLong());
        client.stopContainerCmd(id).withTimeout(1).exec();
        client.removeContainerCmd(id).withForce(true).withRemoveVolumes(true).exec();
        assertEquals(List.of(), client.listContainersCmd().withShowAll(true).exec());
    }

    @Test
    void system_infoVersionImagesStatsCopy() throws Exception {
        assertEquals("1.51", client.versionCmd().exec().getApiVersion());
        assertEquals("linux", client.infoCmd().exec().getOsType());
        assertEquals("fake:latest", client.listImagesCmd().exec().getFirst().getRepoTags()[0]);
        assertEquals("amd64", client.inspectImageCmd("fake").exec().getArch());
        String id = client.createContainerCmd("fake").withCmd("sleep").exec().getId();
        try (var stats = new InvocationBuilder.AsyncResultCallback<Statistics>()) {
            client.statsCmd(id).exec(stats);
            assertEquals(1L << 20, stats.awaitResult().getMemoryStats().getUsage());
        }
        try (var tar = client.copyArchiveFromContainerCmd(id, "/x").exec()) {
            assertEquals("a tar of /x", new String(tar.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    @Test
    void build_folder_tellsTheImage(@TempDir Path folder) throws Exception {
        Files.writeString(folder.resolve("Dockerfile"), "FROM fake\n");
        try (var result = new BuildImageResultCallback()) {
            String id = client.buildImageCmd(folder.toFile())
                    .withTags(java.util.Set.of("made:1"))
                    .exec(result)
                    .awaitImageId(10, TimeUnit.SECONDS);
            assertEquals(12, id.length());
        }
    }
}
