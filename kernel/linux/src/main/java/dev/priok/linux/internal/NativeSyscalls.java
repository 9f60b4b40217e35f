package dev.priok.linux.internal;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.priok.core.PathText;
import dev.priok.linux.Architecture;
import dev.priok.linux.Errno;
import dev.priok.linux.Fd;
import dev.priok.linux.Syscall;
import dev.priok.linux.Syscalls;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** System calls by the C library's {@code syscall(2)}, with errno captured per call into memory that the call owns. */
public final class NativeSyscalls implements Syscalls {
    public static final NativeSyscalls INSTANCE = new NativeSyscalls();

    private static final int ARGUMENTS = 6;
    private static final Linker LINKER = Linker.nativeLinker();
    private static final MethodHandle SYSCALL = LINKER.downcallHandle(
            LINKER.defaultLookup().findOrThrow("syscall"),
            FunctionDescriptor.of(
                    JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
            Linker.Option.captureCallState("errno"),
            Linker.Option.firstVariadicArg(1));

    private NativeSyscalls() {}

    @Override
    public long call(Syscall number, Object... arguments) {
        if (arguments.length > ARGUMENTS) {
            throw new IllegalArgumentException("a system call takes at most six arguments");
        }
        int nr = number.number(Architecture.current());
        if (nr < 0) {
            return -Errno.ENOSYS.code();
        }
        try (Arena arena = Arena.ofConfined()) {
            long[] words = new long[ARGUMENTS];
            MemorySegment[] copies = new MemorySegment[ARGUMENTS];
            for (int i = 0; i < arguments.length; i++) {
                words[i] = word(arena, arguments[i], i, copies);
            }
            MemorySegment state = arena.allocate(JAVA_INT);
            long result = (long)
                    SYSCALL.invokeExact(state, (long) nr, words[0], words[1], words[2], words[3], words[4], words[5]);
            if (result == -1) {
                result = -state.get(JAVA_INT, 0);
            }
            for (int i = 0; i < arguments.length; i++) {
                if (arguments[i] instanceof byte[] bytes && copies[i] != null) {
                    MemorySegment.copy(copies[i], JAVA_BYTE, 0, bytes, 0, bytes.length);
                }
            }
            return result;
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("the linker failed on " + number.kernelName(), e);
        } finally {
            // Descriptors named by an argument stay open until the kernel is done with them.
            for (Object argument : arguments) {
                java.lang.ref.Reference.reachabilityFence(argument);
            }
        }
    }

    private static long word(Arena arena, Object argument, int index, MemorySegment[] copies) {
        return switch (argument) {
            case Integer i -> i;
            case Long l -> l;
            case Fd fd -> fd.number();
            case String s -> text(arena, s).address();
            case byte[] b -> {
                // One spare byte: an empty array still needs an address.
                MemorySegment copy = arena.allocate(Math.max(1, b.length), Long.BYTES);
                MemorySegment.copy(b, 0, copy, JAVA_BYTE, 0, b.length);
                copies[index] = copy;
                yield copy.address();
            }
            case ByteBuffer buffer -> {
                if (!buffer.isDirect()) {
                    throw new IllegalArgumentException("only direct buffers have an address");
                }
                yield MemorySegment.ofBuffer(buffer).address();
            }
            default ->
                throw new IllegalArgumentException(
                        "not a system call argument: " + argument.getClass() + " in " + Arrays.toString(copies));
        };
    }

    /** The bytes of a name with a NUL behind; nearly every name is plain UTF-8 and takes the short way. */
    private static MemorySegment text(Arena arena, String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                byte[] name = PathText.encode(text);
                MemorySegment copy = arena.allocate(name.length + 1L);
                MemorySegment.copy(name, 0, copy, JAVA_BYTE, 0, name.length);
                return copy;
            }
        }
        return arena.allocateFrom(text);
    }

    /** Links a function of the C library that takes and returns words, for what is not a plain system call. */
    static MethodHandle function(String name, FunctionDescriptor descriptor) {
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), descriptor);
    }

    static FunctionDescriptor intOf(int pointers) {
        var layouts = new java.lang.foreign.MemoryLayout[pointers];
        Arrays.fill(layouts, ADDRESS);
        return FunctionDescriptor.of(JAVA_INT, layouts);
    }
}
