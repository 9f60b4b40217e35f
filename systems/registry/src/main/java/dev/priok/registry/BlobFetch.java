package dev.priok.registry;

import dev.priok.content.Blob;
import dev.priok.content.ContentStore;
import dev.priok.distribution.Repository;
import dev.priok.oci.image.Descriptor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A blob on its way from an upstream. Any number of clients read it while it comes; the last byte is held back until the digest
 * is right, so nobody gets a wrong blob whole. It is fetched to its end even when every client has gone.
 */
public final class BlobFetch {
    private final Registry registry;
    private final RepositoryName repository;
    private final Descriptor blob;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition news = lock.newCondition();
    // Guarded by the lock, all four.
    private long written;
    private RegistryStorage.@Nullable Upload upload;
    private boolean done;
    private @Nullable RegistryError failure;

    BlobFetch(Registry registry, RepositoryName repository, Descriptor blob) {
        this.registry = registry;
        this.repository = repository;
        this.blob = blob;
    }

    /** Bytes of the whole blob. */
    public long size() {
        return blob.size();
    }

    /** Fetches; the caller tells {@link #fail} what this throws. */
    void run(Repository source) throws IOException {
        String id = registry.newId();
        registry.catalog().addUpload(id, repository);
        RegistryStorage.Upload incoming = registry.storage().begin(id);
        boolean finished = false;
        try {
            change(() -> upload = incoming);
            long limit = registry.settings().maximumBlobBytes();
            byte[] buffer = new byte[ContentStore.COPY_BYTES];
            try (InputStream in = source.blob(blob, 0)) {
                for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                    incoming.append(new ByteArrayInputStream(buffer, 0, n), limit);
                    change(() -> written = incoming.size());
                }
            }
            try (var lease = registry.storage().leases().open()) {
                finish(id, incoming, lease);
            }
            finished = true;
        } finally {
            if (!finished) {
                lock.lock();
                try {
                    upload = null;
                    incoming.cancel();
                } finally {
                    lock.unlock();
                }
                registry.catalog().removeUpload(id);
            }
        }
    }

    /** In the lock, because readers read the file that this takes away. */
    private void finish(String id, RegistryStorage.Upload incoming, dev.priok.core.Leases.Lease lease)
            throws IOException {
        lock.lock();
        try {
            Blob whole = incoming.finish(blob.parsedDigest(), lease);
            upload = null;
            registry.catalog().finishUpload(id, repository, whole);
            done = true;
            news.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void change(Runnable how) {
        lock.lock();
        try {
            how.run();
            news.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void fail(RegistryError why) {
        change(() -> failure = why);
    }

    /** Waits until the first byte is here, so that a refusal can still be told as one. */
    public void await() {
        lock.lock();
        try {
            while (!done && failure == null && written == 0) {
                news.awaitUninterruptibly();
            }
            RegistryError why = failure;
            if (why != null) {
                throw new RegistryError(why.code(), why, why.message());
            }
        } finally {
            lock.unlock();
        }
    }

    /** The bytes from {@code start} on, as they come. The caller closes it. */
    public InputStream open(long start) {
        return new Follower(start);
    }

    private final class Follower extends InputStream {
        private long position;
        private @Nullable FileChannel whole;

        Follower(long start) {
            super();
            this.position = start;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            if (position >= blob.size()) {
                return -1;
            }
            FileChannel file = whole;
            if (file == null && !followed()) {
                int n = readComing(bytes, offset, length);
                if (n > 0) {
                    return n;
                }
            }
            if (file == null) {
                file = registry.storage().open(blob.parsedDigest());
                whole = file;
            }
            return advance(file.read(ByteBuffer.wrap(bytes, offset, length), position));
        }

        private int advance(int n) {
            position += Math.max(0, n);
            return n;
        }

        private boolean followed() {
            lock.lock();
            try {
                return done;
            } finally {
                lock.unlock();
            }
        }

        /** Bytes of the growing file; 0 when it has become a blob meanwhile. */
        private int readComing(byte[] bytes, int offset, int length) throws IOException {
            lock.lock();
            try {
                while (!done && failure == null && (upload == null || available() <= 0)) {
                    news.awaitUninterruptibly();
                }
                RegistryError why = failure;
                if (why != null) {
                    throw new IOException(why.message(), why);
                }
                RegistryStorage.Upload growing = upload;
                if (done || growing == null) {
                    return 0;
                }
                int most = Math.min(length, available());
                return advance(growing.read(ByteBuffer.wrap(bytes, offset, most), position));
            } finally {
                lock.unlock();
            }
        }

        /** What may be read now; all but the last byte, until the whole is known to be right. */
        @Override
        public int available() {
            long most = Math.min(written, blob.size() - 1);
            return Math.clamp(most - position, 0, Integer.MAX_VALUE);
        }

        @Override
        public void close() throws IOException {
            FileChannel file = whole;
            if (file != null) {
                file.close();
            }
        }
    }
}
