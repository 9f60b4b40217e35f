package dev.priok.runtime.internal;

import dev.priok.init.FileStep;
import dev.priok.init.Slot;
import dev.priok.init.Steps;
import dev.priok.linux.Errno;
import dev.priok.linux.OpenFlag;
import dev.priok.linux.Resolve;
import java.nio.file.Path;
import java.util.List;

/**
 * Opens paths inside a root file system, and makes what is missing. Every look-up starts at the root's descriptor and cannot leave
 * it, whatever links the image holds (CVE-2021-30465, CVE-2024-45310).
 */
final class Targets {
    private static final int PATH = OpenFlag.PATH | OpenFlag.CLOEXEC;
    private static final int FOLDER = PATH | OpenFlag.DIRECTORY;
    private static final int FOLDER_MODE = 0755;
    private static final int FILE_MODE = 0644;

    private final Slot root;

    Targets(Slot root) {
        this.root = root;
    }

    Slot root() {
        return root;
    }

    /** The path without its first slash, {@code .} and {@code ..}; empty for the root itself. */
    static String relative(String destination) {
        String clean = Path.of("/", destination).normalize().toString();
        return clean.substring(1);
    }

    /** Opens a folder, making it and those above it if need be. */
    Slot folder(Steps steps, String destination) {
        return folder(steps, destination, 0);
    }

    /** Opens a folder that may not be a link, such as the place of /proc. */
    Slot realFolder(Steps steps, String destination) {
        return folder(steps, destination, OpenFlag.NOFOLLOW);
    }

    private Slot folder(Steps steps, String destination, int flags) {
        String path = relative(destination);
        if (path.isEmpty()) {
            return root;
        }
        Slot result = slot(path);
        steps.orElse(open(result, path, FOLDER | flags), List.of(Errno.ENOENT), missing -> {
            Slot parent = folders(missing, parentOf(path));
            missing.tolerating(new FileStep.Mkdirat(parent, nameOf(path), FOLDER_MODE), Errno.EEXIST);
            missing.add(open(result, path, FOLDER | flags));
        });
        return result;
    }

    /** Opens a file of any kind; an empty one is made if there is none, in place of a link that leads nowhere. */
    Slot file(Steps steps, String destination) {
        String path = relative(destination);
        Slot result = slot(path);
        steps.orElse(open(result, path, PATH), List.of(Errno.ENOENT), missing -> {
            Slot parent = folders(missing, parentOf(path));
            int create = OpenFlag.CREAT | OpenFlag.EXCL | OpenFlag.NOFOLLOW | OpenFlag.CLOEXEC | OpenFlag.WRONLY;
            FileStep.OpenAt make = new FileStep.OpenAt(result, parent, nameOf(path), create, FILE_MODE);
            missing.orElse(make, List.of(Errno.EEXIST), link -> {
                link.add(new FileStep.Unlinkat(parent, nameOf(path)));
                link.add(make);
            });
        });
        return result;
    }

    /** The folder that a new file or node goes into. */
    Slot parent(Steps steps, String destination) {
        return folder(steps, parentOf(relative(destination)), 0);
    }

    private Slot folders(Steps steps, String path) {
        if (path.isEmpty()) {
            return root;
        }
        Slot parent = folders(steps, parentOf(path));
        Slot result = slot(path);
        steps.tolerating(new FileStep.Mkdirat(parent, nameOf(path), FOLDER_MODE), Errno.EEXIST);
        steps.add(open(result, path, FOLDER));
        return result;
    }

    private FileStep.OpenAt2 open(Slot result, String path, int flags) {
        return new FileStep.OpenAt2(result, root, path, flags, 0, Resolve.INSIDE);
    }

    private static Slot slot(String path) {
        return Slot.result("@/" + path);
    }

    static String parentOf(String path) {
        int slash = path.lastIndexOf('/');
        return slash < 0 ? "" : path.substring(0, slash);
    }

    static String nameOf(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }
}
