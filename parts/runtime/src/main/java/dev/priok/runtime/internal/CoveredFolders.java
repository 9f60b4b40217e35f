package dev.priok.runtime.internal;

import dev.priok.linux.DescriptorCalls;
import dev.priok.linux.Errno;
import dev.priok.linux.Fd;
import dev.priok.linux.FileCalls;
import dev.priok.linux.FileStat;
import dev.priok.linux.MountCalls;
import dev.priok.linux.OpenFlag;
import dev.priok.linux.Resolve;
import dev.priok.linux.SyscallException;
import dev.priok.oci.runtime.MountSpec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a tmpfs takes over from the folder that it covers: permissions, where its options say none (runc does so), and with
 * {@code tmpcopyup} all that is in it. Looked at before there is a process in the container that could change it.
 */
final class CoveredFolders {
    private static final int BUFFER_BYTES = 256 << 10;

    /** Deeper trees than this are no configuration. */
    private static final int DEEPEST = 64;

    private static final String COPY_UP = "tmpcopyup";

    private final FileCalls files = FileCalls.host();
    private final Fd root;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);

    /** For one root file system. */
    CoveredFolders(Fd root) {
        this.root = root;
    }

    /** Whether a configuration has such mounts at all. */
    static boolean matter(List<MountSpec> mounts) {
        return mounts.stream().anyMatch(mount -> "tmpfs".equals(mount.type()) && (copiesUp(mount) || !hasMode(mount)));
    }

    private static boolean hasMode(MountSpec mount) {
        return mount.options().stream().anyMatch(option -> option.startsWith("mode="));
    }

    private static boolean copiesUp(MountSpec mount) {
        return mount.options().contains(COPY_UP);
    }

    /**
     * The mounts with what they take over.
     *
     * @param mounts with permissions added
     * @param filled detached tmpfs mounts by their place in the list
     */
    record TakenOver(List<MountSpec> mounts, Map<Integer, Fd> filled) {}

    TakenOver look(List<MountSpec> mounts) throws IOException {
        List<MountSpec> result = new ArrayList<>();
        Map<Integer, Fd> filled = new HashMap<>();
        boolean done = false;
        try {
            for (int i = 0; i < mounts.size(); i++) {
                MountSpec mount = mounts.get(i);
                if ("tmpfs".equals(mount.type()) && !covered(mount, mounts.subList(0, i))) {
                    mount = takeOver(mount, i, filled);
                }
                result.add(mount);
            }
            done = true;
            return new TakenOver(result, filled);
        } finally {
            if (!done) {
                filled.values().forEach(Fd::close);
            }
        }
    }

    /** Whether the place is in something that is mounted before: what is there is not the root's. */
    private static boolean covered(MountSpec mount, List<MountSpec> before) {
        String path = Targets.relative(mount.destination()) + "/";
        return before.stream().anyMatch(other -> path.startsWith(Targets.relative(other.destination()) + "/"));
    }

    private MountSpec takeOver(MountSpec mount, int index, Map<Integer, Fd> filled) throws IOException {
        try (Fd folder = files.openat2(
                root, Targets.relative(mount.destination()), OpenFlag.RDONLY | OpenFlag.DIRECTORY, 0, Resolve.INSIDE)) {
            List<String> options = new ArrayList<>(mount.options());
            if (!hasMode(mount)) {
                options.add("mode=%o".formatted(files.stat(folder).permissions()));
            }
            MountSpec known = new MountSpec(
                    mount.destination(),
                    mount.type(),
                    mount.source(),
                    options,
                    mount.uidMappings(),
                    mount.gidMappings());
            if (copiesUp(mount)) {
                Fd tmpfs = tmpfs(MountOptions.parse(options));
                filled.put(index, tmpfs);
                try (Fd target = files.openat2(tmpfs, ".", OpenFlag.RDONLY | OpenFlag.DIRECTORY, 0, Resolve.BENEATH)) {
                    FileStat stat = files.stat(folder);
                    files.chown(target, stat.uid(), stat.gid());
                    contents(folder, target, 0);
                }
            }
            return known;
        } catch (SyscallException e) {
            if (e.errno() == Errno.ENOENT || e.errno() == Errno.ENOTDIR || e.errno() == Errno.ELOOP) {
                return mount;
            }
            throw new IOException("copying what " + mount.destination() + " covers: " + e.getMessage(), e);
        }
    }

    private static Fd tmpfs(MountOptions options) throws IOException {
        try (Fd context = MountCalls.host().fsopen("tmpfs")) {
            for (String option : options.data()) {
                int equals = option.indexOf('=');
                if (equals < 0) {
                    MountCalls.host().setFlag(context, option);
                } else {
                    MountCalls.host().setString(context, option.substring(0, equals), option.substring(equals + 1));
                }
            }
            MountCalls.host().create(context);
            // Read-only comes last, when the mounts below have their places.
            return MountCalls.host()
                    .fsmount(
                            context, (options.set() | options.recursiveSet()) & ~dev.priok.linux.MountAttribute.RDONLY);
        }
    }

    private void contents(Fd from, Fd to, int depth) throws IOException {
        if (depth > DEEPEST) {
            throw new IOException("folders are nested more than " + DEEPEST + " deep");
        }
        for (String name : files.list(from)) {
            Optional<FileStat> found = files.find(from, name);
            if (found.isPresent()) {
                member(from, to, name, found.get(), depth);
            }
        }
    }

    private void member(Fd from, Fd to, String name, FileStat stat, int depth) throws IOException {
        switch (stat.type()) {
            case FileStat.DIRECTORY -> {
                files.mkdir(to, name, 0700);
                try (Fd source = files.openChild(from, name, OpenFlag.RDONLY | OpenFlag.DIRECTORY, 0);
                        Fd target = files.openChild(to, name, OpenFlag.RDONLY | OpenFlag.DIRECTORY, 0)) {
                    contents(source, target, depth + 1);
                    same(target, stat);
                }
            }
            case FileStat.REGULAR -> {
                int create = OpenFlag.WRONLY | OpenFlag.CREAT | OpenFlag.EXCL;
                try (Fd source = files.openChild(from, name, OpenFlag.RDONLY, 0);
                        Fd target = files.openChild(to, name, create, 0600)) {
                    bytes(source, target);
                    same(target, stat);
                }
            }
            case FileStat.SYMBOLIC_LINK -> {
                files.symlink(files.readlink(from, name), to, name);
                files.chown(to, name, stat.uid(), stat.gid());
            }
            default -> {
                files.mknod(to, name, stat.mode(), stat.deviceMajor(), stat.deviceMinor());
                files.chown(to, name, stat.uid(), stat.gid());
            }
        }
    }

    private void bytes(Fd source, Fd target) throws IOException {
        long at = 0;
        buffer.clear();
        while (DescriptorCalls.host().pread(source, buffer, at) > 0) {
            buffer.flip();
            while (buffer.hasRemaining()) {
                at += DescriptorCalls.host().pwrite(target, buffer, at);
            }
            buffer.clear();
        }
    }

    private void same(Fd target, FileStat stat) throws IOException {
        files.chown(target, stat.uid(), stat.gid());
        files.chmod(target, stat.permissions());
        files.setTimes(target, stat.modifiedSeconds(), stat.modifiedNanos());
    }
}
