package dev.priok.build;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;

/** Tells a build, from another thread, that nobody waits for it any more. Once cancelled it stays so. */
public final class CancelSignal {
    private final List<Runnable> listeners = new ArrayList<>();
    private boolean cancelled;

    /** A signal that nobody gave yet. */
    public CancelSignal() {}

    /** Cancels; calls every listener on this thread, the latest first. Further calls do nothing. */
    public void cancel() {
        List<Runnable> toCall;
        synchronized (this) {
            if (cancelled) {
                return;
            }
            cancelled = true;
            toCall = List.copyOf(listeners);
            listeners.clear();
        }
        toCall.reversed().forEach(Runnable::run);
    }

    /** Whether {@link #cancel} was called. */
    public synchronized boolean isCancelled() {
        return cancelled;
    }

    /** @throws CancellationException when cancelled */
    public void check() {
        if (isCancelled()) {
            throw new CancellationException("the build was cancelled");
        }
    }

    /**
     * Calls {@code listener} once when cancelled, at once if that was before; closing the registration forgets it.
     */
    public Registration onCancel(Runnable listener) {
        synchronized (this) {
            if (!cancelled) {
                listeners.add(listener);
                return () -> forget(listener);
            }
        }
        listener.run();
        return () -> {};
    }

    private synchronized void forget(Runnable listener) {
        listeners.remove(listener);
    }

    /** A listener that can be forgotten. */
    public interface Registration extends AutoCloseable {
        @Override
        void close();
    }
}
