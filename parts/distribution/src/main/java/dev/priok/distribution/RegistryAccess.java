package dev.priok.distribution;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * How registries are reached.
 *
 * @param mirrors asked before Docker Hub, in order, when something is pulled from it
 * @param insecure registries that may be spoken to without TLS or with a certificate nobody vouches for: {@code host[:port]} or a
 *     range of addresses such as {@code 10.0.0.0/8}; loopback always may
 * @param certificates folders with a folder per {@code host[:port]}: {@code *.crt} are authorities, {@code *.cert} with {@code *.key}
 *     is who we are
 * @param proxies on the way
 * @param downloads blobs that are fetched from one registry at once
 * @param uploads blobs that are sent to one registry at once
 * @param attempts how often a request is tried before its failure is told
 * @param userAgent what we call ourselves
 */
public record RegistryAccess(
        List<URI> mirrors,
        List<String> insecure,
        List<Path> certificates,
        Proxies proxies,
        int downloads,
        int uploads,
        int attempts,
        String userAgent) {
    /** Docker's default. */
    public static final int DEFAULT_DOWNLOADS = 3;
    /** Docker's default. */
    public static final int DEFAULT_UPLOADS = 5;
    /** Docker's default. */
    public static final int DEFAULT_ATTEMPTS = 5;
    /** Every default, and no proxy. */
    public static final RegistryAccess DEFAULT = new RegistryAccess(
            List.of(),
            List.of(),
            List.of(Path.of("/etc/priok/certs.d"), Path.of("/etc/docker/certs.d")),
            Proxies.NONE,
            DEFAULT_DOWNLOADS,
            DEFAULT_UPLOADS,
            DEFAULT_ATTEMPTS,
            "priok");

    public RegistryAccess {
        mirrors = List.copyOf(mirrors);
        insecure = List.copyOf(insecure);
        certificates = List.copyOf(certificates);
    }

    public RegistryAccess withProxies(Proxies other) {
        return new RegistryAccess(mirrors, insecure, certificates, other, downloads, uploads, attempts, userAgent);
    }

    public RegistryAccess withInsecure(List<String> others) {
        return new RegistryAccess(mirrors, others, certificates, proxies, downloads, uploads, attempts, userAgent);
    }

    public RegistryAccess withCertificates(List<Path> folders) {
        return new RegistryAccess(mirrors, insecure, folders, proxies, downloads, uploads, attempts, userAgent);
    }

    public RegistryAccess withMirrors(List<URI> others) {
        return new RegistryAccess(others, insecure, certificates, proxies, downloads, uploads, attempts, userAgent);
    }

    /** Another name for us. */
    public RegistryAccess withUserAgent(String other) {
        return new RegistryAccess(mirrors, insecure, certificates, proxies, downloads, uploads, attempts, other);
    }

    /** Other limits: downloads and uploads at once, attempts. */
    public RegistryAccess withLimits(int downloading, int uploading, int trying) {
        return new RegistryAccess(mirrors, insecure, certificates, proxies, downloading, uploading, trying, userAgent);
    }

    /** Whether {@code host[:port]} may be spoken to without trust. */
    public boolean isInsecure(String authority) {
        String host = host(authority);
        if (host.equals("localhost") || insecure.contains(authority) || insecure.contains(host)) {
            return true;
        }
        Optional<InetAddress> address = literal(host);
        if (address.isEmpty()) {
            return false;
        }
        return address.get().isLoopbackAddress()
                || insecure.stream()
                        .anyMatch(range -> AddressRange.parse(range)
                                .filter(r -> r.contains(address.get()))
                                .isPresent());
    }

    static String host(String authority) {
        if (authority.startsWith("[")) {
            return authority.substring(1, Math.max(1, authority.indexOf(']')));
        }
        int colon = authority.lastIndexOf(':');
        return colon < 0 ? authority : authority.substring(0, colon);
    }

    /** The address that a text writes; names are not looked up. */
    static Optional<InetAddress> literal(String text) {
        if (!text.matches("[0-9.]+|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*")) {
            return Optional.empty();
        }
        try {
            return Optional.of(InetAddress.getByName(text));
        } catch (UnknownHostException _) {
            return Optional.empty();
        }
    }
}
