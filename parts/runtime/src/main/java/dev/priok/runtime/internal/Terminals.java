package dev.priok.runtime.internal;

import dev.priok.core.Failure;
import dev.priok.linux.Errno;
import dev.priok.linux.Fd;
import dev.priok.linux.FileCalls;
import dev.priok.linux.FileStat;
import dev.priok.linux.MountCalls;
import dev.priok.linux.OpenFlag;
import dev.priok.linux.Resolve;
import dev.priok.linux.SyscallException;
import dev.priok.linux.TerminalCalls;
import dev.priok.oci.runtime.MountSpec;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Pseudo-terminals of a container's own instance of devpts. The daemon makes the instance before there is a process in the
 * container, so that nobody inside can have a hand in it.
 */
final class Terminals {
    private static final long DEVPTS_MAGIC = 0x1CD1;
    private static final int PTMX_MAJOR = 5;
    private static final int PTMX_MINOR = 2;
    private static final int MASTER = OpenFlag.RDWR | OpenFlag.NOCTTY | OpenFlag.NONBLOCK | OpenFlag.CLOEXEC;
    private static final int UNCHANGED = -1;

    private Terminals() {}

    /**
     * A terminal.
     *
     * @param master the daemon's end
     * @param slave the process's end
     * @param devpts the detached instance that it is of, when it is a new one
     */
    record Pair(Fd master, Fd slave, Optional<Fd> devpts) {}

    /** A terminal in a new instance that is mounted as the configuration has it. */
    static Pair inNewInstance(MountSpec mount, int uid, UserIds ids, Optional<TerminalCalls.Size> size)
            throws IOException {
        MountOptions options = MountOptions.parse(mount.options());
        try (Fd context = MountCalls.host().fsopen("devpts")) {
            for (String option : options.data()) {
                int equals = option.indexOf('=');
                if (equals < 0) {
                    MountCalls.host().setFlag(context, option);
                } else {
                    String key = option.substring(0, equals);
                    MountCalls.host().setString(context, key, outside(key, option.substring(equals + 1), ids));
                }
            }
            MountCalls.host().create(context);
            Fd devpts = MountCalls.host().fsmount(context, options.set());
            try {
                Fd master = FileCalls.host().openChild(devpts, "ptmx", MASTER, 0);
                return pair(master, uid, size, Optional.of(devpts));
            } catch (IOException e) {
                devpts.close();
                throw e;
            }
        }
    }

    /** The instance is made outside of the container's user namespace, so ids are those of outside. */
    private static String outside(String key, String value, UserIds ids) {
        try {
            return switch (key) {
                case "uid" -> Integer.toUnsignedString(ids.uid(Integer.parseUnsignedInt(value)));
                case "gid" -> Integer.toUnsignedString(ids.gid(Integer.parseUnsignedInt(value)));
                default -> value;
            };
        } catch (NumberFormatException e) {
            throw new Failure(Failure.Kind.INVALID, "not an id in the options of devpts: " + value, e);
        }
    }

    /** A terminal of the host's instance, for a container that shares /dev with it. */
    static Pair ofHost(int uid, Optional<TerminalCalls.Size> size) throws IOException {
        return pair(FileCalls.host().open("/dev/ptmx", MASTER), uid, size, Optional.empty());
    }

    /** A terminal of the instance that a running process sees; whatever is in its place there is refused (runc, CVE-2025-52565). */
    static Pair ofProcess(int pid, int uid, Optional<TerminalCalls.Size> size) throws IOException {
        FileCalls files = FileCalls.host();
        try (Fd root = files.open("/proc/" + pid + "/root", OpenFlag.PATH | OpenFlag.DIRECTORY);
                Fd node = files.openat2(root, "dev/pts/ptmx", OpenFlag.PATH | OpenFlag.NOFOLLOW, 0, Resolve.INSIDE)) {
            FileStat stat = files.stat(node);
            boolean genuine = files.fileSystemMagic(node) == DEVPTS_MAGIC
                    && stat.type() == FileStat.CHARACTER_DEVICE
                    && stat.deviceMajor() == PTMX_MAJOR
                    && stat.deviceMinor() == PTMX_MINOR;
            if (!genuine) {
                throw new SyscallException("opening a terminal: /dev/pts/ptmx", Errno.ENODEV);
            }
            return pair(files.open(node.procPath(), MASTER), uid, size, Optional.empty());
        }
    }

    private static Pair pair(Fd master, int uid, Optional<TerminalCalls.Size> size, Optional<Fd> devpts)
            throws IOException {
        try {
            TerminalCalls.host().unlock(master);
            if (size.isPresent()) {
                TerminalCalls.host().resize(master, size.get());
            }
            Fd slave = TerminalCalls.host().openSlave(master);
            if (uid != 0) {
                FileCalls.host().chown(slave, uid, UNCHANGED);
            }
            return new Pair(master, slave, devpts);
        } catch (IOException e) {
            master.close();
            throw e;
        }
    }

    /** The mount of devpts in a configuration that a new instance serves. */
    static Optional<MountSpec> devpts(List<MountSpec> mounts) {
        return mounts.stream().filter(mount -> "devpts".equals(mount.type())).findFirst();
    }
}
