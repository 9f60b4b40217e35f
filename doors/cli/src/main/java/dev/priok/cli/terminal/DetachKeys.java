package dev.priok.cli.terminal;

import dev.priok.cli.command.CommandFailed;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** The keys that leave a container alone: {@code ctrl-p,ctrl-q} unless the user chose others. */
public final class DetachKeys {
    private static final String DEFAULT = "ctrl-p,ctrl-q";
    private static final String CTRL = "ctrl-";

    private final byte[] keys;

    private DetachKeys(byte[] keys) {
        this.keys = keys;
    }

    /** Reads {@code a}, {@code ctrl-a} and sequences of these; the empty text means the default. */
    public static DetachKeys parse(String text) {
        String[] names = (text.isEmpty() ? DEFAULT : text).split(",", -1);
        byte[] keys = new byte[names.length];
        for (int i = 0; i < names.length; i++) {
            keys[i] = key(text, names[i]);
        }
        return new DetachKeys(keys);
    }

    private static byte key(String text, String name) {
        if (name.length() == 1 && name.charAt(0) < 0x80) {
            return (byte) name.charAt(0);
        }
        if (name.length() == CTRL.length() + 1 && name.startsWith(CTRL)) {
            char c = name.charAt(CTRL.length());
            int at = "@abcdefghijklmnopqrstuvwxyz[\\]^_".indexOf(c);
            if (at >= 0) {
                return (byte) at;
            }
        }
        throw new CommandFailed("invalid detach keys (" + text + "): Unknown character: '" + name + "'");
    }

    /** {@code in} without the keys; {@link Input#isDetached} tells whether it ended by them. */
    public Input watch(InputStream in) {
        return new Input(in, keys.clone());
    }

    /** Ends when the keys were typed; holds the first keys back until it knows that the others do not follow. */
    public static final class Input extends FilterInputStream {
        private final byte[] keys;
        private int matched;
        private volatile boolean isDetached;

        private Input(InputStream in, byte[] keys) {
            super(in);
            this.keys = keys;
        }

        public boolean isDetached() {
            return isDetached;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[keys.length];
            int n = read(one, 0, 1);
            return n < 0 ? -1 : one[0] & 0xff;
        }

        /** May return zero while keys are held back. */
        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            if (isDetached) {
                return -1;
            }
            byte[] typed = new byte[Math.max(1, length - keys.length)];
            int count = in.read(typed, 0, typed.length);
            if (count < 0) {
                int held = matched;
                System.arraycopy(keys, 0, buffer, offset, held);
                matched = 0;
                return held == 0 ? -1 : held;
            }
            int written = 0;
            for (int i = 0; i < count; i++) {
                if (typed[i] == keys[matched]) {
                    matched++;
                    if (matched == keys.length) {
                        isDetached = true;
                        return written == 0 ? -1 : written;
                    }
                    continue;
                }
                System.arraycopy(keys, 0, buffer, offset + written, matched);
                written += matched;
                matched = 0;
                if (typed[i] == keys[0] && keys.length > 1) {
                    matched = 1;
                } else {
                    buffer[offset + written++] = typed[i];
                }
            }
            return written;
        }
    }
}
