package dev.priok.snapshot.internal;

import dev.priok.core.Digest;
import java.io.IOException;
import java.io.OutputStream;
import java.security.MessageDigest;

/** Hashes and counts what goes through; neither flushes nor closes what is below. */
final class HashedOutput extends OutputStream {
    private final OutputStream out;
    private final MessageDigest hash = Digest.newSha256();
    private long count;

    HashedOutput(OutputStream out) {
        super();
        this.out = out;
    }

    @Override
    public void write(int oneByte) throws IOException {
        write(new byte[] {(byte) oneByte}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        hash.update(bytes, offset, length);
        count += length;
        out.write(bytes, offset, length);
    }

    long count() {
        return count;
    }

    /** The digest of all that went through; ends the hashing. */
    Digest digest() {
        return Digest.of(hash.digest());
    }
}
