package dev.priok.build.solve;

import dev.priok.build.ImageAnalysis;
import dev.priok.build.exchange.CacheExporter;
import dev.priok.build.exchange.ImportedCache;
import dev.priok.build.plan.BaseImage;
import dev.priok.build.plan.Chain;
import dev.priok.build.tree.SourceTree;
import dev.priok.core.Digest;
import dev.priok.core.Failure;
import dev.priok.core.ImageReference;
import dev.priok.core.Platform;
import dev.priok.oci.image.ChainId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What the solver needs of images and layers. One of these serves one build; closing it lets go of what only that build
 * held. */
interface LayerStore extends AutoCloseable {
    /**
     * Finds an image that a Dockerfile names.
     *
     * @param pull whether registries are asked
     * @throws Failure of kind NOT_FOUND when there is no such image
     */
    BaseImage resolve(String reference, Optional<Platform> platform, Pull pull);

    /**
     * Looks into the layers of an image.
     *
     * @throws Failure of kind NOT_FOUND when there is none
     */
    ImageAnalysis analyze(String image) throws IOException;

    /** Whether all layers of this chain are here or can be fetched, and keeps them until this is closed if they are here. */
    boolean hold(Chain chain);

    /**
     * Lets a layer be put on top of a chain, when that is needed: a layer that was made on nothing, and that is here or can be
     * fetched. Keeps it as {@link #hold} does.
     *
     * @return whether it can be
     */
    boolean link(Digest diffId, Chain below);

    /** Whether all layers of this chain are here. */
    boolean isHere(ChainId chain);

    /**
     * Fetches what is missing of a chain.
     *
     * @throws LayerImport.Lost when it cannot be had although a cache promised it
     */
    void bring(Chain chain) throws IOException;

    /** Lets layers be fetched when they are needed: those that steps of other builders came to. */
    void fetchFrom(ImportedCache imported);

    /** The blob of a layer, to be given to others: made of the layer if it is here, else the one that it would be fetched by. */
    CacheExporter.Blob blob(ChainId chain) throws IOException;

    /** What an image that is here tells of its steps; false when there is none. */
    boolean addTo(ImportedCache imported, String image) throws IOException;

    /** Opens the files of a chain for reading. */
    OpenTree open(Chain chain) throws IOException;

    /** Begins a new layer on top of a chain. */
    Draft draft(Chain parent) throws IOException;

    /**
     * Makes an image, whose layers exist, and lets its names point to it; durable when this returns.
     *
     * @param config the image's configuration, to the byte
     * @param notingTime whether the true time is kept beside it, which it does not tell itself
     * @return its id
     */
    Digest create(byte[] config, List<ImageReference> tags, boolean notingTime) throws IOException;

    /**
     * Takes an image in, without a name.
     *
     * @param scratch a folder for its archive
     * @return its id
     */
    Digest load(OciLayout image, Path scratch) throws IOException;

    /** Lets names point to an image that is here. */
    void tag(Digest image, List<ImageReference> tags);

    @Override
    void close();

    /** A tree to be closed. */
    interface OpenTree extends SourceTree, AutoCloseable {
        @Override
        void close();
    }
}
