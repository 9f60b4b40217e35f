package dev.priok.registry;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.JsonNode;
import dev.priok.core.Digest;
import dev.priok.oci.OciJson;
import dev.priok.oci.image.Descriptor;
import dev.priok.oci.image.MediaTypes;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * What a registry reads in a manifest or an index: whom it refers to.
 *
 * @param mediaType of the document
 * @param artifactType what it is; for an image the type of its configuration, possibly empty
 * @param blobs that must be in the repository
 * @param manifests that an index lists
 * @param subject the manifest that it is about
 * @param annotations its own
 * @param size what it and its blobs take, in bytes; an index counts only itself
 */
public record ManifestContent(
        String mediaType,
        String artifactType,
        Set<Digest> blobs,
        Set<Digest> manifests,
        Optional<Digest> subject,
        Map<String, String> annotations,
        long size) {
    private static final String SCHEMA_1 = "application/vnd.docker.distribution.manifest.v1";

    /** Layers that registries need not have: their descriptor says where they are. */
    private static final Set<String> ELSEWHERE = Set.of(
            "application/vnd.oci.image.layer.nondistributable.v1.tar",
            "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip",
            "application/vnd.oci.image.layer.nondistributable.v1.tar+zstd",
            MediaTypes.DOCKER_LAYER_FOREIGN);

    public ManifestContent {
        blobs = Set.copyOf(blobs);
        manifests = Set.copyOf(manifests);
        annotations = Map.copyOf(annotations);
    }

    /** The document as any JSON object; what else it holds is kept as bytes. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    private record Document(
            JsonNode schemaVersion,
            JsonNode mediaType,
            JsonNode artifactType,
            JsonNode config,
            JsonNode layers,
            JsonNode manifests,
            JsonNode blobs,
            JsonNode subject,
            JsonNode annotations) {}

    /**
     * Reads a document.
     *
     * @param contentType what the client says that it is
     * @throws RegistryError of code {@link RegistryError.Code#MANIFEST_INVALID} when it is nothing that a registry keeps
     */
    public static ManifestContent read(byte[] bytes, String contentType) {
        Document document;
        try {
            document = OciJson.read(bytes, Document.class, "manifest");
        } catch (dev.priok.core.Failure e) {
            throw new RegistryError(RegistryError.Code.MANIFEST_INVALID, e, e.message());
        }
        String type = contentType.indexOf(';') < 0
                ? contentType.strip()
                : contentType.substring(0, contentType.indexOf(';')).strip();
        String own = text(document.mediaType());
        if (type.isEmpty()) {
            type = own;
        }
        if (type.startsWith(SCHEMA_1)) {
            throw invalid("manifests of schema 1 are not kept: push with a client of Docker 1.10 or newer");
        }
        if (!own.isEmpty() && !own.equals(type)) {
            throw invalid("the manifest is of type %s and was sent as %s".formatted(own, type));
        }
        if (document.schemaVersion() == null || document.schemaVersion().asInt() != 2) {
            throw invalid("schemaVersion is not 2");
        }
        boolean index = MediaTypes.isIndex(type);
        if (!index && !MediaTypes.isManifest(type) && document.config() == null && document.manifests() == null) {
            throw invalid("unknown type of manifest: %s".formatted(type.isEmpty() ? "none given" : type));
        }
        return document.manifests() != null && !document.manifests().isNull() && (index || document.config() == null)
                ? index(document, type, bytes.length)
                : manifest(document, type, bytes.length);
    }

    /** How a manifest describes one of its blobs; empty when it does not refer to it. */
    static Optional<Descriptor> descriptor(StoredManifest manifest, Digest blob) {
        Document document = OciJson.read(manifest.bytes(), Document.class, "manifest");
        List<JsonNode> all = new ArrayList<>();
        if (document.config() != null) {
            all.add(document.config());
        }
        list(document.layers(), "layers").forEach(all::add);
        return all.stream()
                .filter(one -> text(one.get("digest")).equals(blob.toString()))
                .map(one -> new Descriptor(text(one.get("mediaType")), blob, size(one)))
                .findFirst();
    }

    private static ManifestContent manifest(Document document, String type, long length) {
        if (document.config() == null || !document.config().isObject()) {
            throw invalid("the manifest has no config");
        }
        Set<Digest> blobs = new LinkedHashSet<>();
        blobs.add(digest(document.config()));
        long size = length + size(document.config());
        for (JsonNode layer : list(document.layers(), "layers")) {
            Digest digest = digest(layer);
            boolean elsewhere = ELSEWHERE.contains(text(layer.get("mediaType")))
                    && layer.path("urls").isArray()
                    && !layer.path("urls").isEmpty();
            if (!elsewhere && blobs.add(digest)) {
                size += size(layer);
            }
        }
        String artifact = text(document.artifactType());
        return new ManifestContent(
                type,
                artifact.isEmpty() ? text(document.config().get("mediaType")) : artifact,
                blobs,
                Set.of(),
                subject(document),
                annotations(document),
                size);
    }

    private static ManifestContent index(Document document, String type, long length) {
        Set<Digest> manifests = new LinkedHashSet<>();
        for (JsonNode entry : list(document.manifests(), "manifests")) {
            manifests.add(digest(entry));
        }
        return new ManifestContent(
                type,
                text(document.artifactType()),
                Set.of(),
                manifests,
                subject(document),
                annotations(document),
                length);
    }

    private static Iterable<JsonNode> list(JsonNode node, String name) {
        if (node == null || node.isNull()) {
            return List.of();
        }
        if (!node.isArray()) {
            throw invalid(name + " is no list");
        }
        return node;
    }

    private static Optional<Digest> subject(Document document) {
        return document.subject() == null || document.subject().isNull()
                ? Optional.empty()
                : Optional.of(digest(document.subject()));
    }

    private static Map<String, String> annotations(Document document) {
        Map<String, String> all = new TreeMap<>();
        if (document.annotations() != null && document.annotations().isObject()) {
            document.annotations()
                    .properties()
                    .forEach(entry -> all.put(entry.getKey(), entry.getValue().asText()));
        }
        return all;
    }

    private static Digest digest(JsonNode descriptor) {
        try {
            return Digest.parse(text(descriptor.get("digest")));
        } catch (dev.priok.core.Failure e) {
            throw new RegistryError(RegistryError.Code.MANIFEST_INVALID, e, e.message());
        }
    }

    private static long size(JsonNode descriptor) {
        return Math.max(0, descriptor.path("size").asLong());
    }

    private static String text(@org.jspecify.annotations.Nullable JsonNode node) {
        return node != null && node.isTextual() ? node.textValue() : "";
    }

    private static RegistryError invalid(String message) {
        return new RegistryError(RegistryError.Code.MANIFEST_INVALID, "%s", message);
    }
}
