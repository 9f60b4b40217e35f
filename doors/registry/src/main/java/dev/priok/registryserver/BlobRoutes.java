package dev.priok.registryserver;

import dev.priok.core.Digest;
import dev.priok.registry.BlobFetch;
import dev.priok.registry.BlobUpload;
import dev.priok.registry.PullThrough;
import dev.priok.registry.Reference;
import dev.priok.registry.Registry;
import dev.priok.registry.RegistryError;
import dev.priok.registry.RepositoryName;
import dev.priok.registry.access.AccessControl;
import dev.priok.registry.access.Action;
import dev.priok.registry.access.Caller;
import dev.priok.registryserver.http.Exchange;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code /v2/NAME/blobs/DIGEST} and {@code /v2/NAME/blobs/uploads/}. */
final class BlobRoutes {
    private static final String BYTES = "application/octet-stream";
    private static final Pattern CHUNK = Pattern.compile("(?:bytes\\s+)?(\\d{1,18})-(\\d{1,18})(?:/.*)?");

    private final Registry registry;
    private final AccessControl access;
    private final boolean sharedStore;
    private final Optional<PullThrough> copies;

    BlobRoutes(ServedRegistry served) {
        this.registry = served.registry();
        this.access = served.access();
        this.sharedStore = served.sharedStore();
        this.copies = served.copies();
    }

    void answer(Exchange exchange, RepositoryName repository, Digest digest) throws IOException {
        switch (exchange.method()) {
            case "GET", "HEAD" -> get(exchange, repository, digest);
            case "DELETE" -> {
                registry.deleteBlob(repository, digest);
                exchange.send(202);
            }
            default ->
                throw new RegistryError(
                        RegistryError.Code.UNSUPPORTED, "%s of a blob is not supported", exchange.method());
        }
    }

    private void get(Exchange exchange, RepositoryName repository, Digest digest) throws IOException {
        Optional<BlobFetch> coming = copies.isPresent() ? copies.get().blob(repository, digest) : Optional.empty();
        long size = coming.isPresent() ? coming.get().size() : registry.blob(repository, digest);
        exchange.set("Docker-Content-Digest", digest.toString());
        exchange.set("ETag", '"' + digest.toString() + '"');
        exchange.set("Accept-Ranges", "bytes");
        exchange.set("Cache-Control", "max-age=31536000");
        if (ManifestRoutes.isKnown(exchange, digest.toString())) {
            exchange.send(304);
            return;
        }
        Optional<ByteRange> range = exchange.header("Range").flatMap(header -> ByteRange.of(header, size));
        boolean sameBlob = exchange.header("If-Range")
                .map(tag -> tag.equals('"' + digest.toString() + '"'))
                .orElse(true);
        if (range.isPresent() && sameBlob) {
            if (range.get().length() == 0) {
                exchange.set("Content-Range", "bytes */" + size);
                throw new RegistryError(RegistryError.Code.RANGE_INVALID, "the blob has %d bytes", size);
            }
            long start = range.get().start();
            exchange.set(
                    "Content-Range",
                    "bytes %d-%d/%d".formatted(start, start + range.get().length() - 1, size));
            send(exchange, 206, repository, digest, coming, start, range.get().length());
        } else {
            send(exchange, 200, repository, digest, coming, 0, size);
        }
    }

    private void send(
            Exchange exchange,
            int status,
            RepositoryName repository,
            Digest digest,
            Optional<BlobFetch> coming,
            long start,
            long length)
            throws IOException {
        if (exchange.isHead()) {
            exchange.sendHead(status, BYTES, length);
            return;
        }
        if (coming.isPresent()) {
            coming.get().await();
            try (InputStream in = coming.get().open(start)) {
                exchange.send(status, BYTES, in, length);
            }
            return;
        }
        try (FileChannel file = registry.open(repository, digest)) {
            exchange.send(status, BYTES, file, start, length);
        }
    }

    void upload(Exchange exchange, Caller caller, RepositoryName repository, String id) throws IOException {
        if (id.isEmpty()) {
            if (!exchange.method().equals("POST")) {
                throw new RegistryError(RegistryError.Code.UNSUPPORTED, "uploads begin with POST");
            }
            begin(exchange, caller, repository);
            return;
        }
        BlobUpload upload = registry.upload(repository, id);
        try {
            switch (exchange.method()) {
                case "GET" -> {
                    where(exchange, repository, upload);
                    exchange.send(204);
                }
                case "PATCH" -> {
                    upload.append(start(exchange), chunk(exchange));
                    where(exchange, repository, upload);
                    exchange.send(202);
                }
                case "PUT" -> finish(exchange, repository, upload);
                case "DELETE" -> {
                    upload.cancel();
                    exchange.send(204);
                }
                default ->
                    throw new RegistryError(
                            RegistryError.Code.UNSUPPORTED, "%s of an upload is not supported", exchange.method());
            }
        } catch (RegistryError e) {
            if (e.code() == RegistryError.Code.RANGE_INVALID) {
                where(exchange, repository, upload);
            }
            throw e;
        }
    }

    private void begin(Exchange exchange, Caller caller, RepositoryName repository) throws IOException {
        Optional<Digest> mount = exchange.query("mount").map(Reference::digest);
        if (mount.isPresent()) {
            Optional<RepositoryName> from =
                    exchange.query("from").filter(name -> !name.isEmpty()).map(RepositoryName::new);
            boolean mounted = registry.mount(
                    repository,
                    mount.get(),
                    from,
                    other -> access.allows(caller, other, Action.PULL),
                    sharedStore && exchange.isLocal());
            if (mounted) {
                created(exchange, repository, mount.get());
                return;
            }
        }
        exchange.query("digest-algorithm").ifPresent(BlobRoutes::requireAlgorithm);
        Optional<Digest> whole = exchange.query("digest").map(Reference::digest);
        BlobUpload upload = registry.begin(repository);
        if (whole.isPresent() && mount.isEmpty()) {
            upload.finish(OptionalLong.empty(), exchange.body(), whole.get());
            created(exchange, repository, whole.get());
        } else {
            where(exchange, repository, upload);
            exchange.send(202);
        }
    }

    private static void requireAlgorithm(String algorithm) {
        if (!algorithm.equals("sha256") && !algorithm.equals("sha512")) {
            throw new RegistryError(RegistryError.Code.DIGEST_INVALID, "unsupported digest algorithm: %s", algorithm);
        }
    }

    private void finish(Exchange exchange, RepositoryName repository, BlobUpload upload) throws IOException {
        Digest digest = exchange.query("digest")
                .map(Reference::digest)
                .orElseThrow(() -> new RegistryError(RegistryError.Code.DIGEST_INVALID, "the digest is missing"));
        upload.finish(start(exchange), chunk(exchange), digest);
        created(exchange, repository, digest);
    }

    /** The body, which must be as long as its range says. */
    private static InputStream chunk(Exchange exchange) {
        Optional<Matcher> range = range(exchange);
        if (range.isPresent() && exchange.length() >= 0) {
            long said = Long.parseLong(range.get().group(2))
                    - Long.parseLong(range.get().group(1))
                    + 1;
            if (said != exchange.length()) {
                throw new RegistryError(
                        RegistryError.Code.SIZE_INVALID,
                        "the range is of %d bytes and the body of %d",
                        said,
                        exchange.length());
            }
        }
        return exchange.body();
    }

    private static OptionalLong start(Exchange exchange) {
        return range(exchange)
                .map(range -> OptionalLong.of(Long.parseLong(range.group(1))))
                .orElse(OptionalLong.empty());
    }

    private static Optional<Matcher> range(Exchange exchange) {
        Optional<String> header = exchange.header("Content-Range");
        if (header.isEmpty()) {
            return Optional.empty();
        }
        Matcher form = CHUNK.matcher(header.get());
        if (!form.matches()) {
            throw new RegistryError(RegistryError.Code.RANGE_INVALID, "malformed Content-Range: %s", header.get());
        }
        return Optional.of(form);
    }

    private static void where(Exchange exchange, RepositoryName repository, BlobUpload upload) {
        exchange.set("Location", "/v2/" + repository + "/blobs/uploads/" + upload.id());
        exchange.set("Docker-Upload-UUID", upload.id());
        exchange.set("Range", "0-" + Math.max(0, upload.size() - 1));
    }

    private static void created(Exchange exchange, RepositoryName repository, Digest digest) throws IOException {
        exchange.set("Docker-Content-Digest", digest.toString());
        exchange.set("Location", "/v2/" + repository + "/blobs/" + digest);
        exchange.send(201);
    }
}
