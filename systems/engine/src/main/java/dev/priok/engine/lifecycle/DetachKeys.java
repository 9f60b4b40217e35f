package dev.priok.engine.lifecycle;

import dev.priok.core.Failure;
import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Finds the key sequence that detaches a client in what it types. Keys of a sequence that was begun and not ended are given to the
 * process after all. For one thread.
 */
final class DetachKeys {
    private static final byte[] DEFAULT = {16, 17};

    private final byte[] keys;
    private int matched;

    private DetachKeys(byte[] keys) {
        this.keys = keys;
    }

    /** Reads {@code ctrl-p,ctrl-q}; null means just that. */
    static DetachKeys parse(@Nullable String text) {
        if (text == null || text.isEmpty()) {
            return new DetachKeys(DEFAULT);
        }
        String[] names = text.split(",", -1);
        byte[] keys = new byte[names.length];
        for (int i = 0; i < names.length; i++) {
            keys[i] = key(names[i]);
        }
        return new DetachKeys(keys);
    }

    private static byte key(String name) {
        if (name.length() == 1) {
            return (byte) name.charAt(0);
        }
        if (name.startsWith("ctrl-") && name.length() == 6) {
            char c = name.charAt(5);
            if (c >= 'a' && c <= 'z') {
                return (byte) (c - 'a' + 1);
            }
            int other = "@[\\]^_".indexOf(c);
            if (other >= 0) {
                return (byte) (other == 0 ? 0 : 26 + other);
            }
        }
        throw Failure.invalid("Invalid detach keys (%s) provided", name);
    }

    /** The bytes for the process; {@code found} becomes true when the sequence was complete, and what follows it is dropped. */
    byte[] filter(byte[] bytes, int offset, int length, Runnable found) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(length);
        for (int i = offset; i < offset + length; i++) {
            if (bytes[i] == keys[matched]) {
                matched++;
                if (matched == keys.length) {
                    matched = 0;
                    found.run();
                    return out.toByteArray();
                }
                continue;
            }
            out.write(keys, 0, matched);
            matched = bytes[i] == keys[0] ? 1 : 0;
            if (matched == 0) {
                out.write(bytes[i]);
            } else if (keys.length == 1) {
                matched = 0;
                found.run();
                return out.toByteArray();
            }
        }
        return out.toByteArray();
    }
}
