package dev.priok.image.internal;

import dev.priok.core.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.MessageDigest;

/** Copies a stream and hashes it on the way. */
final class HashedCopy {
    private static final int BUFFER_BYTES = 256 << 10;

    private final OutputStream out;
    private final MessageDigest hash = Digest.newSha256();

    HashedCopy(OutputStream out) {
        this.out = out;
    }

    void from(InputStream in) throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        int n = in.read(buffer);
        while (n >= 0) {
            hash.update(buffer, 0, n);
            out.write(buffer, 0, n);
            n = in.read(buffer);
        }
    }

    /** Of all that was copied; ends the hashing. */
    Digest digest() {
        return Digest.of(hash.digest());
    }
}
