package dev.priok.cgroup.internal;

import dev.priok.linux.Errno;
import dev.priok.linux.Fd;
import dev.priok.linux.FileCalls;
import dev.priok.linux.OpenFlag;
import dev.priok.linux.Syscall;
import dev.priok.linux.SyscallException;
import dev.priok.linux.Syscalls;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The control files of this machine. */
final class HostFiles implements ControlFiles {
    private static final Syscalls SYS = Syscalls.host();
    private static final FileCalls FILES = FileCalls.host();
    private static final int READ_BYTES = 8 << 10;

    /** No control file is longer, bar lists of processes of a fork bomb, of which the rest is seen next time. */
    private static final int MAXIMUM_BYTES = 1 << 20;

    @Override
    public boolean exists(Path file) {
        return Files.exists(file);
    }

    @Override
    public Optional<String> read(Path file) throws IOException {
        try (Fd fd = FILES.open(file.toString(), OpenFlag.RDONLY)) {
            byte[] buffer = new byte[READ_BYTES];
            ByteArrayOutputStream text = new ByteArrayOutputStream();
            while (text.size() < MAXIMUM_BYTES) {
                int n = (int) call(file, Syscall.READ, fd, buffer, buffer.length);
                if (n == 0) {
                    break;
                }
                text.write(buffer, 0, n);
            }
            return Optional.of(text.toString(StandardCharsets.US_ASCII));
        } catch (SyscallException e) {
            return switch (e.errno()) {
                case ENOENT, ENOTDIR, ENODEV -> Optional.empty();
                default -> throw e;
            };
        }
    }

    @Override
    public void write(Path file, List<String> lines) throws SyscallException {
        try (Fd fd = openForWriting(file)) {
            for (String line : lines) {
                byte[] bytes = line.getBytes(StandardCharsets.US_ASCII);
                call(file, Syscall.WRITE, fd, bytes, bytes.length);
            }
        }
    }

    @Override
    public void mkdir(Path directory) throws SyscallException {
        call(directory, Syscall.MKDIRAT, Fd.AT_FDCWD, directory.toString(), 0755);
    }

    @Override
    public void rmdir(Path directory) throws SyscallException {
        int removeDirectory = 0x200;
        call(directory, Syscall.UNLINKAT, Fd.AT_FDCWD, directory.toString(), removeDirectory);
    }

    @Override
    public List<Path> children(Path directory) throws IOException {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory, Files::isDirectory)) {
            entries.forEach(found::add);
        } catch (NoSuchFileException | NotDirectoryException _) {
            return List.of();
        }
        return found;
    }

    @Override
    public Fd openForWriting(Path file) throws SyscallException {
        return FILES.open(file.toString(), OpenFlag.WRONLY);
    }

    @Override
    public Fd openDirectory(Path directory) throws SyscallException {
        return FILES.open(directory.toString(), OpenFlag.RDONLY | OpenFlag.DIRECTORY);
    }

    @Override
    public boolean delegated(Path directory) throws IOException {
        try (Fd fd = openDirectory(directory)) {
            for (String name : List.of("trusted.delegate", "user.delegate")) {
                if (FILES.getXattr(fd, name)
                        .filter(v -> v.length > 0 && v[0] == '1')
                        .isPresent()) {
                    return true;
                }
            }
            return false;
        }
    }

    private static long call(Path object, Syscall number, Object... arguments) throws SyscallException {
        long result = SYS.call(number, arguments);
        if (result < 0) {
            throw new SyscallException(number.name().toLowerCase(Locale.ROOT) + " " + object, Errno.of((int) -result));
        }
        return result;
    }
}
