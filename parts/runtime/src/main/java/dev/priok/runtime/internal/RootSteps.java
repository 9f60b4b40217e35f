package dev.priok.runtime.internal;

import dev.priok.core.Failure;
import dev.priok.init.FileStep;
import dev.priok.init.MountStep;
import dev.priok.init.Slot;
import dev.priok.init.Steps;
import dev.priok.linux.MountAttribute;
import dev.priok.linux.OpenFlag;
import dev.priok.runtime.Rootfs;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The root file system: mounted in the container's own namespace over the state folder, and made the root at the end. */
final class RootSteps {
    /** mount(2) takes a page of options. */
    private static final int LONGEST_DATA = 4095;

    private static final Slot OLD_ROOT = Slot.result("oldroot");

    private final Slot root;
    private final boolean prepared;
    private final Path place;
    private final long propagation;

    /**
     * The root of one container.
     *
     * @param prepared a detached mount of it, if there is one already
     * @param place folder of the host to mount it over; nobody else sees that
     * @param propagation the configuration's word for it, null for {@code rslave}
     */
    RootSteps(Optional<Slot> prepared, Path place, @Nullable String propagation) {
        this.prepared = prepared.isPresent();
        this.root = prepared.orElse(Slot.result("root"));
        this.place = place;
        this.propagation = flags(propagation == null ? "rslave" : propagation);
    }

    private static long flags(String word) {
        long recursive = word.startsWith("r") ? MountAttribute.MS_REC : 0;
        return recursive
                | switch (word.startsWith("r") ? word.substring(1) : word) {
                    case "slave" -> MountAttribute.MS_SLAVE;
                    case "private" -> MountAttribute.MS_PRIVATE;
                    case "shared" -> MountAttribute.MS_SHARED;
                    case "unbindable" -> MountAttribute.MS_UNBINDABLE;
                    default -> throw Failure.invalid("unknown propagation of the root: %s", word);
                };
    }

    private boolean shared() {
        return (propagation & MountAttribute.MS_SHARED) != 0;
    }

    /** Mounts it; the result is its root. */
    Targets mount(Steps steps, Rootfs rootfs) {
        steps.purpose("preparing the mount namespace");
        steps.add(new MountStep.Mount(
                "", "/", "", shared() ? propagation : MountAttribute.MS_SLAVE | MountAttribute.MS_REC, ""));
        if (shared()) {
            // The parent of a new root may not be shared, so the place becomes a private mount of its own.
            Slot own = Slot.result("place");
            steps.add(new MountStep.OpenTree(own, Slot.CURRENT_DIRECTORY, place.toString(), false));
            attach(steps, own);
            // Being attached to a shared mount has made it shared.
            steps.add(new MountStep.MountSetattr(own, false, 0, 0, MountAttribute.MS_PRIVATE));
        }
        if (prepared) {
            steps.purpose("attaching the root file system");
            if (shared()) {
                // Neither may the new root be shared while the roots are exchanged.
                steps.add(new MountStep.MountSetattr(root, false, 0, 0, MountAttribute.MS_PRIVATE));
            }
            attach(steps, root);
            return new Targets(root);
        }
        switch (rootfs) {
            case Rootfs.Directory(Path path) -> bind(steps, path.toString());
            case Rootfs.Mounted(String type, String source, List<String> options, boolean _) -> {
                if (type.equals("bind")) {
                    bind(steps, source);
                } else {
                    old(steps, type, source, MountOptions.parse(options));
                }
            }
        }
        return new Targets(root);
    }

    private void bind(Steps steps, String source) {
        steps.purpose("binding the root file system " + source);
        steps.add(new MountStep.OpenTree(root, Slot.CURRENT_DIRECTORY, source, true));
        if (shared()) {
            // Neither may the new root be shared while the roots are exchanged.
            steps.add(new MountStep.MountSetattr(root, false, 0, 0, MountAttribute.MS_PRIVATE));
        }
        attach(steps, root);
    }

    private void old(Steps steps, String type, String source, MountOptions options) {
        steps.purpose("mounting the " + type + " root file system");
        String data = String.join(",", options.data());
        if (data.getBytes(StandardCharsets.UTF_8).length > LONGEST_DATA) {
            throw Failure.invalid("the options of the root file system take more than a page: %s", source);
        }
        steps.add(new MountStep.Mount(source, place.toString(), type, FileSystems.oldFlags(options.set()), data));
        steps.add(new FileStep.OpenAt(
                root,
                Slot.CURRENT_DIRECTORY,
                place.toString(),
                OpenFlag.PATH | OpenFlag.DIRECTORY | OpenFlag.CLOEXEC,
                0));
    }

    private void attach(Steps steps, Slot mount) {
        Slot target = Slot.result("@place");
        steps.add(new FileStep.OpenAt(
                target,
                Slot.CURRENT_DIRECTORY,
                place.toString(),
                OpenFlag.PATH | OpenFlag.DIRECTORY | OpenFlag.CLOEXEC,
                0));
        steps.add(new MountStep.MoveMount(mount, target));
    }

    /** Forbids writing to the root itself; what is mounted on it keeps its own ways. */
    void makeReadonly(Steps steps) {
        steps.purpose("making the root file system read-only");
        steps.add(new MountStep.MountSetattr(root, false, MountAttribute.RDONLY, 0, 0));
    }

    /** Makes it the root, and lets the host's tree go. */
    void enter(Steps steps) {
        steps.purpose("entering the root file system");
        steps.add(new FileStep.OpenAt(
                OLD_ROOT, Slot.CURRENT_DIRECTORY, "/", OpenFlag.PATH | OpenFlag.DIRECTORY | OpenFlag.CLOEXEC, 0));
        steps.add(new FileStep.Fchdir(root));
        steps.add(new MountStep.PivotRoot(".", "."));
        steps.add(new FileStep.Fchdir(OLD_ROOT));
        if (shared()) {
            // Else the host would see its own mounts go.
            steps.add(new MountStep.Mount("", ".", "", MountAttribute.MS_SLAVE | MountAttribute.MS_REC, ""));
        }
        steps.add(new MountStep.Umount2(".", true));
        steps.add(new FileStep.Chdir("/"));
        if (propagation != (MountAttribute.MS_SLAVE | MountAttribute.MS_REC)) {
            steps.add(new MountStep.Mount("", "/", "", propagation, ""));
        }
    }
}
