package dev.priok.build.tree;

import dev.priok.linux.Fd;
import java.util.Arrays;

/** Where the bytes of a regular file are. */
public sealed interface Content extends AutoCloseable {
    /** Length in bytes. */
    long size();

    @Override
    default void close() {}

    /** A stretch of an open file that belongs to somebody else. */
    record Range(Fd file, long offset, long size) implements Content {}

    /** A whole file, open for this content alone. */
    record Whole(Fd file, long size) implements Content {
        @Override
        public void close() {
            file.close();
        }
    }

    /** Bytes in memory. */
    final class Bytes implements Content {
        private final byte[] bytes;

        public Bytes(byte[] bytes) {
            this.bytes = bytes.clone();
        }

        @Override
        public long size() {
            return bytes.length;
        }

        /** A copy of the bytes. */
        public byte[] bytes() {
            return Arrays.copyOf(bytes, bytes.length);
        }
    }
}
