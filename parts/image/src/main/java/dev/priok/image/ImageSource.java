package dev.priok.image;

import dev.priok.core.Credentials;
import dev.priok.core.Digest;
import dev.priok.core.Failure;
import dev.priok.core.ImageReference;
import dev.priok.core.Platform;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/** Where images come from that are not here: registries. Who needs one asks this and does not know how they are reached. */
public interface ImageSource {
    /**
     * An image that is wanted.
     *
     * @param name with a tag or a digest; {@code latest} when it has neither
     * @param platform what it must run on; this machine's when empty
     * @param credentials for each registry, by its domain as in {@link ImageReference#domain}
     */
    record Wanted(ImageReference name, Optional<Platform> platform, Function<String, Credentials> credentials) {
        /** An image for this machine, of a registry that asks nobody who he is. */
        public static Wanted of(ImageReference name) {
            return new Wanted(name, Optional.empty(), _ -> Credentials.ANONYMOUS);
        }
    }

    /**
     * How far one thing of a transfer is.
     *
     * @param id short id of the layer; empty for the whole
     * @param status in Docker's words, such as {@code Downloading}
     * @param current bytes so far; 0 when not counted
     * @param total bytes of the whole; 0 when not known
     */
    record Progress(String id, String status, long current, long total) {}

    /**
     * Brings an image here, or finds that it is here as the registry has it now. Blocks; interrupting the thread cancels it, and what
     * was downloaded is kept for the next try.
     *
     * @return the image, stored and named
     * @throws Failure in Docker's words when the registry refuses or has none
     */
    Image fetch(Wanted wanted, Consumer<Progress> progress) throws IOException;

    /**
     * The digest that the registry has now for a name: of the index when there is one, else of the manifest. Downloads nothing.
     *
     * @throws Failure as {@link #fetch}
     */
    Digest resolve(Wanted wanted) throws IOException;
}
