package dev.priok.cgroup.internal;

import dev.priok.core.Failure;
import dev.priok.linux.SyscallException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Writes settings in order, and sorts the kernel's refusals into warnings, wrong values and errors. */
final class SettingWriter {
    private final ControlFiles files;
    private final List<String> warnings = new ArrayList<>();

    SettingWriter(ControlFiles files) {
        this.files = files;
    }

    List<String> warnings() {
        return List.copyOf(warnings);
    }

    void warn(String warning) {
        if (!warnings.contains(warning)) {
            warnings.add(warning);
        }
    }

    void write(Setting setting) throws IOException {
        try {
            files.write(setting.file(), setting.value());
        } catch (SyscallException e) {
            refused(setting, e);
        }
    }

    /** Writes {@code first} and {@code second}, or in the other order when the kernel wants that. */
    void writeEitherWay(Setting first, Setting second) throws IOException {
        try {
            files.write(first.file(), first.value());
        } catch (SyscallException e) {
            if (!isInvalid(e)) {
                refused(first, e);
                return;
            }
            write(second);
            write(first);
            return;
        }
        write(second);
    }

    static boolean isInvalid(SyscallException e) {
        return switch (e.errno()) {
            case EINVAL, ERANGE, EOVERFLOW, E2BIG, ENOSPC -> true;
            default -> false;
        };
    }

    /** True when it means that this host or this user cannot have the file. */
    static boolean isUnsupported(SyscallException e) {
        return switch (e.errno()) {
            case ENOENT, ENOTDIR, EACCES, EPERM, EROFS, EOPNOTSUPP, ENODEV -> true;
            default -> false;
        };
    }

    void refused(Setting setting, SyscallException e) throws IOException {
        if (isUnsupported(e)) {
            warn(setting.warning());
        } else if (isInvalid(e)) {
            throw new Failure(
                    Failure.Kind.INVALID,
                    "%s cannot be set to %s: %s"
                            .formatted(
                                    setting.file().getFileName(),
                                    setting.value(),
                                    e.errno().message()),
                    e);
        } else if (e.errno() == dev.priok.linux.Errno.EBUSY) {
            throw new Failure(
                    Failure.Kind.CONFLICT,
                    "%s cannot be set to %s: more is in use"
                            .formatted(setting.file().getFileName(), setting.value()),
                    e);
        } else {
            throw e;
        }
    }
}
