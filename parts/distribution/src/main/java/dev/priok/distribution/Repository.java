package dev.priok.distribution;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.priok.core.Digest;
import dev.priok.core.Failure;
import dev.priok.core.ImageReference;
import dev.priok.distribution.internal.Backoff;
import dev.priok.distribution.internal.BlobDownload;
import dev.priok.distribution.internal.BlobUpload;
import dev.priok.distribution.internal.Endpoints;
import dev.priok.distribution.internal.Outgoing;
import dev.priok.distribution.internal.RegistryErrors;
import dev.priok.distribution.internal.Reply;
import dev.priok.distribution.internal.Session;
import dev.priok.distribution.internal.StreamedBlob;
import dev.priok.oci.OciJson;
import dev.priok.oci.image.Descriptor;
import dev.priok.oci.image.Index;
import dev.priok.oci.image.Manifest;
import dev.priok.oci.image.MediaTypes;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One repository of one registry. What can be asked of mirrors is asked of them first. Broken connections, busy registries and
 * expired tokens are dealt with inside, within bounds.
 *
 * @see <a href="https://github.com/opencontainers/distribution-spec/blob/main/spec.md">OCI distribution specification</a>
 */
public final class Repository {
    /** What registries must take; a document of more is an attack on memory. */
    public static final int MAXIMUM_MANIFEST_BYTES = 4 << 20;

    private static final int MAXIMUM_ANSWER_BYTES = 8 << 20;
    /** Pages of a list; a repository with a hundred thousand tags is listed whole. */
    private static final int MAXIMUM_PAGES = 1000;

    private static final String SCHEMA_1 = "application/vnd.docker.distribution.manifest.v1+";
    private static final String ACCEPT = String.join(
            ", ",
            MediaTypes.OCI_INDEX,
            MediaTypes.DOCKER_INDEX,
            MediaTypes.OCI_MANIFEST,
            MediaTypes.DOCKER_MANIFEST,
            "application/vnd.oci.artifact.manifest.v1+json",
            "*/*;q=0.1");
    private static final Pattern NEXT = Pattern.compile("<([^>]*)>\\s*;.*rel=\"?next\"?.*");
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final ImageReference name;
    private final Endpoints endpoints;
    private final List<Session> sessions;

    Repository(ImageReference name, Endpoints endpoints, List<Session> sessions) {
        this.name = name;
        this.endpoints = endpoints;
        this.sessions = List.copyOf(sessions);
    }

    public ImageReference name() {
        return name;
    }

    private String path(String rest) {
        return "/v2/" + name.path() + "/" + rest;
    }

    /** The registry itself. */
    private Session home() {
        return sessions.getLast();
    }

    /**
     * A manifest or index, whole and checked.
     *
     * @param reference a tag or a digest
     * @return empty when there is none of that name
     * @throws Failure when the registry refuses, or its answer is not what it says
     */
    public Optional<ManifestBlob> manifest(String reference) throws IOException {
        return firstOf(session -> manifest(session, reference));
    }

    /** Asks one place. */
    @FunctionalInterface
    private interface Question<T> {
        Optional<T> ask(Session session) throws IOException;
    }

    /** What the first mirror has to say, or else the registry. */
    private <T> Optional<T> firstOf(Question<T> question) throws IOException {
        for (Session session : sessions) {
            try {
                Optional<T> found = question.ask(session);
                if (found.isPresent() || !session.isMirror()) {
                    return found;
                }
            } catch (Failure e) {
                if (!session.isMirror()) {
                    throw e;
                }
            }
        }
        return Optional.empty();
    }

    /** Asks again when the answer breaks off. */
    private Optional<ManifestBlob> manifest(Session session, String reference) throws IOException {
        Backoff backoff = new Backoff(endpoints.config().attempts());
        while (true) {
            try {
                return readManifest(session, reference);
            } catch (EOFException e) {
                Optional<Duration> wait = backoff.next(Optional.empty());
                if (wait.isEmpty()) {
                    throw new Failure(Failure.Kind.INTERNAL, String.valueOf(e.getMessage()), e);
                }
                Backoff.sleep(wait.get());
            }
        }
    }

    private Optional<ManifestBlob> readManifest(Session session, String reference) throws IOException {
        Reply reply = session.send(
                Outgoing.get(session.uri(path("manifests/" + reference))).with("Accept", ACCEPT));
        if (reply.status() == 404) {
            reply.close();
            return Optional.empty();
        }
        if (!reply.isSuccess()) {
            throw RegistryErrors.of(reply, "reading manifest " + reference);
        }
        try (reply) {
            byte[] bytes = reply.bytes(MAXIMUM_MANIFEST_BYTES);
            String type = mediaType(reply.header("Content-Type").orElse(""), bytes);
            refuseSchema1(type, bytes, reference);
            Digest digest = digest(reply, reference, bytes);
            return Optional.of(new ManifestBlob(type, digest, bytes));
        }
    }

    private static String mediaType(String header, byte[] bytes) throws IOException {
        String plain = header.split(";", 2)[0].strip();
        if (!plain.isEmpty()
                && !plain.equals("application/json")
                && !plain.startsWith("text/")
                && !plain.equals("application/octet-stream")) {
            return plain;
        }
        JsonNode document = tree(bytes, "manifest");
        String told = document.path("mediaType").asText("");
        if (!told.isEmpty()) {
            return told;
        }
        return document.has("manifests")
                ? MediaTypes.OCI_INDEX
                : document.has("config") ? MediaTypes.OCI_MANIFEST : SCHEMA_1 + "json";
    }

    private static JsonNode tree(byte[] bytes, String what) throws IOException {
        try {
            return MAPPER.readTree(bytes);
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new Failure(Failure.Kind.INVALID, "invalid " + what + ": " + e.getOriginalMessage(), e);
        }
    }

    private void refuseSchema1(String type, byte[] bytes, String reference) {
        if (type.startsWith(SCHEMA_1)) {
            throw Failure.notImplemented(
                    "%s:%s is a Docker Image manifest version 2, schema 1 (%d bytes), which is no longer supported: ask its"
                            + " author to push it as schema 2 or as an OCI image",
                    name.familiarName(), reference, bytes.length);
        }
    }

    private static Digest digest(Reply reply, String reference, byte[] bytes) {
        Optional<Digest> wanted = reference.contains(":") ? Optional.of(Digest.parse(reference)) : Optional.empty();
        Optional<Digest> told = reply.header("Docker-Content-Digest").map(Digest::parse);
        Digest promised = wanted.or(() -> told).orElseGet(() -> Digest.sha256(bytes));
        Digest real = hash(promised.algorithm(), bytes);
        if (!real.equals(promised)) {
            throw Failure.invalid(
                    "manifest verification failed for digest %s: the bytes that came hash to %s", promised, real);
        }
        return real;
    }

    private static Digest hash(String algorithm, byte[] bytes) {
        if (algorithm.equals("sha256")) {
            return Digest.sha256(bytes);
        }
        try {
            return new Digest(
                    algorithm,
                    java.util.HexFormat.of()
                            .formatHex(java.security.MessageDigest.getInstance("SHA-512")
                                    .digest(bytes)));
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java runtime lacks SHA-512", e);
        }
    }

    /** What a name means now, without its bytes; asks for the bytes only of registries that do not say. */
    public Optional<Descriptor> head(String reference) throws IOException {
        return firstOf(session -> head(session, reference));
    }

    private Optional<Descriptor> head(Session session, String reference) throws IOException {
        Reply reply = session.send(
                Outgoing.of("HEAD", session.uri(path("manifests/" + reference))).with("Accept", ACCEPT));
        try (reply) {
            if (reply.status() == 404) {
                return Optional.empty();
            }
            Optional<String> digest = reply.header("Docker-Content-Digest");
            Optional<String> length = reply.header("Content-Length");
            Optional<String> type = reply.header("Content-Type");
            if (reply.isSuccess() && digest.isPresent() && length.isPresent() && type.isPresent()) {
                return Optional.of(new Descriptor(
                        type.get().split(";", 2)[0].strip(), Digest.parse(digest.get()), Long.parseLong(length.get())));
            }
        }
        return manifest(session, reference).map(ManifestBlob::descriptor);
    }

    /**
     * The bytes of a blob from an offset on. A connection that breaks is made again where it stopped. The stream ends with the size
     * that the descriptor says; whoever reads it checks the digest. The caller closes it.
     */
    public InputStream blob(Descriptor blob, long offset) throws IOException {
        return new BlobDownload(endpoints, sessions, path("blobs/" + blob.digest()), blob, offset);
    }

    /** A small blob, whole and checked. */
    public byte[] smallBlob(Descriptor blob, int limit) throws IOException {
        if (blob.size() > limit) {
            throw Failure.invalid("blob %s has %d bytes, more than %d", blob.digest(), blob.size(), limit);
        }
        try (InputStream in = blob(blob, 0)) {
            byte[] bytes = in.readAllBytes();
            Digest real = hash(blob.parsedDigest().algorithm(), bytes);
            if (!real.equals(blob.parsedDigest())) {
                throw Failure.invalid("blob %s: the bytes that came hash to %s", blob.digest(), real);
            }
            return bytes;
        }
    }

    public boolean hasBlob(Digest digest) throws IOException {
        Session session = home();
        try (Reply reply = session.send(Outgoing.of("HEAD", session.uri(path("blobs/" + digest))))) {
            return switch (reply.status()) {
                case 404 -> false;
                case 401, 403 -> throw refused(reply);
                default -> reply.isSuccess();
            };
        }
    }

    private static Failure refused(Reply reply) throws IOException {
        Failure told = RegistryErrors.of(reply, "looking for a blob");
        return told.message().startsWith("looking for a blob")
                ? new Failure(
                        told.kind(),
                        reply.status() == 401
                                ? "unauthorized: authentication required"
                                : "denied: requested access to the resource is denied")
                : told;
    }

    /** Takes a blob over from another repository of the registry, without sending it; false when that cannot be. */
    public boolean mount(Digest digest, String fromPath) throws IOException {
        Session session = home();
        URI uri = session.uri(path("blobs/uploads/?mount=" + digest + "&from=" + fromPath));
        Reply reply = session.send(
                Outgoing.of("POST", uri).with(BlobUpload.NOTHING), List.of("repository:" + fromPath + ":pull"));
        try (reply) {
            if (reply.status() == 202 && reply.header("Location").isPresent()) {
                // An upload was begun instead, which nobody will end.
                URI upload = reply.uri().resolve(reply.header("Location").orElseThrow());
                session.send(Outgoing.of("DELETE", upload)).close();
            }
            return reply.status() == 201;
        }
    }

    /**
     * Sends a blob; large ones in pieces, so that a broken connection costs one piece.
     *
     * @param content opens the blob, from its beginning, any number of times
     * @param sent is told how many bytes are sent by now
     */
    public void upload(Descriptor blob, Content content, LongConsumer sent) throws IOException {
        new BlobUpload(endpoints, home(), path("blobs/uploads/"), blob, content, sent).run();
    }

    /**
     * Begins to send a blob that is being made. The caller closes it.
     *
     * @param sent is told how many bytes were handed on by now
     */
    public StreamedUpload stream(LongConsumer sent) throws IOException {
        return new StreamedUpload(StreamedBlob.begin(home(), path("blobs/uploads/")), sent);
    }

    /** Opens bytes. */
    @FunctionalInterface
    public interface Content {
        InputStream open() throws IOException;

        /** The bytes from an offset on. */
        default InputStream open(long offset) throws IOException {
            InputStream in = open();
            in.skipNBytes(offset);
            return in;
        }

        static Content of(byte[] bytes) {
            return () -> new ByteArrayInputStream(bytes);
        }
    }

    /** Stores a manifest under a tag or its digest. */
    public Digest putManifest(String reference, ManifestBlob manifest) throws IOException {
        Session session = home();
        Reply reply = session.send(Outgoing.of("PUT", session.uri(path("manifests/" + reference)))
                .with("Content-Type", manifest.mediaType())
                .with(BlobUpload.body(manifest.bytes())));
        if (!reply.isSuccess()) {
            throw RegistryErrors.of(reply, "storing manifest " + reference);
        }
        try (reply) {
            boolean known = reply.header("OCI-Subject").isPresent();
            if (!known && MediaTypes.isManifest(manifest.mediaType())) {
                Descriptor subject = manifest.manifest().subject();
                if (subject != null) {
                    addReferrer(subject.parsedDigest(), manifest);
                }
            }
            return manifest.digest();
        }
    }

    /** Keeps the list of referrers for a registry that does not: under a tag of the subject's digest. */
    private void addReferrer(Digest subject, ManifestBlob referrer) throws IOException {
        List<Index.Entry> entries = new ArrayList<>(byTag(subject));
        if (entries.stream()
                .noneMatch(entry -> entry.digest().equals(referrer.digest().toString()))) {
            Manifest manifest = referrer.manifest();
            Descriptor config = manifest.config();
            String type =
                    manifest.artifactType().isEmpty() && config != null ? config.mediaType() : manifest.artifactType();
            entries.add(new Index.Entry(
                    referrer.mediaType(),
                    referrer.digest().toString(),
                    referrer.bytes().length,
                    null,
                    manifest.annotations(),
                    type));
            putList(subject, entries);
        }
    }

    private void putList(Digest subject, List<Index.Entry> entries) throws IOException {
        byte[] list = OciJson.write(Index.oci(entries));
        putManifest(referrersTag(subject), new ManifestBlob(MediaTypes.OCI_INDEX, Digest.sha256(list), list));
    }

    private List<Index.Entry> byTag(Digest subject) throws IOException {
        return manifest(referrersTag(subject))
                .filter(found -> MediaTypes.isIndex(found.mediaType()))
                .map(found -> found.index().manifests())
                .orElse(List.of());
    }

    /**
     * Deletes a manifest that is about another one, and takes it out of the list that a registry without the referrers API has.
     *
     * @return false when there is none of that digest
     */
    public boolean deleteReferrer(Digest referrer) throws IOException {
        Optional<ManifestBlob> found = manifest(referrer.toString());
        boolean deleted = delete(referrer.toString());
        if (found.isPresent() && MediaTypes.isManifest(found.get().mediaType())) {
            Descriptor subject = found.get().manifest().subject();
            if (subject != null) {
                List<Index.Entry> before = byTag(subject.parsedDigest());
                List<Index.Entry> after = before.stream()
                        .filter(entry -> !entry.digest().equals(referrer.toString()))
                        .toList();
                if (after.size() < before.size()) {
                    putList(subject.parsedDigest(), after);
                }
            }
        }
        return deleted;
    }

    /** Every tag, in the registry's order. */
    public List<String> tags() throws IOException {
        return firstOf(session -> Optional.of(tags(session))).orElse(List.of());
    }

    private List<String> tags(Session session) throws IOException {
        List<String> tags = new ArrayList<>();
        URI next = session.uri(path("tags/list"));
        for (int page = 0; page < MAXIMUM_PAGES; page++) {
            Reply reply = session.send(Outgoing.get(next));
            if (!reply.isSuccess()) {
                throw RegistryErrors.of(reply, "listing tags of " + name.familiarName());
            }
            try (reply) {
                tree(reply.bytes(MAXIMUM_ANSWER_BYTES), "list of tags")
                        .path("tags")
                        .forEach(tag -> tags.add(tag.asText()));
                Optional<URI> more = next(reply);
                if (more.isEmpty()) {
                    return tags;
                }
                next = more.get();
            }
        }
        throw Failure.invalid("%s lists more than %d pages of tags", name.familiarName(), MAXIMUM_PAGES);
    }

    private static Optional<URI> next(Reply reply) {
        return reply.header("Link")
                .map(NEXT::matcher)
                .filter(Matcher::matches)
                .map(m -> reply.uri().resolve(m.group(1)));
    }

    /**
     * Manifests that are about another one: signatures, attestations, bills of materials.
     *
     * @return empty when there is none, also from registries that only know the fallback tag
     */
    public List<Index.Entry> referrers(Digest subject) throws IOException {
        Session session = home();
        List<Index.Entry> all = new ArrayList<>();
        URI next = session.uri(path("referrers/" + subject));
        for (int page = 0; page < MAXIMUM_PAGES; page++) {
            Reply reply = session.send(Outgoing.get(next).with("Accept", MediaTypes.OCI_INDEX));
            try (reply) {
                if (!reply.isSuccess()) {
                    break;
                }
                all.addAll(OciJson.read(reply.bytes(MAXIMUM_ANSWER_BYTES), Index.class, "referrers of " + subject)
                        .manifests());
                Optional<URI> more = next(reply);
                if (more.isEmpty()) {
                    return all;
                }
                next = more.get();
            }
        }
        return byTag(subject);
    }

    /** The tag under which registries without the referrers API keep the list. */
    public static String referrersTag(Digest subject) {
        return subject.algorithm() + "-" + subject.hex().substring(0, 64);
    }

    /** Deletes a manifest by digest, or a tag; false when there is none. */
    public boolean delete(String reference) throws IOException {
        Session session = home();
        Reply reply = session.send(Outgoing.of("DELETE", session.uri(path("manifests/" + reference))));
        if (reply.status() == 404) {
            reply.close();
            return false;
        }
        if (!reply.isSuccess()) {
            throw RegistryErrors.of(reply, "deleting " + reference);
        }
        reply.close();
        return true;
    }
}
