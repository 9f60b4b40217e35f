package dev.priok.registryserver;

import dev.priok.core.Digest;
import dev.priok.registry.PullThrough;
import dev.priok.registry.Reference;
import dev.priok.registry.Registry;
import dev.priok.registry.RegistryError;
import dev.priok.registry.RepositoryName;
import dev.priok.registry.StoredManifest;
import dev.priok.registryserver.http.Exchange;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** {@code /v2/NAME/manifests/REFERENCE}. */
final class ManifestRoutes {
    /** The specification's least for tags of one push; more are refused, because a push is one transaction. */
    private static final int MAXIMUM_TAGS = 100;

    private final Registry registry;
    private final Optional<PullThrough> copies;

    ManifestRoutes(ServedRegistry served) {
        this.registry = served.registry();
        this.copies = served.copies();
    }

    void answer(Exchange exchange, RepositoryName repository, Reference reference) throws IOException {
        switch (exchange.method()) {
            case "GET", "HEAD" -> get(exchange, repository, reference);
            case "PUT" -> put(exchange, repository, reference);
            case "DELETE" -> {
                registry.delete(repository, reference);
                exchange.send(202);
            }
            default ->
                throw new RegistryError(
                        RegistryError.Code.UNSUPPORTED, "%s of a manifest is not supported", exchange.method());
        }
    }

    private void get(Exchange exchange, RepositoryName repository, Reference reference) throws IOException {
        if (copies.isPresent() && copies.get().bring(repository, reference) == PullThrough.Freshness.STALE) {
            exchange.set("Warning", "110 - \"Response is Stale\"");
        }
        StoredManifest manifest = registry.manifest(repository, reference);
        String digest = manifest.digest().toString();
        exchange.set("Docker-Content-Digest", digest);
        exchange.set("ETag", '"' + digest + '"');
        if (isKnown(exchange, digest)) {
            exchange.send(304);
        } else {
            exchange.send(200, manifest.mediaType(), manifest.bytes());
        }
    }

    /** Whether the client says that it has this already. */
    static boolean isKnown(Exchange exchange, String digest) {
        String tags = exchange.header("If-None-Match").orElse("");
        if (tags.isEmpty()) {
            return false;
        }
        for (String tag : tags.split(",")) {
            String bare = tag.strip().replace("W/", "").replace("\"", "");
            if (bare.equals(digest) || bare.equals("*")) {
                return true;
            }
        }
        return false;
    }

    private void put(Exchange exchange, RepositoryName repository, Reference reference) throws IOException {
        List<String> tags = exchange.query("tag").isPresent() ? exchange.queryAll("tag") : List.of();
        if (tags.size() > MAXIMUM_TAGS) {
            exchange.send(414);
            return;
        }
        int limit = registry.maximumManifestBytes();
        byte[] bytes = exchange.body(limit)
                .orElseThrow(() ->
                        new RegistryError(RegistryError.Code.TOO_LARGE, "the manifest is larger than %d bytes", limit));
        Registry.Pushed pushed = registry.push(
                repository, reference, exchange.header("Content-Type").orElse(""), bytes, tags);
        pushed.subject().map(Digest::toString).ifPresent(subject -> exchange.set("OCI-Subject", subject));
        if (!tags.isEmpty()) {
            exchange.set("OCI-Tag", String.join(", ", tags));
        }
        exchange.set("Docker-Content-Digest", pushed.digest().toString());
        exchange.set("Location", "/v2/" + repository + "/manifests/" + pushed.digest());
        exchange.send(201);
    }
}
