package dev.priok.build.exchange;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.priok.core.Digest;
import dev.priok.core.Failure;
import dev.priok.core.Platform;
import dev.priok.oci.OciJson;
import dev.priok.oci.image.ChainId;
import dev.priok.oci.image.Descriptor;
import dev.priok.oci.image.History;
import dev.priok.oci.image.ImageConfig;
import dev.priok.oci.image.Index;
import dev.priok.oci.image.Manifest;
import dev.priok.oci.image.MediaTypes;
import java.io.IOException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What other builders' caches tell, for one build. Filled by one thread, then read by many. */
public final class ImportedCache {
    /** Some hundred bytes a step: more than a hundred thousand steps are no build's cache. */
    private static final int MAXIMUM_DOCUMENT_BYTES = 32 << 20;

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final Map<Digest, CachedStep> byKey = new HashMap<>();
    private final Map<Defined, CachedStep> byDefinition = new HashMap<>();
    private final Map<Made, CachedStep> byHistory = new HashMap<>();
    private final Map<ChainId, Layer> layers = new HashMap<>();

    private record Defined(Digest definition, String parent) {}

    private record Made(String parent, List<String> before, String step) {}

    /**
     * A layer that can be fetched.
     *
     * @param parent what it stands on
     * @param diffId digest of its tar
     * @param blob the tar, compressed
     * @param place where that is
     */
    public record Layer(ChainId parent, Digest diffId, Descriptor blob, CachePlace place) {}

    /** Whether nothing was imported. */
    public boolean isEmpty() {
        return byKey.isEmpty() && byHistory.isEmpty();
    }

    /** What a step with this key of contents came to. */
    public Optional<CachedStep> find(Digest key) {
        return Optional.ofNullable(byKey.get(key));
    }

    /** What a step with this definition came to, on layers of this name. */
    public Optional<CachedStep> findDefinition(Digest definition, String parent) {
        return Optional.ofNullable(byDefinition.get(new Defined(definition, parent)));
    }

    /**
     * What a step came to in an image whose history is the same up to and including it.
     *
     * @param parent name of the layers that it is done on
     * @param before the steps before it
     */
    public Optional<CachedStep> findHistory(String parent, List<History> before, String step) {
        return byHistory.isEmpty()
                ? Optional.empty()
                : Optional.ofNullable(byHistory.get(
                        new Made(parent, before.stream().map(History::createdBy).toList(), step)));
    }

    /** Where the topmost layer of a chain can be fetched. */
    public Optional<Layer> layer(ChainId chain) {
        return Optional.ofNullable(layers.get(chain));
    }

    /**
     * Takes over what is in a place: a cache, or an image.
     *
     * @throws Failure of kind NOT_FOUND when there is nothing
     */
    public void read(CachePlace place, Platform platform) throws IOException {
        Manifest manifest = place.manifest((Index index) -> index.forPlatform(platform))
                .orElseThrow(() -> Failure.notFound("%s: not found", place.name()));
        Descriptor config = manifest.config();
        if (config == null) {
            throw Failure.invalid("%s is neither a build cache nor an image", place.name());
        }
        byte[] bytes = place.small(config, MAXIMUM_DOCUMENT_BYTES);
        if (config.mediaType().equals(CacheDocument.MEDIA_TYPE)) {
            add(OciJson.read(bytes, CacheDocument.class, "build cache " + place.name()), place);
        } else if (MediaTypes.isConfig(config.mediaType())) {
            addImage(bytes, manifest.layers(), Optional.of(place));
        } else {
            throw Failure.invalid("%s is neither a build cache nor an image, but %s", place.name(), config.mediaType());
        }
    }

    private void add(CacheDocument document, CachePlace place) {
        if (!document.isKnown()) {
            throw Failure.invalid("%s is a build cache of version %d", place.name(), document.version());
        }
        addSteps(document);
        for (CacheDocument.Layer layer : document.layers()) {
            Digest diffId = Digest.parse(layer.diffId());
            layers.putIfAbsent(layer.below().with(diffId), new Layer(layer.below(), diffId, layer.blob(), place));
        }
    }

    private void addSteps(CacheDocument document) {
        for (CacheDocument.Step written : document.steps()) {
            CachedStep step = written.read();
            byKey.putIfAbsent(step.key(), step);
            step.definition()
                    .ifPresent(definition -> byDefinition.putIfAbsent(new Defined(definition, step.parent()), step));
        }
    }

    /**
     * Takes over what an image tells of its steps.
     *
     * @param config its configuration, to the byte
     * @param blobs of its layers, when they are elsewhere
     * @param place where those are; empty for an image that is here
     */
    public void addImage(byte[] config, List<Descriptor> blobs, Optional<CachePlace> place) throws IOException {
        ImageConfig image = OciJson.read(config, ImageConfig.class, "image configuration");
        List<Digest> diffIds = image.rootfs().parsedDiffIds();
        if (place.isPresent() && blobs.size() == diffIds.size()) {
            ChainId below = ChainId.SCRATCH;
            for (int i = 0; i < diffIds.size(); i++) {
                layers.putIfAbsent(
                        below.with(diffIds.get(i)), new Layer(below, diffIds.get(i), blobs.get(i), place.get()));
                // A linked copy was made on nothing, and looked for so.
                layers.putIfAbsent(
                        ChainId.SCRATCH.with(diffIds.get(i)),
                        new Layer(ChainId.SCRATCH, diffIds.get(i), blobs.get(i), place.get()));
                below = below.with(diffIds.get(i));
            }
        }
        JsonNode document = MAPPER.readTree(config).path(CacheDocument.FIELD);
        if (document.isObject()) {
            CacheDocument inside =
                    OciJson.read(MAPPER.writeValueAsBytes(document), CacheDocument.class, "cache inside an image");
            if (inside.isKnown()) {
                addSteps(inside);
            }
        }
        addHistory(image, diffIds);
    }

    private void addHistory(ImageConfig image, List<Digest> diffIds) {
        ChainId chain = ChainId.SCRATCH;
        List<String> before = new ArrayList<>();
        int next = 0;
        for (History entry : image.history()) {
            if (!entry.emptyLayer() && next == diffIds.size()) {
                // The history tells of more layers than there are: what belongs to what cannot be said.
                return;
            }
            Optional<Digest> diffId = entry.emptyLayer() ? Optional.empty() : Optional.of(diffIds.get(next++));
            CachedStep step = new CachedStep(
                    Digest.sha256(entry.createdBy().getBytes(java.nio.charset.StandardCharsets.UTF_8)),
                    Optional.empty(),
                    chain.toString(),
                    diffId,
                    created(entry),
                    entry.createdBy());
            byHistory.putIfAbsent(new Made(chain.toString(), List.copyOf(before), entry.createdBy()), step);
            before.add(entry.createdBy());
            chain = diffId.map(chain::with).orElse(chain);
        }
    }

    private static Instant created(History entry) {
        try {
            return entry.created().isEmpty()
                    ? Instant.EPOCH
                    : OffsetDateTime.parse(entry.created()).toInstant();
        } catch (DateTimeParseException _) {
            return Instant.EPOCH;
        }
    }
}
