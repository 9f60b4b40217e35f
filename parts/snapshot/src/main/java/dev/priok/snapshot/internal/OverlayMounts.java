package dev.priok.snapshot.internal;

import dev.priok.core.Failure;
import dev.priok.linux.Errno;
import dev.priok.linux.Fd;
import dev.priok.linux.FileCalls;
import dev.priok.linux.MountAttribute;
import dev.priok.linux.MountCalls;
import dev.priok.linux.OpenFlag;
import dev.priok.linux.OsThread;
import dev.priok.linux.ProcessCalls;
import dev.priok.linux.SyscallException;
import dev.priok.snapshot.Mount;
import dev.priok.snapshot.Tree;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;

/** Opens what a {@link Mount} describes without attaching it anywhere: it vanishes with its descriptor. */
final class OverlayMounts {
    private static final int CLONE_NEWNS = 0x20000;
    /** What an image holds is read and written here, never obeyed. */
    private static final int QUIET = MountAttribute.NOSUID | MountAttribute.NODEV;

    /** mount(2) takes one page of options. */
    private static final int MAXIMUM_DATA_BYTES = 4095;

    private final FileCalls files = FileCalls.host();
    private final MountCalls mounts = MountCalls.host();
    private final Path mountPoint;

    /** An empty folder that the way for old kernels mounts on, in a namespace that nobody else sees. */
    OverlayMounts(Path mountPoint) {
        this.mountPoint = mountPoint;
    }

    Tree open(Mount mount) throws IOException {
        if (mount.type().equals("bind")) {
            try (Fd folder = files.open(mount.source(), OpenFlag.PATH | OpenFlag.DIRECTORY)) {
                Fd clone = mounts.cloneTree(folder, false);
                if (mount.readOnly()) {
                    mounts.setAttributes(clone, false, MountAttribute.RDONLY, 0, 0, -1);
                }
                return new Tree(clone);
            }
        }
        try (Fd context = mounts.fsopen("overlay")) {
            for (String lower : mount.lowers()) {
                mounts.setString(context, "lowerdir+", lower);
            }
            for (String option : mount.options()) {
                int equals = option.indexOf('=');
                if (equals < 0 && !option.equals("ro")) {
                    mounts.setFlag(context, option);
                } else if (equals > 0 && !option.startsWith("lowerdir=")) {
                    mounts.setString(context, option.substring(0, equals), option.substring(equals + 1));
                }
            }
            mounts.create(context);
            return new Tree(mounts.fsmount(context, QUIET | (mount.readOnly() ? MountAttribute.RDONLY : 0)));
        } catch (SyscallException e) {
            // Before 6.5 overlay does not know lowerdir+ and says so in one of these ways.
            if (e.errno() == Errno.EINVAL || e.errno() == Errno.ENOSYS) {
                return openByString(mount);
            }
            throw e;
        }
    }

    /** The way of kernels before 6.5: mounts in a namespace of a thread of its own, and takes a detached copy along. */
    private Tree openByString(Mount mount) throws IOException {
        String data = String.join(
                ",", mount.options().stream().filter(o -> !o.equals("ro")).toList());
        if (data.length() > MAXIMUM_DATA_BYTES) {
            throw Failure.invalid(
                    "%d layers are too many for this kernel, which takes %d bytes of mount options; it needs Linux 6.5",
                    mount.lowers().size(), MAXIMUM_DATA_BYTES);
        }
        try {
            return OsThread.run("overlay-mount", () -> {
                ProcessCalls.host().unshare(CLONE_NEWNS);
                mounts.mount("none", "/", "none", MountAttribute.MS_REC | MountAttribute.MS_PRIVATE, "");
                long flags = mount.readOnly() ? MountAttribute.MS_RDONLY : 0;
                mounts.mount("overlay", mountPoint.toString(), "overlay", flags, data);
                try (Fd mounted = files.open(mountPoint.toString(), OpenFlag.PATH | OpenFlag.DIRECTORY)) {
                    return new Tree(mounts.cloneTree(mounted, false));
                } finally {
                    mounts.unmount(mountPoint.toString(), MountCalls.MNT_DETACH);
                }
            });
        } catch (ExecutionException e) {
            throw new IOException("mounting layers failed: " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            InterruptedIOException interrupted = new InterruptedIOException("interrupted while mounting layers");
            interrupted.initCause(e);
            throw interrupted;
        }
    }
}
