package dev.priok.snapshot.internal;

import dev.priok.linux.Errno;
import dev.priok.linux.Fd;
import dev.priok.linux.FileCalls;
import dev.priok.linux.FileStat;
import dev.priok.linux.OpenFlag;
import dev.priok.linux.SyscallException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * How overlayfs marks what a layer takes away: a deleted name is a character device 0:0, a folder that hides the one below
 * carries an attribute.
 *
 * @param prefix of overlay's attributes: {@code trusted.overlay.} for root, {@code user.overlay.} for mounts in a user
 *     namespace (option {@code userxattr})
 * @see <a href="https://docs.kernel.org/filesystems/overlayfs.html#whiteouts-and-opaque-directories">overlayfs, whiteouts</a>
 */
record OverlayForm(String prefix) {
    private static final byte[] YES = {'y'};
    private static final OverlayForm CURRENT = new OverlayForm(isRoot() ? "trusted.overlay." : "user.overlay.");

    /** The form for this process. */
    static OverlayForm current() {
        return CURRENT;
    }

    /** Whether this process may own files as anybody and set trusted attributes. */
    static boolean isRoot() {
        try {
            return (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0;
        } catch (IOException _) {
            return false;
        }
    }

    /** Whether an attribute is overlay's own business; a layer must never bring one, it could redirect to another place. */
    static boolean isOverlays(String xattr) {
        return xattr.startsWith("trusted.overlay.") || xattr.startsWith("user.overlay.");
    }

    void whiteout(Fd folder, String name) throws IOException {
        FileCalls.host().mknod(folder, name, FileStat.CHARACTER_DEVICE, 0, 0);
    }

    void makeOpaque(Fd folder) throws IOException {
        FileCalls.host().setXattr(folder, prefix + "opaque", YES);
    }

    void makeOpaque(Fd parent, String name) throws IOException {
        try (Fd folder = FileCalls.host().openChild(parent, name, OpenFlag.RDONLY | OpenFlag.DIRECTORY, 0)) {
            makeOpaque(folder);
        }
    }

    boolean isOpaque(Fd folder) throws SyscallException {
        Optional<byte[]> value = FileCalls.host().getXattr(folder, prefix + "opaque");
        return value.isPresent() && value.get().length == 1 && value.get()[0] == 'y';
    }

    /** Whether setting an attribute failed in a way that every tool passes over: not supported here, or not ours to set. */
    static boolean mayIgnore(String xattr, Errno errno) {
        return !xattr.equals("security.capability") && (errno == Errno.EOPNOTSUPP || errno == Errno.EPERM);
    }
}
