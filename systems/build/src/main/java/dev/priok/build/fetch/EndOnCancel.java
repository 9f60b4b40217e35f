package dev.priok.build.fetch;

import dev.priok.build.CancelSignal;
import org.eclipse.jgit.lib.EmptyProgressMonitor;

/** Lets a fetch end when nobody waits for the build any more. */
final class EndOnCancel extends EmptyProgressMonitor {
    private final CancelSignal cancel;

    EndOnCancel(CancelSignal cancel) {
        this.cancel = cancel;
    }

    @Override
    public boolean isCancelled() {
        return cancel.isCancelled();
    }
}
