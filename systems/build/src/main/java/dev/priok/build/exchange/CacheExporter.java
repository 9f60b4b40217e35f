package dev.priok.build.exchange;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.priok.core.Digest;
import dev.priok.core.Failure;
import dev.priok.oci.image.ChainId;
import dev.priok.oci.image.Descriptor;
import dev.priok.oci.image.Manifest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Gives what a build's steps came to to other builders. Every layer is compressed once for all targets and pushes, and sent once;
 * while one is sent the next is compressed, and none is held in memory or copied aside.
 */
public final class CacheExporter {
    /** Layers under way at once: one that is compressed while others are sent. */
    private static final int AT_ONCE = 4;

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final Layers layers;

    /** Where layers are read from. */
    public interface Layers {
        /**
         * The blob of the topmost layer of a chain.
         *
         * @throws Failure of kind NOT_FOUND when the layer is gone
         */
        Blob blob(ChainId chain) throws IOException;
    }

    /**
     * A layer, compressed.
     *
     * @param descriptor names it
     * @param bytes opens it
     */
    public record Blob(Descriptor descriptor, CachePlace.Bytes bytes) {}

    public CacheExporter(Layers layers) {
        this.layers = layers;
    }

    /** Those of the steps whose layers are in an image, where linked copies are on top of others than they were made on. */
    public static List<CachedStep> within(List<CachedStep> all, List<Digest> image) {
        Set<ChainId> chains = new HashSet<>(Set.of(ChainId.SCRATCH));
        chains.addAll(ChainId.prefixes(image));
        image.forEach(diffId -> chains.add(ChainId.SCRATCH.with(diffId)));
        return all.stream().filter(step -> chains.contains(step.chain())).toList();
    }

    /** The configuration of an image that tells of these steps too; the same for the same steps. */
    public static byte[] inline(byte[] config, List<CachedStep> steps, boolean withTimes) throws IOException {
        JsonNode image = MAPPER.readTree(config);
        if (image instanceof ObjectNode fields) {
            fields.set(
                    CacheDocument.FIELD,
                    MAPPER.readTree(
                            CacheDocument.of(steps, List.of(), withTimes).bytes()));
        }
        return MAPPER.writeValueAsBytes(image);
    }

    /**
     * Sends steps and the layers that they made.
     *
     * @param steps each after those that it stands on, down to layers that whoever uses the cache has: those of base images
     */
    public void export(List<CachedStep> steps, CachePlace place) throws IOException {
        Map<ChainId, CachedStep> wanted = new LinkedHashMap<>();
        steps.stream()
                .filter(step -> step.diffId().isPresent())
                .forEach(step -> wanted.putIfAbsent(step.chain(), step));
        Set<Digest> there = blobs(place);
        Map<ChainId, Descriptor> sent = send(List.copyOf(wanted.keySet()), there, place);
        List<CacheDocument.Layer> documents = new ArrayList<>();
        Set<Descriptor> blobs = new LinkedHashSet<>();
        wanted.forEach((chain, step) -> {
            Optional<Descriptor> blob = Optional.ofNullable(sent.get(chain));
            blob.ifPresent(descriptor -> {
                documents.add(new CacheDocument.Layer(
                        step.below().digest().map(Digest::toString).orElse(""),
                        step.diffId().orElseThrow().toString(),
                        descriptor));
                blobs.add(descriptor);
            });
        });
        byte[] document = CacheDocument.of(steps, documents, true).bytes();
        Descriptor config = new Descriptor(CacheDocument.MEDIA_TYPE, Digest.sha256(document), document.length);
        if (!there.contains(config.parsedDigest()) && !place.has(config.parsedDigest())) {
            place.put(config, () -> new ByteArrayInputStream(document));
        }
        place.publish(Manifest.oci(config, List.copyOf(blobs)));
    }

    /** The blobs of the cache that is there now: they need not be asked for one by one. */
    private static Set<Digest> blobs(CachePlace place) throws IOException {
        Set<Digest> blobs = new HashSet<>();
        place.manifest(_ -> Optional.empty()).ifPresent(manifest -> {
            manifest.layers().forEach(layer -> blobs.add(layer.parsedDigest()));
            Optional.ofNullable(manifest.config()).ifPresent(config -> blobs.add(config.parsedDigest()));
        });
        return blobs;
    }

    private Map<ChainId, Descriptor> send(List<ChainId> chains, Set<Digest> there, CachePlace place)
            throws IOException {
        Map<ChainId, Descriptor> sent = new LinkedHashMap<>();
        // Writing a layer again makes system calls that depend on the thread.
        try (ExecutorService pool = Executors.newFixedThreadPool(
                AT_ONCE, Thread.ofPlatform().name("cache-export-", 0).daemon().factory())) {
            Map<ChainId, Future<Optional<Descriptor>>> running = new LinkedHashMap<>();
            for (ChainId chain : chains) {
                running.put(chain, pool.submit(() -> send(chain, there, place)));
            }
            try {
                for (Map.Entry<ChainId, Future<Optional<Descriptor>>> one : running.entrySet()) {
                    one.getValue().get().ifPresent(blob -> sent.put(one.getKey(), blob));
                }
            } catch (ExecutionException e) {
                pool.shutdownNow();
                throw rethrown(e);
            } catch (InterruptedException e) {
                pool.shutdownNow();
                Thread.currentThread().interrupt();
                throw new IOException("the export of the cache was interrupted", e);
            }
        }
        return sent;
    }

    private static IOException rethrown(ExecutionException e) {
        return switch (e.getCause()) {
            case RuntimeException cause -> throw cause;
            case IOException cause -> cause;
            case null, default -> new IOException("exporting a layer failed: " + e.getCause(), e);
        };
    }

    /** Sends one layer; nothing when it is gone, so that the steps that need it are only not found by others. */
    private Optional<Descriptor> send(ChainId chain, Set<Digest> there, CachePlace place) throws IOException {
        Blob blob;
        try {
            blob = layers.blob(chain);
        } catch (Failure e) {
            if (e.kind() == Failure.Kind.NOT_FOUND) {
                return Optional.empty();
            }
            throw e;
        }
        Digest digest = blob.descriptor().parsedDigest();
        if (!there.contains(digest) && !place.has(digest)) {
            place.put(blob.descriptor(), blob.bytes());
        }
        return Optional.of(blob.descriptor());
    }
}
