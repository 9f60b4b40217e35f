package dev.priok.server.http;

import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file of a unix socket. The socket is bound in a private directory beside its place, given its mode and group there, and
 * moved into place: nobody can connect to a socket with the wrong mode, and a stale one is replaced in one step.
 */
final class UnixSocketFile implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(UnixSocketFile.class);

    private final Path path;
    private final Path staging;

    private UnixSocketFile(Path path, Path staging) {
        this.path = path;
        this.staging = staging;
    }

    /**
     * Prepares to bind.
     *
     * @throws IOException when somebody listens at {@code path}, or something is there that is no socket
     */
    static UnixSocketFile prepare(Path path) throws IOException {
        Path absolute = path.toAbsolutePath();
        Path parent = absolute.getParent();
        if (parent == null) {
            throw new IOException("no path for a socket: " + path);
        }
        Files.createDirectories(parent);
        checkFree(absolute);
        return new UnixSocketFile(absolute, Files.createTempDirectory(parent, ".s"));
    }

    private static void checkFree(Path path) throws IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)
                || Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException("cannot listen on %s: it is no socket".formatted(path));
        }
        try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            probe.connect(UnixDomainSocketAddress.of(path));
        } catch (ConnectException e) {
            LOG.debug("{} is stale", path, e);
            return;
        }
        throw new IOException("cannot listen on %s: another process does".formatted(path));
    }

    /** Where to bind. */
    Path bindPath() {
        return staging.resolve("s");
    }

    /** Gives the bound socket its mode and group, and its place. */
    void publish(String group) throws IOException {
        Path bound = bindPath();
        Files.setPosixFilePermissions(bound, PosixFilePermissions.fromString("rw-rw----"));
        setGroup(bound, group);
        Files.move(bound, path, StandardCopyOption.ATOMIC_MOVE);
        Files.delete(staging);
    }

    private static void setGroup(Path bound, String group) throws IOException {
        try {
            var principal =
                    bound.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByGroupName(group);
            Files.getFileAttributeView(bound, PosixFileAttributeView.class).setGroup(principal);
        } catch (UserPrincipalNotFoundException e) {
            LOG.debug("no group {}: only the daemon's user and group may connect", group, e);
        } catch (IOException e) {
            LOG.warn("cannot give the socket {} to group {}: {}", bound, group, e.toString());
        }
    }

    /** Takes the socket away. */
    @Override
    public void close() throws IOException {
        Files.deleteIfExists(bindPath());
        Files.deleteIfExists(staging);
        Files.deleteIfExists(path);
    }
}
