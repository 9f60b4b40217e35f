package dev.priok.oci.image;

import dev.priok.core.Digest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The name of a stack of layers: the digest of the lowest layer, or of {@code parent chain + " " + layer}. Two images with
 * equal lower layers share their chain ids.
 *
 * @param digest empty for the stack without any layer, {@link #SCRATCH}
 * @see <a href="https://github.com/opencontainers/image-spec/blob/main/config.md#layer-chainid">OCI image spec, ChainID</a>
 */
public record ChainId(Optional<Digest> digest) {
    /** No layer at all. */
    public static final ChainId SCRATCH = new ChainId(Optional.empty());

    /** The stack named by a digest. */
    public static ChainId of(Digest digest) {
        return new ChainId(Optional.of(digest));
    }

    /** The stack of these layers, lowest first. */
    public static ChainId of(List<Digest> diffIds) {
        ChainId chain = SCRATCH;
        for (Digest diffId : diffIds) {
            chain = chain.with(diffId);
        }
        return chain;
    }

    /** Each stack from the lowest layer alone up to all of them; as many as there are layers. */
    public static List<ChainId> prefixes(List<Digest> diffIds) {
        List<ChainId> chains = new ArrayList<>(diffIds.size());
        ChainId chain = SCRATCH;
        for (Digest diffId : diffIds) {
            chain = chain.with(diffId);
            chains.add(chain);
        }
        return List.copyOf(chains);
    }

    /** This stack with one more layer on top. */
    public ChainId with(Digest diffId) {
        return digest.map(below -> of(Digest.sha256((below + " " + diffId).getBytes(StandardCharsets.US_ASCII))))
                .orElseGet(() -> of(diffId));
    }

    public boolean isScratch() {
        return digest.isEmpty();
    }

    @Override
    public String toString() {
        return digest.map(Digest::toString).orElse("scratch");
    }
}
