package dev.priok.build.tree;

import dev.priok.linux.Fd;
import java.nio.ByteBuffer;

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

    /**
     * Bytes in memory.
     *
     * @param buffer read-only, from its position to its limit
     */
    record Bytes(ByteBuffer buffer) implements Content {
        public Bytes {
            buffer = buffer.asReadOnlyBuffer();
        }

        /** These bytes, which must not be changed any more. */
        public static Bytes of(byte[] bytes) {
            return new Bytes(ByteBuffer.wrap(bytes));
        }

        @Override
        public long size() {
            return buffer.remaining();
        }

        /** A copy of the bytes. */
        public byte[] bytes() {
            byte[] bytes = new byte[buffer.remaining()];
            buffer.duplicate().get(bytes);
            return bytes;
        }
    }
}
