package dev.priok.init;

import dev.priok.linux.FileCalls;
import dev.priok.linux.Syscall;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Steps on names, files and descriptors. */
public sealed interface FileStep extends SystemCall {
    /** Opens a path; see openat2(2). {@code resolve} has the flags of {@link dev.priok.linux.Resolve}. */
    record OpenAt2(Slot result, Slot directory, String path, int flags, int mode, int resolve) implements FileStep {
        private static final int HOW_BYTES = 24;

        @Override
        public Call call() {
            var how = new Argument.Block(
                    List.of(
                            new Argument.Part.Int64(flags & 0xFFFFFFFFL),
                            new Argument.Part.Int64(mode),
                            new Argument.Part.Int64(resolve)),
                    this::shown);
            return Call.of(Syscall.OPENAT2, directory, path, how, HOW_BYTES).keptIn(result);
        }

        private String shown() {
            return "{" + Flags.open(flags) + (mode == 0 ? "" : ", " + Flags.octal(mode)) + ", " + Flags.resolve(resolve)
                    + "}";
        }
    }

    /** Opens a path of the host or a name that cannot be a link; see openat(2). */
    record OpenAt(Slot result, Slot directory, String path, int flags, int mode) implements FileStep {
        @Override
        public Call call() {
            return Call.of(
                            Syscall.OPENAT,
                            directory,
                            path,
                            Flags.word(flags, () -> Flags.open(flags)),
                            Flags.mode(mode))
                    .keptIn(result);
        }
    }

    /** Writes a few bytes in one call; a shorter write does not count as an error. */
    record Write(Slot file, String text) implements FileStep {
        @Override
        public Call call() {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            var block = new Argument.Block(
                    List.of(new Argument.Part.Bytes(bytes)), () -> "\"" + text.replace("\n", "\\n") + "\"");
            return Call.of(Syscall.WRITE, file, block, bytes.length);
        }
    }

    /** Writes a {@link Report} without a time. */
    record WriteReport(Slot file, Report.Kind kind, Slot value) implements FileStep {
        @Override
        public Call call() {
            var record = new Argument.Block(
                    List.of(
                            new Argument.Part.Int64(kind.number()),
                            new Argument.Part.ValueOf(value),
                            new Argument.Part.Int64(0)),
                    () -> "{" + kind + ", " + value.name() + "}");
            return Call.of(Syscall.WRITE, file, record, Report.BYTES);
        }
    }

    /** Waits until somebody writes a byte to a pipe, or nobody holds its other end any more. */
    record AwaitByte(Slot pipe) implements FileStep {
        @Override
        public Call call() {
            var buffer = new Argument.Block(List.of(new Argument.Part.Int64(0)), "[]");
            return Call.of(Syscall.READ, pipe, buffer, 1);
        }
    }

    /** Goes back to the start of an open file. */
    record Rewind(Slot file) implements FileStep {
        @Override
        public Call call() {
            return Call.of(Syscall.LSEEK, file, 0, Flags.word(0, "SEEK_SET"));
        }
    }

    record Mkdirat(Slot directory, String name, int mode) implements FileStep {
        @Override
        public Call call() {
            return Call.of(Syscall.MKDIRAT, directory, name, Flags.mode(mode));
        }
    }

    /** Makes a node; {@code mode} has the type. */
    record Mknodat(Slot directory, String name, int mode, int major, int minor) implements FileStep {
        @Override
        public Call call() {
            long device = FileCalls.deviceNumber(major, minor);
            return Call.of(
                    Syscall.MKNODAT,
                    directory,
                    name,
                    Flags.mode(mode),
                    new Argument.Word(device, () -> "makedev(" + major + ", " + minor + ")"));
        }
    }

    record Symlinkat(String target, Slot directory, String name) implements FileStep {
        @Override
        public Call call() {
            return Call.of(Syscall.SYMLINKAT, target, directory, name);
        }
    }

    record Unlinkat(Slot directory, String name) implements FileStep {
        @Override
        public Call call() {
            return Call.of(Syscall.UNLINKAT, directory, name, 0);
        }
    }

    /** Changes the owner of an open file, or of {@code name} in an open directory; a link itself is changed. */
    record Fchownat(Slot directory, String name, int uid, int gid) implements FileStep {
        private static final int AT_SYMLINK_NOFOLLOW = 0x100;
        private static final int AT_EMPTY_PATH = 0x1000;

        @Override
        public Call call() {
            Argument flags = name.isEmpty()
                    ? Flags.word(AT_EMPTY_PATH, "AT_EMPTY_PATH")
                    : Flags.word(AT_SYMLINK_NOFOLLOW, "AT_SYMLINK_NOFOLLOW");
            return Call.of(Syscall.FCHOWNAT, directory, name, uid, gid, flags);
        }
    }

    /** Changes the permissions of a name that is known not to be a link. */
    record Fchmodat(Slot directory, String name, int mode) implements FileStep {
        @Override
        public Call call() {
            return Call.of(Syscall.FCHMODAT, directory, name, Flags.mode(mode));
        }
    }

    record Faccessat(Slot directory, String path) implements FileStep {
        @Override
        public Call call() {
            return Call.of(Syscall.FACCESSAT, directory, path, new Argument.Word(0, "F_OK"));
        }
    }

    record Fchdir(Slot directory) implements FileStep {
        @Override
        public Call call() {
            return Call.of(Syscall.FCHDIR, directory);
        }
    }

    record Chdir(String path) implements FileStep {
        @Override
        public Call call() {
            return Call.of(Syscall.CHDIR, path);
        }
    }

    /** Makes {@code number} another number of an open file, kept across an execution. */
    record Dup3(Slot file, int number) implements FileStep {
        @Override
        public Call call() {
            return Call.of(Syscall.DUP3, file, number, 0);
        }
    }

    record Close(Slot file) implements FileStep {
        @Override
        public Call call() {
            return Call.of(Syscall.CLOSE, file);
        }
    }

    /** Closes the descriptors from {@code first} to {@code last}, or marks them to be closed by an execution. */
    record CloseRange(int first, int last, boolean onExec) implements FileStep {
        /** Stands for the highest descriptor there can be. */
        public static final int LAST = -1;

        private static final int CLOSE_RANGE_CLOEXEC = 4;

        @Override
        public Call call() {
            return Call.of(
                    Syscall.CLOSE_RANGE,
                    first,
                    new Argument.Word(last & 0xFFFFFFFFL, () -> last == LAST ? "~0" : Integer.toString(last)),
                    onExec ? Flags.word(CLOSE_RANGE_CLOEXEC, "CLOSE_RANGE_CLOEXEC") : Flags.word(0, "0"));
        }
    }

    /** Makes an ioctl with a number. */
    record Ioctl(Slot file, String name, long request, long argument) implements FileStep {
        @Override
        public Call call() {
            return Call.of(Syscall.IOCTL, file, new Argument.Word(request, name), argument);
        }
    }

    /** Brings a network interface up: SIOCSIFFLAGS on a socket of any kind (netdevice(7)). */
    record InterfaceUp(Slot socket, String name) implements FileStep {
        private static final int SIOCSIFFLAGS = 0x8914;
        private static final short IFF_UP_RUNNING = 0x41;
        private static final int IFNAMSIZ = 16;
        private static final int IFREQ_BYTES = 40;

        @Override
        public Call call() {
            ByteBuffer request = ByteBuffer.allocate(IFREQ_BYTES).order(ByteOrder.nativeOrder());
            request.put(name.getBytes(StandardCharsets.US_ASCII));
            request.putShort(IFNAMSIZ, IFF_UP_RUNNING);
            return Call.of(
                    Syscall.IOCTL,
                    socket,
                    new Argument.Word(SIOCSIFFLAGS, "SIOCSIFFLAGS"),
                    new Argument.Block(
                            List.of(new Argument.Part.Bytes(request.array())),
                            () -> "{\"" + name + "\", IFF_UP|IFF_RUNNING}"));
        }
    }

    /** Makes a socket; see socket(2). */
    record Socket(Slot result, int family, int type) implements FileStep {
        public static final int AF_INET = 2;
        public static final int SOCK_DGRAM_CLOEXEC = 0x80002;

        @Override
        public Call call() {
            return Call.of(Syscall.SOCKET, family, type, 0).keptIn(result);
        }
    }
}
