package dev.priok.runtime.internal;

import dev.priok.core.Failure;
import dev.priok.init.FileStep;
import dev.priok.init.MountStep;
import dev.priok.init.Slot;
import dev.priok.init.Steps;
import dev.priok.linux.Errno;
import dev.priok.linux.FileStat;
import dev.priok.linux.OpenFlag;
import dev.priok.oci.runtime.LinuxSpec.Device;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Nodes and links in /dev, all relative to one descriptor of it (CVE-2026-41579: an image whose /dev is a link). */
final class DeviceSteps {
    private static final int MODE = 0666;
    private static final int PERMISSIONS = 07777;

    /** What every container has (OCI runtime spec, default devices). */
    private static final List<Device> DEFAULT = List.of(
            device("/dev/null", 1, 3),
            device("/dev/zero", 1, 5),
            device("/dev/full", 1, 7),
            device("/dev/random", 1, 8),
            device("/dev/urandom", 1, 9),
            device("/dev/tty", 5, 0));

    private static final Map<String, String> LINKS = Map.of(
            "fd", "/proc/self/fd",
            "stdin", "/proc/self/fd/0",
            "stdout", "/proc/self/fd/1",
            "stderr", "/proc/self/fd/2");

    private final Steps steps;
    private final Targets targets;
    private final boolean bound;

    /**
     * For one container.
     *
     * @param bound whether nodes are the host's, bound: in a user namespace none can be made that works
     */
    DeviceSteps(Steps steps, Targets targets, boolean bound) {
        this.bound = bound;
        this.steps = steps;
        this.targets = targets;
    }

    private static Device device(String path, long major, long minor) {
        return new Device("c", path, major, minor, MODE, 0, 0);
    }

    /** Makes the default nodes, those of the configuration, and the links. */
    void populate(List<Device> devices, boolean kcore) {
        steps.purpose("making devices");
        Slot dev = targets.folder(steps, "/dev");
        Map<String, Device> all = new LinkedHashMap<>();
        DEFAULT.forEach(device -> all.put(device.path(), device));
        devices.forEach(device -> all.put("/" + Targets.relative(device.path()), device));
        all.forEach((path, device) -> node(dev, path, device));
        steps.purpose("making links in /dev");
        LINKS.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(link -> link(link.getValue(), dev, link.getKey()));
        if (kcore) {
            link("/proc/kcore", dev, "core");
        }
        steps.tolerating(new FileStep.Unlinkat(dev, "ptmx"), Errno.ENOENT);
        steps.add(new FileStep.Symlinkat("pts/ptmx", dev, "ptmx"));
    }

    private void link(String target, Slot dev, String name) {
        steps.tolerating(new FileStep.Symlinkat(target, dev, name), Errno.EEXIST);
    }

    private void node(Slot dev, String path, Device device) {
        steps.purpose("making device " + path);
        int type = switch (device.type()) {
            case "c", "u" -> FileStat.CHARACTER_DEVICE;
            case "b" -> FileStat.BLOCK_DEVICE;
            case "p" -> FileStat.FIFO;
            default -> throw Failure.invalid("unknown type of device %s: %s", path, device.type());
        };
        String relative = Targets.relative(path);
        String name = Targets.nameOf(relative);
        Slot parent = Targets.parentOf(relative).equals("dev") ? dev : targets.parent(steps, path);
        int mode = (device.fileMode() == null ? MODE : device.fileMode()) & PERMISSIONS;
        if (bound && type != FileStat.FIFO) {
            steps.tolerating(new FileStep.Unlinkat(parent, name), Errno.ENOENT);
            bind(steps, parent, path, name);
            return;
        }
        FileStep.Mknodat make =
                new FileStep.Mknodat(parent, name, type | mode, (int) device.major(), (int) device.minor());
        steps.branch(
                make,
                List.of(Errno.EEXIST, Errno.EPERM),
                made -> own(made, parent, name, device),
                refused -> replace(refused, parent, path, make));
    }

    private static void own(Steps steps, Slot parent, String name, Device device) {
        int uid = device.uid() == null ? 0 : device.uid();
        int gid = device.gid() == null ? 0 : device.gid();
        if (uid != 0 || gid != 0) {
            steps.add(new FileStep.Fchownat(parent, name, uid, gid));
        }
    }

    /** The image has something of that name, which goes; or nodes cannot be made here, and the host's is bound. */
    private static void replace(Steps steps, Slot parent, String path, FileStep.Mknodat make) {
        steps.tolerating(new FileStep.Unlinkat(parent, make.name()), Errno.ENOENT);
        steps.orElse(make, List.of(Errno.EPERM), otherwise -> bind(otherwise, parent, path, make.name()));
    }

    private static void bind(Steps steps, Slot parent, String path, String name) {
        Slot file = Slot.result("file:" + path);
        Slot node = Slot.result("node:" + path);
        int create = OpenFlag.CREAT | OpenFlag.EXCL | OpenFlag.NOFOLLOW | OpenFlag.CLOEXEC | OpenFlag.WRONLY;
        steps.add(new FileStep.OpenAt(file, parent, name, create, MODE));
        steps.add(new MountStep.OpenTree(node, Slot.CURRENT_DIRECTORY, path, false));
        steps.add(new MountStep.MoveMount(node, file));
    }

    /** Binds the terminal's own end on /dev/console, by descriptor (CVE-2025-52565). */
    void console(Slot terminal) {
        steps.purpose("binding the terminal on /dev/console");
        Slot dev = targets.folder(steps, "/dev");
        Slot file = Slot.result("@/dev/console");
        Slot tree = Slot.result("mount:/dev/console");
        int create = OpenFlag.CREAT | OpenFlag.NOFOLLOW | OpenFlag.CLOEXEC | OpenFlag.NOCTTY | OpenFlag.NONBLOCK;
        steps.add(new FileStep.OpenAt(file, dev, "console", create, 0620));
        steps.add(new MountStep.OpenTree(tree, terminal, "", false));
        steps.add(new MountStep.MoveMount(tree, file));
    }
}
