package dev.priok.registryserver;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Where a registry listens.
 *
 * @param host address to bind
 * @param port 0 for any free one
 * @param tls empty for plain HTTP
 */
public record ServerSettings(String host, int port, Optional<Tls> tls) {
    /**
     * PEM files, read again when they change.
     *
     * @param certificate chain of the server
     * @param key PKCS #8
     * @param clientAuthorities who may sign certificates of clients; when present clients may show one
     * @param required whether clients must show one
     */
    public record Tls(Path certificate, Path key, Optional<Path> clientAuthorities, boolean required) {}
}
