package dev.priok.cgroup.internal;

import dev.priok.cgroup.Cgroup;
import dev.priok.cgroup.CgroupPlacement;
import dev.priok.cgroup.CgroupStats;
import dev.priok.cgroup.CgroupView;
import dev.priok.cgroup.Controller;
import dev.priok.cgroup.Limits;
import dev.priok.cgroup.OomListener;
import dev.priok.linux.Fd;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A group on v1 hierarchies, and on the empty v2 beside them when there is one. */
final class LegacyCgroup implements Cgroup {
    private final LegacyHierarchy hierarchy;
    private final String path;
    private final List<String> warnings;

    LegacyCgroup(LegacyHierarchy hierarchy, String path, List<String> warnings) {
        this.hierarchy = hierarchy;
        this.path = path;
        this.warnings = List.copyOf(warnings);
    }

    @Override
    public String path() {
        return path;
    }

    @Override
    public List<String> warnings() {
        return warnings;
    }

    @Override
    public CgroupPlacement placement() throws IOException {
        List<Fd> tasks = new ArrayList<>();
        try {
            for (Path directory : hierarchy.directories(path)) {
                tasks.add(hierarchy.files().openForWriting(directory.resolve("tasks")));
            }
            Optional<Path> unified = hierarchy.unified(path);
            Optional<Fd> v2 = unified.isPresent()
                    ? Optional.of(hierarchy.files().openDirectory(unified.get()))
                    : Optional.empty();
            return new CgroupPlacement(tasks, v2);
        } catch (IOException | RuntimeException e) {
            tasks.forEach(Fd::close);
            throw e;
        }
    }

    @Override
    public List<String> update(Limits limits) throws IOException {
        return hierarchy.update(path, limits);
    }

    @Override
    public CgroupStats stats() throws IOException {
        return reader().read();
    }

    private LegacyStats reader() {
        return new LegacyStats(hierarchy.files(), hierarchy.host(), hierarchy.byController(path));
    }

    private Freezing freezing() {
        Optional<Path> unified = hierarchy.unified(path);
        if (unified.isPresent()) {
            return new Freezing.Unified(hierarchy.files(), unified.get());
        }
        Path freezer = hierarchy.byController(path).get(Controller.FREEZER);
        return freezer == null ? new Freezing.None(path) : new Freezing.Legacy(hierarchy.files(), freezer);
    }

    @Override
    public void freeze(Duration patience) throws IOException {
        freezing().freeze(patience);
    }

    @Override
    public void thaw() throws IOException {
        freezing().thaw();
    }

    @Override
    public boolean frozen() throws IOException {
        return freezing().frozen();
    }

    @Override
    public void kill() throws IOException {
        Groups groups = hierarchy.groups();
        Optional<Path> unified = hierarchy.unified(path);
        if (unified.isPresent() && hierarchy.files().exists(unified.get().resolve("cgroup.kill"))) {
            hierarchy.files().write(unified.get().resolve("cgroup.kill"), "1");
            return;
        }
        Map<Controller, Path> directories = hierarchy.byController(path);
        Path freezer = directories.get(Controller.FREEZER);
        if (freezer != null) {
            // A frozen v1 process does not see the signal before it is thawed.
            new Freezing.Legacy(hierarchy.files(), freezer).thaw();
        }
        Optional<Path> listed = hierarchy.directories(path).stream().findFirst();
        if (listed.isPresent()) {
            groups.killEach(listed.get());
        }
    }

    @Override
    public List<Integer> pids() throws IOException {
        Map<Controller, Path> directories = hierarchy.byController(path);
        Path listed = directories.containsKey(Controller.PIDS)
                ? directories.get(Controller.PIDS)
                : hierarchy.directories(path).stream().findFirst().orElse(null);
        return listed == null ? List.of() : hierarchy.groups().pids(listed);
    }

    @Override
    public long oomKills() throws IOException {
        return reader().oomKills().orElse(0);
    }

    @Override
    public OomWatch watchOom(OomListener listener) throws IOException {
        Path memory = hierarchy.byController(path).get(Controller.MEMORY);
        if (memory == null) {
            return () -> {};
        }
        return hierarchy.oomWatcher().watchLegacy(memory, hierarchy.files(), listener);
    }

    @Override
    public CgroupView view() {
        return hierarchy.view(path);
    }

    @Override
    public void remove() throws IOException {
        hierarchy.remove(path);
    }
}
