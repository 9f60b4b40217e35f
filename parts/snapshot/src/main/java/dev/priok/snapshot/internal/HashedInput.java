package dev.priok.snapshot.internal;

import dev.priok.core.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;

/** Hashes and counts what is read through it; does not close what is below. */
final class HashedInput extends InputStream {
    private final InputStream in;
    private final MessageDigest hash = Digest.newSha256();
    private long count;

    HashedInput(InputStream in) {
        super();
        this.in = in;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        int n = in.read(bytes, offset, length);
        if (n > 0) {
            hash.update(bytes, offset, n);
            count += n;
        }
        return n;
    }

    long count() {
        return count;
    }

    /** The digest of all that was read; ends the hashing. */
    Digest digest() {
        return Digest.of(hash.digest());
    }
}
