package dev.priok.cli.image;

import dev.priok.client.Request;

/** Paths of the calls about one image. */
final class Images {
    private Images() {}

    static String path(String image) {
        return "/images/" + Request.segment(image);
    }
}
