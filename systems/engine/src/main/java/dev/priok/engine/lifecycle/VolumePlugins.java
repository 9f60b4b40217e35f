package dev.priok.engine.lifecycle;

import dev.priok.core.Failure;
import dev.priok.engine.state.PluginAnswer;
import dev.priok.engine.state.StateJson;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Volume drivers that are programs of others, by Docker's plugin protocol: JSON by POST over a unix socket, found by name.
 *
 * @see <a href="https://docs.docker.com/engine/extend/plugins_volume/">volume plugins</a>
 */
final class VolumePlugins {
    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.-]*");
    private static final List<Path> SOCKETS = List.of(Path.of("/run/docker/plugins"));
    private static final List<Path> SPECS = List.of(Path.of("/etc/docker/plugins"), Path.of("/usr/lib/docker/plugins"));

    /** What Docker waits; a driver may attach a disk of a cloud meanwhile. */
    private static final long PATIENCE_SECONDS = 120;

    /** An answer names a path or an error. */
    private static final int MOST_ANSWER_BYTES = 1 << 20;

    private final Executor background;
    private final Map<String, Path> activated = new ConcurrentHashMap<>();

    VolumePlugins(Executor background) {
        this.background = background;
    }

    void create(String driver, String volume, Map<String, String> options) {
        call(driver, "/VolumeDriver.Create", Map.of("Name", volume, "Opts", options));
    }

    void remove(String driver, String volume) {
        call(driver, "/VolumeDriver.Remove", Map.of("Name", volume));
    }

    /** Makes the volume usable; the result is where it is on the host. */
    String mount(String driver, String volume, String user) {
        String at = call(driver, "/VolumeDriver.Mount", Map.of("Name", volume, "ID", user))
                .mountpoint();
        if (at == null || !at.startsWith("/")) {
            throw new Failure(
                    Failure.Kind.INTERNAL, "VolumeDriver.Mount: driver " + driver + " names no place for " + volume);
        }
        return at;
    }

    void unmount(String driver, String volume, String user) {
        call(driver, "/VolumeDriver.Unmount", Map.of("Name", volume, "ID", user));
    }

    /** Where the volume is on the host while it is mounted; empty when the driver does not say. */
    String path(String driver, String volume) {
        String path = call(driver, "/VolumeDriver.Path", Map.of("Name", volume)).mountpoint();
        return path == null ? "" : path;
    }

    private PluginAnswer call(String driver, String method, Map<String, Object> request) {
        Path socket = activated.get(driver);
        if (socket == null) {
            socket = find(driver).orElseThrow(() -> missing(driver));
            List<String> kinds =
                    exchange(driver, socket, "/Plugin.Activate", Map.of()).kinds();
            if (kinds == null || !kinds.contains("VolumeDriver")) {
                throw Failure.notFound(
                        "error looking up volume plugin %s: plugin %s does not implement VolumeDriver", driver, driver);
            }
            activated.put(driver, socket);
        }
        PluginAnswer answer = exchange(driver, socket, method, request);
        String error = answer.error();
        if (error != null && !error.isEmpty()) {
            throw new Failure(Failure.Kind.INTERNAL, method.substring(1) + ": " + error);
        }
        return answer;
    }

    private static Failure missing(String driver) {
        return Failure.notFound("error looking up volume plugin %s: plugin \"%s\" not found", driver, driver);
    }

    /** The socket of a driver: its own, or the one that a spec file names. */
    private static Optional<Path> find(String driver) {
        if (!NAME.matcher(driver).matches()) {
            return Optional.empty();
        }
        for (Path folder : SOCKETS) {
            for (Path socket : List.of(
                    folder.resolve(driver + ".sock"), folder.resolve(driver).resolve(driver + ".sock"))) {
                if (Files.exists(socket)) {
                    return Optional.of(socket);
                }
            }
        }
        for (Path folder : SPECS) {
            for (Path spec : List.of(
                    folder.resolve(driver + ".spec"), folder.resolve(driver).resolve(driver + ".spec"))) {
                if (Files.exists(spec)) {
                    return Optional.of(named(spec));
                }
            }
        }
        return Optional.empty();
    }

    private static Path named(Path spec) {
        try {
            URI address = URI.create(Files.readString(spec).strip());
            if ("unix".equals(address.getScheme()) && address.getPath() != null) {
                return Path.of(address.getPath());
            }
            throw Failure.invalid("%s names no unix socket: %s", spec, address);
        } catch (IOException | IllegalArgumentException e) {
            throw new Failure(Failure.Kind.INVALID, "cannot read the address of a plugin in " + spec, e);
        }
    }

    private PluginAnswer exchange(String driver, Path socket, String method, Map<String, Object> request) {
        CompletableFuture<PluginAnswer> answer = new CompletableFuture<>();
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            background.execute(() -> {
                try {
                    channel.connect(UnixDomainSocketAddress.of(socket));
                    answer.complete(exchange(channel, method, StateJson.write(request)));
                } catch (IOException | RuntimeException e) {
                    answer.completeExceptionally(e);
                }
            });
            return answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            activated.remove(driver);
            throw Failure.internal(e, "%s: plugin %s: %s", method.substring(1), driver, Causes.text(e.getCause(), e));
        } catch (TimeoutException e) {
            throw Failure.internal(
                    e, "%s: plugin %s does not answer within %d s", method.substring(1), driver, PATIENCE_SECONDS);
        } catch (IOException e) {
            throw Failure.internal(e, "%s: plugin %s: %s", method.substring(1), driver, Causes.text(e, e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Failure.internal(e, "%s: interrupted", method.substring(1));
        }
    }

    /** HTTP/1.0: the answer ends with the connection and comes in one piece. */
    private static PluginAnswer exchange(SocketChannel channel, String method, String json) throws IOException {
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        String head =
                "POST " + method + " HTTP/1.0\r\nHost: plugin\r\nAccept: application/vnd.docker.plugins.v1.2+json\r\n"
                        + "Content-Type: application/vnd.docker.plugins.v1.2+json\r\nContent-Length: " + body.length
                        + "\r\nConnection: close\r\n\r\n";
        OutputStream out = Channels.newOutputStream(channel);
        out.write(head.getBytes(StandardCharsets.US_ASCII));
        out.write(body);
        InputStream in = Channels.newInputStream(channel);
        String text = new String(in.readNBytes(MOST_ANSWER_BYTES), StandardCharsets.UTF_8);
        int end = text.indexOf("\r\n\r\n");
        String[] status = text.split(" ", 3);
        if (end < 0 || status.length < 3 || !status[0].startsWith("HTTP/")) {
            throw new IOException("not an answer by HTTP");
        }
        String answer = text.substring(end + 4).strip();
        if (!status[1].equals("200") && !answer.startsWith("{")) {
            throw new IOException("status " + status[1] + ": " + answer);
        }
        return StateJson.read(answer.isEmpty() ? "{}" : answer, PluginAnswer.class);
    }

    /** The innermost words of a failure. */
    private static final class Causes {
        static String text(@Nullable Throwable cause, Exception otherwise) {
            Throwable shown = cause == null ? otherwise : cause;
            String message = shown.getMessage();
            return message == null ? shown.toString() : message;
        }
    }
}
