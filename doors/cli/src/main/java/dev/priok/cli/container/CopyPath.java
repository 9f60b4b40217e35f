package dev.priok.cli.container;

/**
 * An argument of {@code cp}.
 *
 * @param container the container; empty for this machine
 * @param path path there
 */
record CopyPath(String container, String path) {
    /** {@code CONTAINER:PATH}, unless it looks like a local path: absolute, or with a dot in front. */
    static CopyPath parse(String text) {
        int colon = text.indexOf(':');
        if (text.startsWith("/") || text.startsWith(".") || colon < 0) {
            return new CopyPath("", text);
        }
        return new CopyPath(text.substring(0, colon), text.substring(colon + 1));
    }
}
