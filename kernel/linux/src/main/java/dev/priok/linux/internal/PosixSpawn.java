package dev.priok.linux.internal;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.priok.linux.Errno;
import dev.priok.linux.SyscallException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.List;

/** posix_spawn(3) of the C library, which clones with CLONE_VM and CLONE_VFORK and so never copies the JVM. */
public final class PosixSpawn {
    /** More than the opaque structures take in glibc (336, 80) and musl (336, 80), and than a sigset_t (128). */
    private static final int OPAQUE_BYTES = 512;

    private static final short SETSIGDEF = 4;
    private static final short SETSIGMASK = 8;

    private static final MethodHandle SPAWN = NativeSyscalls.function("posix_spawn", NativeSyscalls.intOf(6));
    private static final MethodHandle ATTR_INIT = one("posix_spawnattr_init");
    private static final MethodHandle ATTR_DESTROY = one("posix_spawnattr_destroy");
    private static final MethodHandle SET_FLAGS =
            NativeSyscalls.function("posix_spawnattr_setflags", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_SHORT));
    private static final MethodHandle SET_MASK = two("posix_spawnattr_setsigmask");
    private static final MethodHandle SET_DEFAULT = two("posix_spawnattr_setsigdefault");
    private static final MethodHandle ACTIONS_INIT = one("posix_spawn_file_actions_init");
    private static final MethodHandle ACTIONS_DESTROY = one("posix_spawn_file_actions_destroy");
    private static final MethodHandle ADD_DUP2 = NativeSyscalls.function(
            "posix_spawn_file_actions_adddup2", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT));

    private PosixSpawn() {}

    private static MethodHandle one(String name) {
        return NativeSyscalls.function(name, NativeSyscalls.intOf(1));
    }

    private static MethodHandle two(String name) {
        return NativeSyscalls.function(name, NativeSyscalls.intOf(2));
    }

    /** Starts {@code path}; see {@link dev.priok.linux.Spawn#start}. */
    public static int start(String path, List<String> arguments, int[] inherited) throws SyscallException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attributes = arena.allocate(OPAQUE_BYTES, 16);
            MemorySegment actions = arena.allocate(OPAQUE_BYTES, 16);
            MemorySegment none = arena.allocate(OPAQUE_BYTES, 16);
            MemorySegment all = arena.allocate(OPAQUE_BYTES, 16).fill((byte) 0xFF);
            MemorySegment pid = arena.allocate(JAVA_INT);
            check("posix_spawnattr_init", (int) ATTR_INIT.invokeExact(attributes));
            try {
                check("posix_spawn_file_actions_init", (int) ACTIONS_INIT.invokeExact(actions));
                try {
                    check("setflags", (int) SET_FLAGS.invokeExact(attributes, (short) (SETSIGDEF | SETSIGMASK)));
                    check("setsigmask", (int) SET_MASK.invokeExact(attributes, none));
                    check("setsigdefault", (int) SET_DEFAULT.invokeExact(attributes, all));
                    for (int fd : inherited) {
                        // A dup2 onto itself clears close-on-exec in the child (POSIX.1-2024, glibc 2.29).
                        check("adddup2", (int) ADD_DUP2.invokeExact(actions, fd, fd));
                    }
                    MemorySegment argv = arena.allocate(ADDRESS, arguments.size() + 1L);
                    for (int i = 0; i < arguments.size(); i++) {
                        argv.setAtIndex(ADDRESS, i, arena.allocateFrom(arguments.get(i)));
                    }
                    MemorySegment envp = arena.allocate(ADDRESS, 1);
                    MemorySegment name = arena.allocateFrom(path);
                    check("posix_spawn " + path, (int) SPAWN.invokeExact(pid, name, actions, attributes, argv, envp));
                    return pid.get(JAVA_INT, 0);
                } finally {
                    int _ = (int) ACTIONS_DESTROY.invokeExact(actions);
                }
            } finally {
                int _ = (int) ATTR_DESTROY.invokeExact(attributes);
            }
        } catch (SyscallException | RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("the linker failed on posix_spawn", e);
        }
    }

    private static void check(String call, int error) throws SyscallException {
        if (error != 0) {
            throw new SyscallException(call, Errno.of(error));
        }
    }
}
