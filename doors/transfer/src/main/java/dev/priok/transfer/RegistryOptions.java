package dev.priok.transfer;

import dev.priok.cli.command.Session;
import dev.priok.cli.option.Flag;
import dev.priok.cli.option.ListOption;
import dev.priok.cli.option.Options;
import dev.priok.core.Credentials;
import dev.priok.core.Failure;
import dev.priok.core.ImageReference;
import dev.priok.distribution.Proxies;
import dev.priok.distribution.Registries;
import dev.priok.distribution.RegistryAccess;
import dev.priok.transfer.place.ArchiveFormat;
import dev.priok.transfer.place.ArchivePlace;
import dev.priok.transfer.place.LayoutPlace;
import dev.priok.transfer.place.Place;
import dev.priok.transfer.place.RegistryPlace;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** How commands without a daemon reach registries, and what their users call places. */
final class RegistryOptions {
    private static final String LAYOUT = "oci:";
    private static final String REGISTRY = "docker://";
    private static final String ALL_ADDRESSES = "0.0.0.0/0";

    private final Flag insecure;
    private final ListOption certificates;

    RegistryOptions(Options options) {
        insecure = options.flag("insecure", "Allow registries without TLS or with a certificate nobody\nvouches for");
        certificates = options.list(
                "certs-dir", "Folder of certificates of registries (default\n/etc/priok/certs.d, /etc/docker/certs.d)");
    }

    /** The registries, by these options and the environment's proxies; the caller closes them. */
    Registries open(Session session, List<String> hosts) {
        RegistryAccess access = RegistryAccess.DEFAULT.withProxies(Proxies.of(
                session.environment("HTTP_PROXY"),
                session.environment("HTTPS_PROXY"),
                session.environment("NO_PROXY")));
        if (insecure.value()) {
            access = access.withInsecure(hosts);
        }
        if (!certificates.values().isEmpty()) {
            access = access.withCertificates(
                    certificates.values().stream().map(Path::of).toList());
        }
        return Registries.open(access);
    }

    /** Registries that a text names; none for files. */
    static List<String> hosts(String text) {
        return isFile(text) ? List.of() : List.of(image(text).domain(), ALL_ADDRESSES);
    }

    private static boolean isFile(String text) {
        return text.startsWith(LAYOUT)
                || text.startsWith(ArchiveFormat.OCI.prefix())
                || text.startsWith(ArchiveFormat.DOCKER.prefix());
    }

    static ImageReference image(String text) {
        return ImageReference.parse(text.startsWith(REGISTRY) ? text.substring(REGISTRY.length()) : text)
                .withDefaultTag();
    }

    /** What {@code config.json} or a credential helper has for a registry. */
    static Credentials credentials(Session session, ImageReference image) throws IOException {
        Map<String, Object> found = dev.priok.cli.image.Credentials.of(
                session, dev.priok.cli.image.Credentials.registry(image.domain() + "/" + image.path()));
        if (found.containsKey("identitytoken")) {
            return new Credentials.IdentityToken(String.valueOf(found.get("identitytoken")));
        }
        return found.containsKey("username")
                ? new Credentials.Basic(
                        String.valueOf(found.get("username")), String.valueOf(found.getOrDefault("password", "")))
                : Credentials.ANONYMOUS;
    }

    /** A place to read from. */
    static Place from(Session session, Registries registries, String text) throws IOException {
        for (ArchiveFormat format : ArchiveFormat.values()) {
            if (text.startsWith(format.prefix())) {
                Named named = Named.of(text.substring(format.prefix().length()));
                return ArchivePlace.toRead(named.path(), format, named.reference());
            }
        }
        if (text.startsWith(LAYOUT)) {
            Named named = Named.of(text.substring(LAYOUT.length()));
            return new LayoutPlace(named.path(), named.reference());
        }
        ImageReference image = image(text);
        return RegistryPlace.toRead(registries, image, credentials(session, image));
    }

    /** A place to write to. */
    static Place to(Session session, Registries registries, String text) throws IOException {
        for (ArchiveFormat format : ArchiveFormat.values()) {
            if (text.startsWith(format.prefix())) {
                Named named = Named.of(text.substring(format.prefix().length()));
                return ArchivePlace.toWrite(named.path(), format, named.reference());
            }
        }
        if (text.startsWith(LAYOUT)) {
            Named named = Named.of(text.substring(LAYOUT.length()));
            return new LayoutPlace(named.path(), named.reference());
        }
        ImageReference image = image(text);
        return RegistryPlace.toWrite(registries, image, credentials(session, image));
    }

    /** {@code PATH[:REFERENCE]}; a path with a colon cannot be said, as in skopeo. */
    private record Named(Path path, String reference) {
        static Named of(String text) {
            int colon = text.indexOf(':');
            String path = colon < 0 ? text : text.substring(0, colon);
            if (path.isEmpty()) {
                throw Failure.invalid("'%s' names no file: want PATH[:REFERENCE]", text);
            }
            return new Named(Path.of(path), colon < 0 ? "" : text.substring(colon + 1));
        }
    }
}
