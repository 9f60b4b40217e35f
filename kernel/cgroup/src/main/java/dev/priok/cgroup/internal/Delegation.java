package dev.priok.cgroup.internal;

import dev.priok.cgroup.Controller;
import dev.priok.linux.Errno;
import dev.priok.linux.SyscallException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Hands controllers down a v2 hierarchy: each group on the way must name in {@code cgroup.subtree_control} what those
 * below may use, and a group that hands controllers down may hold no process itself (bar the root of the machine).
 */
final class Delegation {
    /** Where our own processes go when they stand in the way; see {@link #makeWay}. */
    private static final String LEAF = "priok-daemon";

    /** Parents that are known to be prepared; forgotten as a whole beyond this, which only costs some reading. */
    private static final int MAXIMUM_KNOWN = 256;

    private final Path root;
    private final ControlFiles files;
    private final HostUsage host;
    private final Map<Path, Set<Controller>> known = new ConcurrentHashMap<>();

    Delegation(Path root, ControlFiles files, HostUsage host) {
        this.root = root;
        this.files = files;
        this.host = host;
    }

    void forget() {
        known.clear();
    }

    /** Makes the parents of {@code directory} and hands {@code wanted} down to it; says what could not be. */
    List<String> prepare(Path directory, Set<Controller> wanted) throws IOException {
        Path parent = java.util.Objects.requireNonNull(directory.getParent(), "a group below the root");
        if (files.exists(parent) && known.getOrDefault(parent, Set.of()).containsAll(wanted)) {
            return List.of();
        }
        Map<Controller, String> missing = new EnumMap<>(Controller.class);
        Path at = root;
        enable(at, wanted, missing);
        for (Path name : root.relativize(parent)) {
            if (name.toString().isEmpty()) {
                break;
            }
            at = at.resolve(name);
            try {
                files.mkdir(at);
            } catch (SyscallException e) {
                if (e.errno() != Errno.EEXIST) {
                    throw e;
                }
            }
            enable(at, wanted, missing);
        }
        if (missing.isEmpty()) {
            if (known.size() >= MAXIMUM_KNOWN) {
                known.clear();
            }
            known.put(parent, Set.copyOf(wanted));
        }
        return List.copyOf(missing.values());
    }

    private void enable(Path group, Set<Controller> wanted, Map<Controller, String> missing) throws IOException {
        Set<String> available = words(group.resolve("cgroup.controllers"));
        Set<String> enabled = words(group.resolve("cgroup.subtree_control"));
        List<String> lacking = new ArrayList<>();
        for (Controller controller : wanted) {
            String name = controller.v2Name().orElseThrow();
            if (available.contains(name) && !enabled.contains(name)) {
                lacking.add("+" + name);
            } else if (!enabled.contains(name)) {
                missing.putIfAbsent(controller, text(name, group, "it is not available"));
            }
        }
        if (lacking.isEmpty()) {
            return;
        }
        Path control = group.resolve("cgroup.subtree_control");
        try {
            files.write(control, String.join(" ", lacking));
        } catch (SyscallException first) {
            boolean room = first.errno() == Errno.EBUSY && makeWay(group);
            if (!room && first.errno() != Errno.EBUSY && !SettingWriter.isUnsupported(first)) {
                throw first;
            }
            for (String one : lacking) {
                enableOne(group, one, missing);
            }
        }
    }

    private void enableOne(Path group, String plusName, Map<Controller, String> missing) throws IOException {
        try {
            files.write(group.resolve("cgroup.subtree_control"), plusName);
        } catch (SyscallException e) {
            if (e.errno() != Errno.EBUSY && !SettingWriter.isUnsupported(e)) {
                throw e;
            }
            String name = plusName.substring(1);
            String reason =
                    e.errno() == Errno.EBUSY ? "it holds processes" : e.errno().message();
            for (Controller controller : Controller.values()) {
                if (controller.v2Name().filter(name::equals).isPresent()) {
                    missing.putIfAbsent(controller, text(name, group, reason));
                }
            }
        }
    }

    private String text(String controller, Path group, String reason) {
        Path relative = root.relativize(group);
        return "cgroup controller %s cannot be enabled in /%s (%s). Its limits discarded."
                .formatted(controller, relative, reason);
    }

    private Set<String> words(Path file) throws IOException {
        Set<String> found =
                new TreeSet<>(List.of(files.read(file).orElse("").strip().split(" ")));
        found.remove("");
        return found;
    }

    /**
     * Moves the processes of a group that hinders into a leaf below it, if the group is ours to arrange: it holds this
     * process, and is either the root of our cgroup namespace or was delegated to us. Others' groups are left alone.
     */
    private boolean makeWay(Path group) throws IOException {
        String own = host.ownGroup();
        Path ownGroup = root.resolve(own.substring(1));
        boolean holdsUs = group.equals(own.equals("/") ? root : ownGroup);
        if (!holdsUs || !(group.equals(root) || files.delegated(group))) {
            return false;
        }
        Path leaf = group.resolve(LEAF);
        try {
            files.mkdir(leaf);
        } catch (SyscallException e) {
            if (e.errno() != Errno.EEXIST) {
                throw e;
            }
        }
        for (int pid : Texts.numbers(files.read(group.resolve("cgroup.procs")).orElse(""))) {
            try {
                files.write(leaf.resolve("cgroup.procs"), Integer.toString(pid));
            } catch (SyscallException e) {
                // It ended meanwhile, or is a kernel thread, which stays where it is.
                if (e.errno() != Errno.ESRCH && e.errno() != Errno.EINVAL) {
                    throw e;
                }
            }
        }
        return true;
    }
}
