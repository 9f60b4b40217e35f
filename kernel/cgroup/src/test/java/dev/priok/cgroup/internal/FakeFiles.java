package dev.priok.cgroup.internal;

import dev.priok.linux.Errno;
import dev.priok.linux.Fd;
import dev.priok.linux.FileCalls;
import dev.priok.linux.OpenFlag;
import dev.priok.linux.SyscallException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Control groups in a folder: new directories get the files of their parent's {@code template}, and writes are recorded. */
final class FakeFiles implements ControlFiles {
    /** Writes such as {@code memory/priok/a/memory.limit_in_bytes=1}, relative to the folder. */
    final List<String> writes = new ArrayList<>();

    final Set<Path> delegated = new HashSet<>();
    private final Path folder;
    private final Map<Path, Map<String, String>> templates = new HashMap<>();
    private final Map<String, Deque<Errno>> refusals = new HashMap<>();

    FakeFiles(Path folder) {
        this.folder = folder;
    }

    /** Groups made below {@code mount} have these files. */
    FakeFiles template(Path mount, Map<String, String> files) throws IOException {
        Files.createDirectories(mount);
        templates.put(mount, files);
        return this;
    }

    /** The next write to {@code file} (relative to the folder) fails. */
    FakeFiles refuse(String file, Errno errno) {
        refusals.computeIfAbsent(file, _ -> new ArrayDeque<>()).add(errno);
        return this;
    }

    private String name(Path path) {
        return folder.relativize(path).toString();
    }

    private void refuseIfTold(Path path) throws SyscallException {
        Deque<Errno> queue = refusals.get(name(path));
        if (queue != null && !queue.isEmpty()) {
            throw new SyscallException("write " + name(path), queue.remove());
        }
    }

    @Override
    public boolean exists(Path file) {
        return Files.exists(file);
    }

    @Override
    public Optional<String> read(Path file) throws IOException {
        return Files.isRegularFile(file) ? Optional.of(Files.readString(file)) : Optional.empty();
    }

    @Override
    public void write(Path file, List<String> lines) throws SyscallException {
        for (String line : lines) {
            refuseIfTold(file);
            if (!Files.exists(file)) {
                throw new SyscallException("open " + name(file), Errno.ENOENT);
            }
            writes.add(name(file) + "=" + line);
            try {
                if (name(file).endsWith("subtree_control")) {
                    String now = Files.readString(file).strip() + " " + line.replace("+", "");
                    Files.writeString(file, now.strip());
                } else {
                    Files.writeString(file, line);
                }
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }
    }

    @Override
    public void mkdir(Path directory) throws SyscallException {
        refuseIfTold(directory);
        if (Files.exists(directory)) {
            throw new SyscallException("mkdir " + name(directory), Errno.EEXIST);
        }
        try {
            if (!Files.exists(directory.getParent())) {
                throw new SyscallException("mkdir " + name(directory), Errno.ENOENT);
            }
            Files.createDirectory(directory);
            for (var mount : templates.entrySet()) {
                if (directory.startsWith(mount.getKey())) {
                    for (var file : mount.getValue().entrySet()) {
                        Files.writeString(directory.resolve(file.getKey()), file.getValue());
                    }
                }
            }
        } catch (SyscallException e) {
            throw e;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Override
    public void rmdir(Path directory) throws SyscallException {
        refuseIfTold(directory);
        if (!Files.exists(directory)) {
            throw new SyscallException("rmdir " + name(directory), Errno.ENOENT);
        }
        try {
            if (!children(directory).isEmpty()) {
                throw new SyscallException("rmdir " + name(directory), Errno.EBUSY);
            }
            try (Stream<Path> files = Files.walk(directory)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        } catch (SyscallException e) {
            throw e;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Override
    public List<Path> children(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.filter(Files::isDirectory).sorted().toList();
        }
    }

    @Override
    public Fd openForWriting(Path file) throws SyscallException {
        return FileCalls.host().open(file.toString(), OpenFlag.WRONLY);
    }

    @Override
    public Fd openDirectory(Path directory) throws SyscallException {
        return FileCalls.host().open(directory.toString(), OpenFlag.RDONLY | OpenFlag.DIRECTORY);
    }

    @Override
    public boolean delegated(Path directory) {
        return delegated.contains(directory);
    }
}
