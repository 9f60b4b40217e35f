package dev.priok.snapshot;

import dev.priok.linux.Fd;

/**
 * The merged tree of a snapshot or stack of layers, mounted where nobody sees it. It lives until it is closed.
 *
 * @param root an O_PATH descriptor of its root; walk from it with {@code openat2} and {@code Resolve.INSIDE} only
 */
public record Tree(Fd root) implements AutoCloseable {
    @Override
    public void close() {
        root.close();
    }
}
