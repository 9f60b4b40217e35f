package dev.priok.engine.spec;

import dev.priok.core.Failure;
import dev.priok.linux.Errno;
import dev.priok.linux.Fd;
import dev.priok.linux.FileCalls;
import dev.priok.linux.FileStat;
import dev.priok.linux.OpenFlag;
import dev.priok.linux.SyscallException;
import dev.priok.oci.runtime.LinuxSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Device nodes of the host, for {@code --device} and {@code --privileged}. */
public final class HostDevices {
    /** Names in /dev that are no devices of the host, or that every container has of its own. */
    private static final Set<String> SKIPPED =
            Set.of("pts", "shm", "fd", "mqueue", ".lxc", ".lxd-mounts", ".udev", "console", "ptmx");

    /** /dev has a few levels; a loop of bind mounts must not be followed for ever. */
    private static final int MAXIMUM_DEPTH = 8;

    private HostDevices() {}

    /** The device at {@code path}, or all devices below it when it is a directory, as seen at {@code inside}. */
    public static List<LinuxSpec.Device> at(String path, String inside) {
        FileCalls files = FileCalls.host();
        List<LinuxSpec.Device> found = new ArrayList<>();
        try (Fd file = files.open(path, OpenFlag.PATH)) {
            FileStat stat = files.stat(file);
            if (stat.isDirectory()) {
                try (Fd folder = files.open(path, OpenFlag.RDONLY | OpenFlag.DIRECTORY)) {
                    walk(files, folder, inside, 0, found);
                }
            } else {
                device(stat, inside).ifPresent(found::add);
            }
        } catch (SyscallException e) {
            throw gathering(path, e.errno().message());
        } catch (java.io.IOException e) {
            throw gathering(path, Cause.text(e));
        }
        if (found.isEmpty()) {
            throw gathering(path, "not a device node");
        }
        return found;
    }

    private static Failure gathering(String path, String why) {
        return Failure.invalid("error gathering device information while adding custom device \"%s\": %s", path, why);
    }

    /** Everything in /dev. */
    public static List<LinuxSpec.Device> all() throws java.io.IOException {
        List<LinuxSpec.Device> found = new ArrayList<>();
        try (Fd dev = FileCalls.host().open("/dev", OpenFlag.RDONLY | OpenFlag.DIRECTORY)) {
            walk(FileCalls.host(), dev, "/dev", 0, found);
        }
        return found;
    }

    private static void walk(FileCalls files, Fd folder, String inside, int depth, List<LinuxSpec.Device> found)
            throws java.io.IOException {
        for (String name : files.list(folder)) {
            if (SKIPPED.contains(name)) {
                continue;
            }
            Optional<FileStat> stat = files.find(folder, name);
            if (stat.isEmpty()) {
                continue;
            }
            if (stat.get().isDirectory() && depth < MAXIMUM_DEPTH) {
                try (Fd below = files.openChild(folder, name, OpenFlag.RDONLY | OpenFlag.DIRECTORY, 0)) {
                    walk(files, below, inside + "/" + name, depth + 1, found);
                } catch (SyscallException e) {
                    if (e.errno() != Errno.ENOENT && e.errno() != Errno.EACCES) {
                        throw e;
                    }
                }
            } else {
                device(stat.get(), inside + "/" + name).ifPresent(found::add);
            }
        }
    }

    private static Optional<LinuxSpec.Device> device(FileStat stat, String path) {
        String type = switch (stat.type()) {
            case FileStat.CHARACTER_DEVICE -> "c";
            case FileStat.BLOCK_DEVICE -> "b";
            default -> "";
        };
        return type.isEmpty()
                ? Optional.empty()
                : Optional.of(new LinuxSpec.Device(
                        type,
                        path,
                        stat.deviceMajor(),
                        stat.deviceMinor(),
                        stat.permissions(),
                        stat.uid(),
                        stat.gid()));
    }
}
