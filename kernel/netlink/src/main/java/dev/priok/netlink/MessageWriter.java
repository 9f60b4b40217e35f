package dev.priok.netlink;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes netlink messages one behind the other: a header, a fixed structure, and attributes that may nest. Lengths are filled
 * in when a message or nest ends. See netlink(7) and the kernel's userspace-api/netlink/intro.
 */
public final class MessageWriter {
    static final int HEADER_BYTES = 16;
    static final int ATTRIBUTE_HEADER_BYTES = 4;
    static final int NESTED = 0x8000;

    /** Length of an attribute is 16 bits; a nest that may grow past this must be split by who writes it. */
    public static final int MOST_ATTRIBUTE_BYTES = 0xFFFF;

    private static final int LEAST_CAPACITY = 512;

    private ByteBuffer buffer = ByteBuffer.allocate(LEAST_CAPACITY).order(ByteOrder.nativeOrder());
    private int messageStart = -1;

    /** Begins a message; its sequence number is set when it is sent. */
    public MessageWriter begin(int type, int flags) {
        if (messageStart >= 0) {
            throw new IllegalStateException("the message before has no end");
        }
        messageStart = buffer.position();
        room(HEADER_BYTES);
        buffer.putInt(0)
                .putShort((short) type)
                .putShort((short) flags)
                .putInt(0)
                .putInt(0);
        return this;
    }

    /** Ends the message that was begun. */
    public MessageWriter end() {
        if (messageStart < 0) {
            throw new IllegalStateException("no message was begun");
        }
        buffer.putInt(messageStart, buffer.position() - messageStart);
        messageStart = -1;
        return this;
    }

    /** A byte of the fixed structure. */
    public MessageWriter put8(int value) {
        room(1);
        buffer.put((byte) value);
        return this;
    }

    /** A 16-bit number of the fixed structure. */
    public MessageWriter put16(int value) {
        room(2);
        buffer.putShort((short) value);
        return this;
    }

    /** A 32-bit number of the fixed structure. */
    public MessageWriter put32(int value) {
        room(4);
        buffer.putInt(value);
        return this;
    }

    public MessageWriter attribute(int type, byte[] value) {
        int bytes = ATTRIBUTE_HEADER_BYTES + value.length;
        if (bytes > MOST_ATTRIBUTE_BYTES) {
            throw new IllegalArgumentException("attribute %d of %d bytes is too long".formatted(type, bytes));
        }
        room(bytes + 3);
        buffer.putShort((short) bytes).putShort((short) type).put(value);
        pad();
        return this;
    }

    /** An attribute without a value, that means something by being there. */
    public MessageWriter flag(int type) {
        return attribute(type, new byte[0]);
    }

    public MessageWriter attribute8(int type, int value) {
        return attribute(type, new byte[] {(byte) value});
    }

    /** A 16-bit number in the machine's order. */
    public MessageWriter attribute16(int type, int value) {
        return attribute(
                type, number(2, ByteOrder.nativeOrder()).putShort((short) value).array());
    }

    /** A 32-bit number in the machine's order. */
    public MessageWriter attribute32(int type, int value) {
        return attribute(type, number(4, ByteOrder.nativeOrder()).putInt(value).array());
    }

    /** A 16-bit number in the network's order. */
    public MessageWriter attributeBig16(int type, int value) {
        return attribute(
                type, number(2, ByteOrder.BIG_ENDIAN).putShort((short) value).array());
    }

    /** A 32-bit number in the network's order, as nftables has all of them. */
    public MessageWriter attributeBig32(int type, int value) {
        return attribute(type, number(4, ByteOrder.BIG_ENDIAN).putInt(value).array());
    }

    /** A 64-bit number in the network's order. */
    public MessageWriter attributeBig64(int type, long value) {
        return attribute(type, number(8, ByteOrder.BIG_ENDIAN).putLong(value).array());
    }

    /** Text with a NUL behind. */
    public MessageWriter attribute(int type, String value) {
        byte[] text = value.getBytes(StandardCharsets.UTF_8);
        return attribute(type, Arrays.copyOf(text, text.length + 1));
    }

    /** An attribute that holds what {@code inner} writes. */
    public MessageWriter nest(int type, Runnable inner) {
        int start = buffer.position();
        room(ATTRIBUTE_HEADER_BYTES);
        buffer.putShort((short) 0).putShort((short) (type | NESTED));
        inner.run();
        int bytes = buffer.position() - start;
        if (bytes > MOST_ATTRIBUTE_BYTES) {
            throw new IllegalArgumentException("nest %d of %d bytes is too long".formatted(type, bytes));
        }
        buffer.putShort(start, (short) bytes);
        return this;
    }

    /** How many bytes are written. */
    public int size() {
        return buffer.position();
    }

    /** What is written, in the first {@link #size} bytes; not a copy. */
    byte[] array() {
        return buffer.array();
    }

    /** A copy of all that is written. */
    public byte[] toByteArray() {
        return Arrays.copyOf(buffer.array(), buffer.position());
    }

    private static ByteBuffer number(int bytes, ByteOrder order) {
        return ByteBuffer.allocate(bytes).order(order);
    }

    private void pad() {
        while (buffer.position() % 4 != 0) {
            buffer.put((byte) 0);
        }
    }

    private void room(int bytes) {
        if (buffer.remaining() < bytes) {
            int capacity = Math.max(buffer.capacity() * 2, buffer.position() + bytes);
            buffer =
                    ByteBuffer.allocate(capacity).order(ByteOrder.nativeOrder()).put(buffer.flip());
        }
    }
}
