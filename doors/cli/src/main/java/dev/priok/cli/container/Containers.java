package dev.priok.cli.container;

import dev.priok.client.Request;

/** Paths of the calls about one container. */
final class Containers {
    private Containers() {}

    static String path(String container) {
        return "/containers/" + Request.segment(container);
    }

    static Request post(String container, String action) {
        return Request.post(path(container) + "/" + action);
    }
}
