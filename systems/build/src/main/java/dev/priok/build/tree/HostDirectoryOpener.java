package dev.priok.build.tree;

import dev.priok.core.Failure;
import dev.priok.linux.Errno;
import dev.priok.linux.Fd;
import dev.priok.linux.FileCalls;
import dev.priok.linux.OpenFlag;
import dev.priok.linux.Resolve;
import dev.priok.linux.SyscallException;
import java.io.IOException;
import java.util.List;

/** Opens a directory below a root, making what is missing. */
final class HostDirectoryOpener {
    private static final int DIRECTORY = OpenFlag.RDONLY | OpenFlag.DIRECTORY;

    private final FileCalls files = FileCalls.host();
    private final HostRoot root;
    private final String path;

    HostDirectoryOpener(HostRoot root, String path) {
        this.root = root;
        this.path = path;
    }

    TargetDirectory open(Node template) throws IOException {
        List<String> elements = PathResolver.elements(PathResolver.clean(path));
        // The longest part that exists is opened by the kernel in one walk, links inside the root followed.
        for (int there = elements.size(); ; there--) {
            String part = String.join("/", elements.subList(0, there));
            try {
                Fd directory =
                        files.openat2(root.directory(), part.isEmpty() ? "." : part, DIRECTORY, 0, Resolve.INSIDE);
                return descend(
                        new HostDirectory(root, directory, part), elements.subList(there, elements.size()), template);
            } catch (SyscallException e) {
                if (e.errno() == Errno.ENOTDIR) {
                    throw Failure.invalid("cannot copy to non-directory: /%s", part);
                }
                if (e.errno() != Errno.ENOENT || there == 0) {
                    throw e;
                }
            }
        }
    }

    private static TargetDirectory descend(HostDirectory start, List<String> missing, Node template)
            throws IOException {
        HostDirectory directory = start;
        for (String name : missing) {
            try (HostDirectory parent = directory) {
                directory = parent.make(name, template);
            }
        }
        return directory;
    }
}
