package dev.priok.runtime.internal;

import dev.priok.core.Failure;
import dev.priok.init.MountStep;
import dev.priok.init.Slot;
import dev.priok.init.Steps;
import dev.priok.linux.Errno;
import dev.priok.linux.Fd;
import dev.priok.linux.FileCalls;
import dev.priok.linux.MountAttribute;
import dev.priok.linux.MountCalls;
import dev.priok.linux.OpenFlag;
import dev.priok.linux.OsThread;
import dev.priok.linux.ProcessCalls;
import dev.priok.linux.Syscall;
import dev.priok.linux.SyscallException;
import dev.priok.linux.Syscalls;
import dev.priok.runtime.FileUser;
import dev.priok.runtime.Rootfs;
import dev.priok.runtime.StartException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;

/**
 * A root file system as a detached mount, made in a mount namespace that nobody else sees. Layers, and the folder that is written
 * to, may be seen through a mapping of owners (Linux 5.19 for overlay): what root owns on disk belongs to the container's root,
 * whoever that is outside, and the other way round, so that on disk all owners are those inside.
 */
final class MappedRoot {
    private static final int CLONE_NEWNS = 0x20000;

    /** mount(2) takes one page of options. */
    private static final int LONGEST_DATA = 4095;

    private static final String LOWERS = "lowerdir=";
    private static final String UPPER = "upperdir=";
    private static final String WORK = "workdir=";

    /** Where the folder that is written to is in the table. */
    private static final String WRITTEN = "w";

    private static final String PURPOSE = "mounting the root file system";

    private final Path place;
    private final Optional<Fd> owners;
    private final UserIds ids;

    /**
     * For one root.
     *
     * @param place empty folder of the host to mount on, in a namespace of its own
     * @param owners user namespace whose mapping the layers are seen through
     */
    MappedRoot(Path place, Optional<Fd> owners, UserIds ids) {
        this.place = place;
        this.owners = owners;
        this.ids = ids;
    }

    Fd mount(Rootfs rootfs) throws IOException {
        try {
            return switch (rootfs) {
                case Rootfs.Directory(Path path) -> bound(path.toString(), true);
                case Rootfs.Mounted mounted when mounted.type().equals("bind") -> bound(mounted.source(), false);
                case Rootfs.Mounted mounted -> OsThread.run("mount-root", () -> overlay(mounted));
            };
        } catch (SyscallException e) {
            throw failed(e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Failure failure) {
                throw failure;
            }
            throw failed(e.getCause() instanceof IOException cause ? cause : e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            InterruptedIOException interrupted = new InterruptedIOException("interrupted while " + PURPOSE);
            interrupted.initCause(e);
            throw interrupted;
        }
    }

    private static StartException failed(Throwable cause) {
        return new StartException(StartException.Reason.STEP_FAILED, PURPOSE + ": " + cause.getMessage(), cause);
    }

    private Fd bound(String source, boolean recursive) throws IOException {
        try (Fd folder = FileCalls.host().open(source, OpenFlag.PATH | OpenFlag.DIRECTORY)) {
            Fd clone = MountCalls.host().cloneTree(folder, recursive);
            try {
                mapped(clone);
                return clone;
            } catch (SyscallException e) {
                clone.close();
                throw new IOException(
                        "the owners of " + source + " cannot be mapped ("
                                + e.errno().message()
                                + "): this needs Linux 5.19 and a file system that knows mapped mounts, such as ext4, xfs"
                                + " or btrfs; use --userns=host",
                        e);
            }
        }
    }

    private void mapped(Fd mount) throws IOException {
        if (owners.isPresent()) {
            MountCalls.host()
                    .setAttributes(
                            mount,
                            false,
                            MountAttribute.IDMAP,
                            0,
                            0,
                            owners.get().number());
        }
    }

    /** Only on a thread of its own, which this changes; its namespace ends with it. */
    private Fd overlay(Rootfs.Mounted rootfs) throws IOException {
        MountCalls mounts = MountCalls.host();
        ProcessCalls.host().unshare(CLONE_NEWNS);
        mounts.mount("none", "/", "none", MountAttribute.MS_REC | MountAttribute.MS_PRIVATE, "");
        try (Fd table = table()) {
            mounts.moveMount(table, place.toString());
            // Short names: all of them have to fit a page.
            check("chdir " + place, Syscalls.host().call(Syscall.CHDIR, place.toString()));
            MountOptions options = MountOptions.parse(rootfs.options());
            String data = String.join(",", data(options.data(), table));
            if (data.getBytes(StandardCharsets.UTF_8).length > LONGEST_DATA) {
                throw Failure.invalid("the options of the root file system take more than a page: %s", rootfs.source());
            }
            FileCalls.host().mkdir(table, "root", 0700);
            if (owners.isPresent()) {
                // Overlay writes as whoever mounted it, who has to be somebody on disk: the container's root.
                FileUser.become(ids.uid(0), ids.gid(0));
            }
            mounts.mount(rootfs.source(), "root", rootfs.type(), FileSystems.oldFlags(options.set()), data);
            try (Fd root = FileCalls.host().open("root", OpenFlag.PATH | OpenFlag.DIRECTORY)) {
                return mounts.cloneTree(root, false);
            }
        }
    }

    private static Fd table() throws IOException {
        try (Fd context = MountCalls.host().fsopen("tmpfs")) {
            MountCalls.host().create(context);
            return MountCalls.host().fsmount(context, 0);
        }
    }

    private List<String> data(List<String> options, Fd table) throws IOException {
        if (owners.isEmpty()) {
            return options;
        }
        List<String> result = new ArrayList<>();
        Optional<Path> written = Optional.empty();
        for (String option : options) {
            if (option.startsWith(LOWERS)) {
                List<String> names = new ArrayList<>();
                for (String lower : option.substring(LOWERS.length()).split(":")) {
                    String name = Integer.toString(names.size());
                    show(lower, table, name);
                    names.add(name);
                }
                result.add(LOWERS + String.join(":", names));
            } else if (option.startsWith(UPPER) || option.startsWith(WORK)) {
                Path folder = Path.of(option.substring(option.indexOf('=') + 1));
                // Overlay wants both in one mount.
                Path parent = folder.getParent();
                if (parent == null || (written.isPresent() && !written.get().equals(parent))) {
                    throw Failure.invalid("%s is not beside the other folder that overlay writes to", folder);
                }
                if (written.isEmpty()) {
                    show(parent.toString(), table, WRITTEN);
                    written = Optional.of(parent);
                }
                result.add(option.substring(0, option.indexOf('=') + 1) + WRITTEN + "/" + folder.getFileName());
            } else {
                result.add(option);
            }
        }
        return result;
    }

    /** Binds a folder, seen through the mapping, to a name of the table. */
    private void show(String folder, Fd table, String name) throws IOException {
        FileCalls.host().mkdir(table, name, 0700);
        try (Fd mapped = bound(folder, false)) {
            MountCalls.host().moveMount(mapped, name);
        }
    }

    private static void check(String what, long result) throws SyscallException {
        if (result < 0) {
            throw new SyscallException(what, Errno.of((int) -result));
        }
    }

    /** The same as steps, for printing. */
    static Steps steps(Rootfs.Mounted rootfs, Slot owners) {
        Steps steps = new Steps(PURPOSE);
        MountOptions options = MountOptions.parse(rootfs.options());
        List<String> data = new ArrayList<>();
        for (String option : options.data()) {
            if (option.startsWith(LOWERS)) {
                List<String> names = new ArrayList<>();
                for (String lower : option.substring(LOWERS.length()).split(":")) {
                    Slot layer = Slot.result("layer" + names.size());
                    steps.add(new MountStep.OpenTree(layer, Slot.CURRENT_DIRECTORY, lower, false));
                    steps.add(new MountStep.MapOwners(layer, false, owners));
                    names.add(Integer.toString(names.size()));
                }
                data.add(LOWERS + String.join(":", names));
            } else if (option.startsWith(UPPER) || option.startsWith(WORK)) {
                Path folder = Path.of(option.substring(option.indexOf('=') + 1));
                if (option.startsWith(UPPER)) {
                    Slot written = Slot.result("written");
                    steps.add(new MountStep.OpenTree(
                            written, Slot.CURRENT_DIRECTORY, String.valueOf(folder.getParent()), false));
                    steps.add(new MountStep.MapOwners(written, false, owners));
                }
                data.add(option.substring(0, option.indexOf('=') + 1) + WRITTEN + "/" + folder.getFileName());
            } else {
                data.add(option);
            }
        }
        steps.add(new MountStep.Mount(
                rootfs.source(), "root", rootfs.type(), FileSystems.oldFlags(options.set()), String.join(",", data)));
        steps.add(new MountStep.OpenTree(Slot.result("rootfs"), Slot.CURRENT_DIRECTORY, "root", false));
        return steps;
    }
}
