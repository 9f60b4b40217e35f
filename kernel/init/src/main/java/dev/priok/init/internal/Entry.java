package dev.priok.init.internal;

import java.nio.ByteBuffer;

/** {@code struct entry} of {@code program.h}, filled in as the list is laid out. */
final class Entry {
    static final int BYTES = 80;

    static final byte CALL = 0;
    static final byte SET = 1;
    static final byte GOTO = 2;
    static final byte CLONE = 3;
    static final byte ATTENDED = 4;
    static final byte FAIL = 5;
    static final byte SUPERVISE = 6;

    static final byte IMMEDIATE = 0;
    static final byte ADDRESS = 1;
    static final byte LOAD = 2;

    static final int NOWHERE = -1;

    private static final int ARGUMENTS = 6;
    private static final int TOLERATED = 4;

    /**
     * An argument as it is encoded.
     *
     * @param tag what the value is
     * @param value a number or an offset
     */
    record Operand(byte tag, long value) {}

    byte operation;
    boolean noted;
    int call;
    int[] tolerated = {};
    int store = NOWHERE;
    int jump;
    private final byte[] tags = new byte[ARGUMENTS];
    private final long[] values = new long[ARGUMENTS];

    Entry(byte operation) {
        this.operation = operation;
    }

    void set(int index, Operand operand) {
        tags[index] = operand.tag();
        values[index] = operand.value();
    }

    void put(ByteBuffer out) {
        out.put(operation).put((byte) (noted ? 1 : 0)).putShort((short) call);
        out.put(tags).putShort((short) 0);
        for (int i = 0; i < TOLERATED; i++) {
            out.putShort((short) (i < tolerated.length ? tolerated[i] : 0));
        }
        out.putInt(store).putInt(jump).putInt(0);
        for (long value : values) {
            out.putLong(value);
        }
    }
}
