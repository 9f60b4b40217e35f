package dev.priok.image;

import dev.priok.core.Digest;
import java.util.List;

/** Tells which containers stand in the way of removing an image; the engine answers. */
@FunctionalInterface
public interface ImageUsers {
    /** Nobody uses any image. */
    ImageUsers NOBODY = _ -> List.of();

    /**
     * A container made from the image.
     *
     * @param container its id
     * @param running whether it runs or is paused
     */
    record User(String container, boolean running) {}

    List<User> of(Digest image);
}
