package dev.priok.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.content.Blob;
import dev.priok.core.Digest;
import dev.priok.core.Leases;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link RegistryStorage} must do; an implementation's test extends it and says how to open one. */
public abstract class RegistryStorageContract {
    protected static final byte[] HELLO = "hello".getBytes(StandardCharsets.UTF_8);
    private static final long PLENTY = 1 << 20;

    protected final Leases leases = new Leases();
    protected RegistryStorage storage;

    /** A storage that keeps what was in it when it is opened again. */
    protected abstract RegistryStorage open(Leases all) throws IOException;

    @BeforeEach
    void openStorage() throws IOException {
        storage = open(leases);
    }

    private static ByteArrayInputStream in(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void finish_withItsDigest_isABlobAndNoUploadAnyMore() throws IOException {
        Digest digest = Digest.sha256(HELLO);
        var upload = storage.begin("0a");
        upload.append(in("hel"), PLENTY);
        upload.append(in("lo"), PLENTY);
        assertEquals(new Blob(digest, 5), upload.finish(digest, leases.open()));
        assertEquals(OptionalLong.of(5), storage.size(digest));
        assertTrue(storage.verify(digest));
        assertEquals(List.of(), storage.uploads());
    }

    @Test
    void finish_withSha512_isABlobUnderThatName() throws IOException {
        Digest digest = Digest.parse("sha512:"
                + "9b71d224bd62f3785d96d46ad3ea3d73319bfbc2890caadae2dff72519673ca7"
                + "2323c3d99ba5c11d7c7acc6e14b8c5da0c4663475c2e5c3adef46f73bcdec043");
        var upload = storage.begin("0b");
        upload.append(in("hello"), PLENTY);
        assertEquals(digest, upload.finish(digest, leases.open()).digest());
        assertTrue(storage.verify(digest));
    }

    @Test
    void finish_withAnotherDigest_isRefusedAndLeavesNoBlob() throws IOException {
        Digest other = Digest.sha256(new byte[] {1});
        var upload = storage.begin("0c");
        upload.append(in("hello"), PLENTY);
        RegistryError error = assertThrows(RegistryError.class, () -> upload.finish(other, leases.open()));
        assertEquals(RegistryError.Code.DIGEST_INVALID, error.code());
        assertEquals(OptionalLong.empty(), storage.size(other));
        upload.cancel();
        assertEquals(List.of(), storage.uploads());
    }

    @Test
    void resume_afterAReopening_goesOnWhereItWas() throws IOException {
        var upload = storage.begin("0d");
        upload.append(in("hel"), PLENTY);
        upload.release();
        var resumed = open(new Leases()).resume("0d").orElseThrow();
        assertEquals(3, resumed.size());
        resumed.append(in("lo"), PLENTY);
        assertEquals(5, resumed.finish(Digest.sha256(HELLO), leases.open()).size());
    }

    @Test
    void append_thatBreaksOff_keepsWhatCame() throws IOException {
        var upload = storage.begin("0e");
        var broken = new FilterInputStream(in("hel")) {
            private boolean read;

            @Override
            public int read(byte[] buffer, int offset, int length) throws IOException {
                if (read) {
                    throw new IOException("gone");
                }
                read = true;
                return super.read(buffer, offset, length);
            }
        };
        assertThrows(IOException.class, () -> upload.append(broken, PLENTY));
        assertEquals(3, upload.size());
        upload.append(in("lo"), PLENTY);
        assertEquals(5, upload.finish(Digest.sha256(HELLO), leases.open()).size());
    }

    @Test
    void append_beyondTheLimit_isRefused() throws IOException {
        var upload = storage.begin("0f");
        RegistryError error = assertThrows(RegistryError.class, () -> upload.append(in("hello"), 4));
        assertEquals(RegistryError.Code.TOO_LARGE, error.code());
        upload.cancel();
    }

    @Test
    void resume_ofNothing_isEmpty() throws IOException {
        assertEquals(Optional.empty(), storage.resume("ff"));
        assertEquals(Optional.empty(), storage.resume("../blobs"));
        assertFalse(storage.discard("ff"));
    }
}
