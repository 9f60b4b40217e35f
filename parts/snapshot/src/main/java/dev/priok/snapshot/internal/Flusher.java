package dev.priok.snapshot.internal;

import dev.priok.linux.DescriptorCalls;
import dev.priok.linux.Fd;
import dev.priok.linux.FileCalls;
import dev.priok.linux.OpenFlag;
import dev.priok.snapshot.internal.Catalog.LayerRow;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings layers to disk. One flush of the file system serves all layers that are written by then; it may take seconds where others
 * write too, so layers that were built are flushed a little later, when nobody waits.
 */
final class Flusher implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Flusher.class);
    /** Long enough that the steps of one build share a flush, and short beside the kernel's own 30 seconds. */
    private static final int DELAY_SECONDS = 2;

    private final Path root;
    private final Registry registry;
    private final AtomicBoolean planned = new AtomicBoolean();
    private final ScheduledExecutorService later = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("snapshot-flush").daemon().factory());

    Flusher(Path root, Registry registry) {
        this.root = root;
        this.registry = registry;
    }

    /** Flushes the whole file system: one call for all files of all layers. */
    void sync() throws IOException {
        try (Fd fd = FileCalls.host().open(root.toString(), OpenFlag.RDONLY | OpenFlag.DIRECTORY)) {
            DescriptorCalls.host().syncFileSystem(fd);
        }
    }

    /** Flushes these layers now, unless they are on disk already. */
    void flush(List<LayerRow> layers) throws IOException {
        List<LayerRow> unsynced =
                layers.stream().filter(row -> !row.unsyncedBoot().isEmpty()).toList();
        if (!unsynced.isEmpty()) {
            sync();
            registry.synced(unsynced);
        }
    }

    /** Flushes all layers in a moment. */
    void flushSoon() {
        if (planned.compareAndSet(false, true)) {
            var _ = later.schedule(this::flushAll, DELAY_SECONDS, TimeUnit.SECONDS);
        }
    }

    private void flushAll() {
        planned.set(false);
        try {
            flush(registry.layers());
        } catch (IOException | RuntimeException e) {
            LOG.warn("cannot flush layers to disk", e);
        }
    }

    /** Flushes what is left, so that an orderly end loses nothing even if the host goes down. */
    @Override
    public void close() {
        later.shutdownNow();
        flushAll();
    }
}
