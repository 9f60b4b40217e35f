package dev.priok.build.solve;

import dev.priok.core.Digest;
import dev.priok.core.PathText;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Collection;
import java.util.Map;

/** Makes the key of a step: a hash of named parts, each with its length, so that no two lists of parts look the same. */
final class KeyHash {
    /** Changed when a step with the same parts means something else than before, so that old results are not found. */
    private static final String FORMAT = "priok-step-2";

    private final MessageDigest hash = Digest.newSha256();

    KeyHash(String kind) {
        add(FORMAT).add(kind);
    }

    KeyHash add(String part) {
        // Names of files may hold bytes that are no text; two such names must not look the same.
        byte[] bytes = PathText.encode(part);
        hash.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).flip());
        hash.update(bytes);
        return this;
    }

    KeyHash add(Collection<String> parts) {
        add(Integer.toString(parts.size()));
        parts.forEach(this::add);
        return this;
    }

    KeyHash add(Map<String, String> parts) {
        add(Integer.toString(parts.size()));
        parts.forEach((name, value) -> add(name).add(value));
        return this;
    }

    Digest digest() {
        return Digest.of(hash.digest());
    }
}
