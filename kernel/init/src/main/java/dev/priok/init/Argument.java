package dev.priok.init;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Supplier;

/** One argument of a system call. */
public sealed interface Argument {
    /**
     * A number.
     *
     * @param value passed as it is
     * @param shown how it is printed, such as {@code MS_BIND|MS_REC}; asked only then, since most lists are never printed
     */
    record Word(long value, Supplier<String> shown) implements Argument {
        public Word(long value) {
            this(value, () -> Long.toString(value));
        }

        public Word(long value, String shown) {
            this(value, () -> shown);
        }
    }

    /** The address of a text, in UTF-8 with a NUL behind it. */
    record Text(String text) implements Argument {
        public Text {
            if (text.indexOf('\0') >= 0) {
                throw new IllegalArgumentException("a text with a NUL in it: " + text.replace("\0", "\\0"));
            }
        }
    }

    /** A word that is known when the list runs. */
    record Value(Slot slot) implements Argument {}

    /** The address of a slot, which the kernel fills; it may write fewer than the eight bytes. */
    record Address(Slot.Result slot) implements Argument {}

    /**
     * The address of a structure, aligned to eight bytes; each use has its own copy.
     *
     * @param parts its words and bytes, one behind the other
     * @param shown how it is printed; asked only then
     */
    record Block(List<Part> parts, Supplier<String> shown) implements Argument {
        public Block {
            parts = List.copyOf(parts);
        }

        public Block(List<Part> parts, String shown) {
            this(parts, () -> shown);
        }
    }

    /** A piece of a structure. */
    sealed interface Part {
        /** Eight bytes. */
        record Int64(long value) implements Part {}

        /** Bytes as they are; whoever follows must keep words aligned. */
        record Bytes(ByteBuffer bytes) implements Part {
            public Bytes {
                bytes = bytes.asReadOnlyBuffer();
            }

            public Bytes(byte[] bytes) {
                this(ByteBuffer.wrap(bytes.clone()));
            }
        }

        /** Eight bytes: the address of a text or structure. */
        record Pointer(Argument target) implements Part {
            public Pointer {
                if (!(target instanceof Text || target instanceof Block)) {
                    throw new IllegalArgumentException("has no address: " + target);
                }
            }
        }

        /** Eight bytes: what the slot holds when the call is made. */
        record ValueOf(Slot slot) implements Part {}

        /** Eight bytes: the address of the slot itself, which the kernel fills. */
        record AddressOf(Slot.Result slot) implements Part {}
    }
}
