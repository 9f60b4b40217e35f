package dev.priok.snapshot.internal;

import dev.priok.core.Failure;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/** Joins one who writes a stream to one who reads it, on two threads with a bounded buffer between. */
final class TarPipe {
    private static final int BUFFER_BYTES = 1 << 20;

    private TarPipe() {}

    @FunctionalInterface
    interface Source {
        void writeTo(OutputStream out) throws IOException;
    }

    @FunctionalInterface
    interface Sink<T> {
        T readFrom(InputStream in) throws IOException;
    }

    /** What the sink makes of all that the source writes; a failure of the source is the one that is thrown. */
    static <T> T through(Source source, Sink<T> sink) throws IOException {
        try (PipedInputStream in = new PipedInputStream(BUFFER_BYTES)) {
            PipedOutputStream out = new PipedOutputStream(in);
            FutureTask<Boolean> writing = new FutureTask<>(() -> {
                try (out) {
                    source.writeTo(out);
                }
                return true;
            });
            Thread.ofPlatform().name("tar-pipe").daemon().start(writing);
            T result;
            try {
                result = sink.readFrom(in);
            } catch (IOException | RuntimeException e) {
                abandon(in);
                finish(writing, e);
                throw e;
            }
            finish(writing, null);
            return result;
        }
    }

    /** Makes the writer fail at its next byte. */
    private static void abandon(InputStream pipe) throws IOException {
        pipe.close();
    }

    private static void finish(FutureTask<Boolean> writing, @Nullable Exception readers) throws IOException {
        try {
            writing.get();
        } catch (ExecutionException e) {
            if (readers != null) {
                // The writer fails when its reader has: that is no news.
                readers.addSuppressed(e);
                return;
            }
            if (e.getCause() instanceof Failure failure) {
                throw failure;
            }
            throw new IOException("writing a tree failed: " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            InterruptedIOException interrupted = new InterruptedIOException("interrupted while copying a tree");
            interrupted.initCause(e);
            throw interrupted;
        }
    }
}
