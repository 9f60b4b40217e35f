package dev.priok.init.internal;

import dev.priok.init.Argument.Part;
import dev.priok.init.Slot;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The data of a program: slots, structures and texts, by offset. Texts that are equal are kept once. */
final class DataArea {
    /** Room for most programs; it grows when needed. */
    private static final int FIRST_BYTES = 16 << 10;

    private final Map<Slot.Result, Integer> slots = new HashMap<>();
    private final Map<String, Integer> texts = new HashMap<>();
    private final List<Integer> relocations = new ArrayList<>();
    private ByteBuffer buffer = ByteBuffer.allocate(FIRST_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private int size;

    boolean knows(Slot.Result slot) {
        return slots.containsKey(slot);
    }

    /** The word of a slot; -1, which is no descriptor, until a call fills it. */
    int slot(Slot.Result slot) {
        return slots.computeIfAbsent(slot, _ -> {
            int at = reserve(Long.BYTES);
            buffer.putLong(at, -1);
            return at;
        });
    }

    int text(String text) {
        return texts.computeIfAbsent(text, t -> {
            byte[] bytes = t.getBytes(StandardCharsets.UTF_8);
            int at = reserve(bytes.length + 1);
            buffer.put(at, bytes);
            return at;
        });
    }

    static int bytes(Part part) {
        return part instanceof Part.Bytes(ByteBuffer bytes) ? bytes.remaining() : Long.BYTES;
    }

    int reserve(List<Part> parts) {
        int bytes = 0;
        for (Part part : parts) {
            bytes += bytes(part);
        }
        return reserve(bytes);
    }

    void putLong(int at, long value) {
        buffer.putLong(at, value);
    }

    void putBytes(int at, ByteBuffer bytes) {
        buffer.put(at, bytes, bytes.position(), bytes.remaining());
    }

    void putPointer(int at, int offset) {
        buffer.putLong(at, offset);
        relocations.add(at);
    }

    private int reserve(int bytes) {
        int at = (size + 7) & ~7;
        size = at + bytes;
        // Eight spare bytes: the program ends with a zero, and a structure without bytes still has an address.
        if (size + 16 > buffer.capacity()) {
            ByteBuffer larger = ByteBuffer.allocate(Math.max(2 * buffer.capacity(), size + 16))
                    .order(ByteOrder.LITTLE_ENDIAN);
            buffer = larger.put(0, buffer, 0, buffer.capacity());
        }
        return at;
    }

    List<Integer> relocations() {
        return relocations;
    }

    int size() {
        return ((size + 7) & ~7) + 8;
    }

    void put(ByteBuffer out) {
        out.put(buffer.array(), 0, size());
    }
}
