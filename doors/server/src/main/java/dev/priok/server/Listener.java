package dev.priok.server;

import java.nio.file.Path;
import java.util.Optional;

/** Where the server listens. */
public sealed interface Listener {
    /**
     * A unix socket of mode 0660.
     *
     * @param path of the socket; a stale one is replaced, one that somebody listens on is an error
     * @param group that owns it when such a group exists, else it stays the daemon's
     */
    record Unix(Path path, String group) implements Listener {
        /** The group that Docker's installations use. */
        public static final String DEFAULT_GROUP = "docker";

        /** The socket with Docker's group. */
        public static Unix at(Path path) {
            return new Unix(path, DEFAULT_GROUP);
        }
    }

    /**
     * A TCP port. Whoever reaches it without client certificates is root on this machine.
     *
     * @param host address to bind
     * @param port 0 for any free one
     * @param tls empty for plain HTTP
     */
    record Tcp(String host, int port, Optional<Tls> tls) implements Listener {
        /** The address that is used when a host says only {@code tcp://:port}. */
        public static final String DEFAULT_HOST = "127.0.0.1";
    }

    /**
     * The socket that whoever started this process left as its standard input, as systemd does for a socket unit with {@code
     * StandardInput=socket}. Its mode, owner and removal are that one's business.
     */
    record Inherited() implements Listener {}

    /**
     * PEM files, as dockerd's {@code --tlscert}, {@code --tlskey} and {@code --tlscacert} name them.
     *
     * @param certificate chain of the server
     * @param key PKCS #8, or PKCS #1 for RSA
     * @param clientAuthority when present, clients need a certificate that it signed ({@code --tlsverify})
     */
    record Tls(Path certificate, Path key, Optional<Path> clientAuthority) {}
}
