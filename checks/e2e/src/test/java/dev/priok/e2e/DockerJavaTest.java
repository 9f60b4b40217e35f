package dev.priok.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.command.WaitContainerResultCallback;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Frame;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.core.DefaultDockerClientConfig;
import com.github.dockerjava.core.DockerClientImpl;
import com.github.dockerjava.zerodep.ZerodepDockerHttpClient;
import java.net.URI;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.startupcheck.OneShotStartupCheckStrategy;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.utility.DockerImageName;

/** docker-java and Testcontainers, unmodified. */
@ExtendWith(SharedDaemon.class)
class DockerJavaTest {
    private static DockerClient client;

    @BeforeAll
    static void connect() {
        client = DockerClientImpl.getInstance(
                DefaultDockerClientConfig.createDefaultConfigBuilder()
                        .withDockerHost(SharedDaemon.get().host())
                        .build(),
                new ZerodepDockerHttpClient.Builder()
                        .dockerHost(URI.create(SharedDaemon.get().host()))
                        .build());
    }

    /** Collects the text of frames. */
    private static final class Text extends ResultCallback.Adapter<Frame> {
        private final StringBuilder text = new StringBuilder();

        @Override
        public void onNext(Frame frame) {
            text.append(new String(frame.getPayload(), java.nio.charset.StandardCharsets.UTF_8));
        }
    }

    @Test
    void container_livesItsLife() throws Exception {
        client.pingCmd().exec();
        assertEquals("linux", client.versionCmd().exec().getOperatingSystem());
        String id = client.createContainerCmd(Busybox.IMAGE)
                .withCmd("sh", "-c", "echo hello; exit 3")
                .withHostConfig(HostConfig.newHostConfig().withMemory(64L << 20).withNetworkMode("none"))
                .exec()
                .getId();
        client.startContainerCmd(id).exec();
        assertEquals(
                3,
                client.waitContainerCmd(id)
                        .exec(new WaitContainerResultCallback())
                        .awaitStatusCode(30, TimeUnit.SECONDS));
        Text log = new Text();
        client.logContainerCmd(id).withStdOut(true).withStdErr(true).exec(log).awaitCompletion(30, TimeUnit.SECONDS);
        assertEquals("hello\n", log.text.toString());
        assertEquals(3L, client.inspectContainerCmd(id).exec().getState().getExitCodeLong());
        assertTrue(client.listContainersCmd().withShowAll(true).exec().stream()
                .anyMatch(c -> c.getId().equals(id)));
        client.removeContainerCmd(id).exec();
        assertThrows(
                NotFoundException.class, () -> client.inspectContainerCmd(id).exec());
    }

    @Test
    void exec_streamsItsOutput() throws Exception {
        String id = client.createContainerCmd(Busybox.IMAGE)
                .withCmd("sleep", "100")
                .exec()
                .getId();
        client.startContainerCmd(id).exec();
        try {
            String exec = client.execCreateCmd(id)
                    .withCmd("sh", "-c", "echo inside; exit 4")
                    .withAttachStdout(true)
                    .withAttachStderr(true)
                    .exec()
                    .getId();
            Text out = new Text();
            client.execStartCmd(exec).exec(out).awaitCompletion(30, TimeUnit.SECONDS);
            assertEquals("inside\n", out.text.toString());
            assertEquals(4L, client.inspectExecCmd(exec).exec().getExitCodeLong());
            assertThrows(
                    ConflictException.class, () -> client.removeContainerCmd(id).exec());
        } finally {
            client.removeContainerCmd(id).withForce(true).exec();
        }
    }

    @Test
    void testcontainers_startsAndReads() {
        System.setProperty("DOCKER_HOST", SharedDaemon.get().host());
        // The reaper of Testcontainers is an image from a registry; without one it must be off, and the test removes
        // what it made.
        assertEquals("true", System.getenv("TESTCONTAINERS_RYUK_DISABLED"), "set by the build");
        // Testcontainers looks at its surroundings from inside a small image, which is busybox under that name here.
        SharedDaemon.get().docker().ok("tag", Busybox.IMAGE, "alpine:3.17");
        try (GenericContainer<?> container = new GenericContainer<>(DockerImageName.parse(Busybox.IMAGE))
                .withCommand("sh", "-c", "echo ready; sleep 100")
                .waitingFor(Wait.forLogMessage(".*ready.*", 1))) {
            container.start();
            assertEquals("5\n", container.execInContainer("sh", "-c", "echo 5").getStdout());
            assertTrue(container.getLogs().contains("ready"));
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        try (GenericContainer<?> once = new GenericContainer<>(DockerImageName.parse(Busybox.IMAGE))
                .withCommand("echo", "done")
                .withStartupCheckStrategy(new OneShotStartupCheckStrategy())) {
            once.start();
            assertEquals("done\n", once.getLogs());
        }
    }
}
