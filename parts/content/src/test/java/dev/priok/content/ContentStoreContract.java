package dev.priok.content;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.core.Digest;
import dev.priok.core.Failure;
import dev.priok.core.Leases;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.nio.channels.FileChannel;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link ContentStore} must do; an implementation's test extends it and says how to open one. */
public abstract class ContentStoreContract {
    protected static final byte[] HELLO = "hello".getBytes(java.nio.charset.StandardCharsets.UTF_8);
    protected static final Digest HELLO_DIGEST = Digest.sha256(HELLO);

    protected final Leases leases = new Leases();
    protected final Leases.Lease lease = leases.open();
    protected ContentStore store;

    /** A store that keeps what was in it when it is opened again. */
    protected abstract ContentStore open(Leases leases) throws IOException;

    @BeforeEach
    protected void openStore() throws IOException {
        store = open(leases);
    }

    protected Blob put(byte[] bytes) throws IOException {
        return store.ingest(new ByteArrayInputStream(bytes), Expected.ANYTHING, lease);
    }

    @Test
    void ingest_bytes_areReadable() throws IOException {
        Blob blob = put(HELLO);
        assertEquals(new Blob(HELLO_DIGEST, 5), blob);
        assertArrayEquals(HELLO, store.read(HELLO_DIGEST, 5));
        assertEquals(OptionalLong.of(5), store.size(HELLO_DIGEST));
        assertEquals(List.of(blob), store.list());
        assertTrue(store.verify(HELLO_DIGEST));
    }

    @Test
    void ingest_twice_isOneBlob() throws IOException {
        put(HELLO);
        assertEquals(new Blob(HELLO_DIGEST, 5), put(HELLO));
        assertEquals(1, store.list().size());
    }

    @Test
    void ingest_otherDigest_isRefusedAndLeavesNothing() throws IOException {
        Digest other = Digest.sha256(new byte[] {9});
        Failure failure = assertThrows(
                Failure.class, () -> store.ingest(new ByteArrayInputStream(HELLO), Expected.of(other, 5), lease));
        assertEquals(Failure.Kind.INVALID, failure.kind());
        assertTrue(failure.message().contains(other.toString()), failure.message());
        assertEquals(List.of(), store.list());
    }

    @Test
    void ingest_otherSize_isRefused() throws IOException {
        assertThrows(
                Failure.class,
                () -> store.ingest(new ByteArrayInputStream(HELLO), Expected.of(HELLO_DIGEST, 4), lease));
        assertThrows(
                Failure.class,
                () -> store.ingest(new ByteArrayInputStream(HELLO), Expected.of(HELLO_DIGEST, 6), lease));
        assertEquals(List.of(), store.list());
    }

    @Test
    void ingest_sha512_isNamedByIt() throws IOException {
        Digest digest = Digest.parse(
                "sha512:9b71d224bd62f3785d96d46ad3ea3d73319bfbc2890caadae2dff72519673ca72323c3d99ba5c11d7c7acc6e14b8c5da0c4663475c2e5c3adef46f73bcdec043");
        store.ingest(new ByteArrayInputStream(HELLO), Expected.of(digest), lease);
        assertArrayEquals(HELLO, store.read(digest, 10));
    }

    @Test
    void ingest_brokenStream_leavesNothing() throws IOException {
        InputStream broken = new SequenceInputStream(
                new ByteArrayInputStream(HELLO), new FilterInputStream(InputStream.nullInputStream()) {
                    @Override
                    public int read(byte[] bytes, int offset, int length) throws IOException {
                        throw new IOException("cable cut");
                    }
                });
        assertThrows(IOException.class, () -> store.ingest(broken, Expected.ANYTHING, lease));
        assertEquals(List.of(), store.list());
    }

    @Test
    void begin_closedWithoutCommit_leavesNothing() throws IOException {
        try (Ingest ingest = store.begin(Expected.ANYTHING)) {
            ingest.write(HELLO);
            assertEquals(5, ingest.written());
        }
        assertEquals(List.of(), store.list());
    }

    @Test
    void open_missing_isNotFound() {
        assertEquals(
                Failure.Kind.NOT_FOUND,
                assertThrows(Failure.class, () -> store.open(HELLO_DIGEST).close())
                        .kind());
    }

    @Test
    void read_longerThanTheLimit_isRefused() throws IOException {
        put(HELLO);
        assertThrows(Failure.class, () -> store.read(HELLO_DIGEST, 4));
    }

    @Test
    void delete_whileOpen_staysReadable() throws IOException {
        put(HELLO);
        try (FileChannel channel = store.open(HELLO_DIGEST)) {
            assertTrue(store.delete(HELLO_DIGEST));
            assertFalse(store.contains(HELLO_DIGEST));
            assertEquals(5, channel.size());
        }
        assertFalse(store.delete(HELLO_DIGEST));
    }

    @Test
    void holdings_countWhatComesAndGoes() throws IOException {
        put(new byte[] {1});
        assertEquals(new Holdings(1, 1), store.holdings());
        put(new byte[] {1});
        put(new byte[] {2, 3});
        assertEquals(new Holdings(2, 3), store.holdings());
        assertTrue(store.delete(Digest.sha256(new byte[] {1})));
        assertFalse(store.delete(Digest.sha256(new byte[] {1})));
        assertEquals(new Holdings(1, 2), store.holdings());
        lease.close();
        store.sweep(Set::of);
        assertEquals(new Holdings(0, 0), store.holdings());
    }

    @Test
    void sweep_sparesTheLiveAndTheLeased() throws IOException {
        put(new byte[] {1});
        lease.close();
        Digest live = Digest.sha256(new byte[] {2});
        try (Leases.Lease other = leases.open()) {
            store.ingest(new ByteArrayInputStream(new byte[] {2}), Expected.ANYTHING, other);
        }
        try (Leases.Lease held = leases.open()) {
            store.ingest(new ByteArrayInputStream(new byte[] {3}), Expected.ANYTHING, held);
            assertEquals(List.of(new Blob(Digest.sha256(new byte[] {1}), 1)), store.sweep(() -> Set.of(live)));
        }
        assertEquals(List.of(new Blob(Digest.sha256(new byte[] {3}), 1)), store.sweep(() -> Set.of(live)));
        assertEquals(List.of(new Blob(live, 1)), store.list());
    }

    @Test
    void sweep_blobAddedWhileMarking_isSpared() throws IOException {
        lease.close();
        List<Blob> removed = store.sweep(() -> {
            try (Leases.Lease brief = leases.open()) {
                store.ingest(new ByteArrayInputStream(HELLO), Expected.ANYTHING, brief);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
            return Set.of();
        });
        assertEquals(List.of(), removed);
        assertTrue(store.contains(HELLO_DIGEST));
    }

    @Test
    void open_again_keepsBlobs() throws IOException {
        put(HELLO);
        assertTrue(open(new Leases()).contains(HELLO_DIGEST));
    }

    @Test
    void resume_afterAKill_goesOnWhereTheWriterStopped() throws IOException {
        Ingest killed = store.resume(HELLO_DIGEST, OptionalLong.of(5), OutputStream.nullOutputStream());
        killed.write(HELLO, 0, 3);
        store = open(leases);
        ByteArrayOutputStream beginning = new ByteArrayOutputStream();
        try (Ingest ingest = store.resume(HELLO_DIGEST, OptionalLong.of(5), beginning)) {
            assertEquals(3, ingest.written());
            assertEquals("hel", beginning.toString(java.nio.charset.StandardCharsets.UTF_8));
            ingest.write(HELLO, 3, 2);
            assertEquals(new Blob(HELLO_DIGEST, 5), ingest.commit(lease));
        }
        assertArrayEquals(HELLO, store.read(HELLO_DIGEST, 5));
        killed.close();
    }

    @Test
    void resume_ofWrongBytes_beginsAnewAfterTheRefusal() throws IOException {
        try (Ingest ingest = store.resume(HELLO_DIGEST, OptionalLong.empty(), OutputStream.nullOutputStream())) {
            ingest.write(new byte[] {'h', 'E'}, 0, 2);
            assertThrows(Failure.class, () -> ingest.commit(lease));
        }
        try (Ingest ingest = store.resume(HELLO_DIGEST, OptionalLong.empty(), OutputStream.nullOutputStream())) {
            assertEquals(0, ingest.written());
        }
        assertFalse(store.contains(HELLO_DIGEST));
    }

    @Test
    void resume_whileAnotherWrites_isIndependent() throws IOException {
        try (Ingest first = store.resume(HELLO_DIGEST, OptionalLong.of(5), OutputStream.nullOutputStream());
                Ingest second = store.resume(HELLO_DIGEST, OptionalLong.of(5), OutputStream.nullOutputStream())) {
            first.write(HELLO, 0, 3);
            assertEquals(0, second.written());
            second.write(HELLO);
            second.commit(lease);
            first.write(HELLO, 3, 2);
            first.commit(lease);
        }
        assertArrayEquals(HELLO, store.read(HELLO_DIGEST, 5));
    }
}
