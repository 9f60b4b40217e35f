package dev.priok.cgroup.internal;

import dev.priok.cgroup.Cgroup;
import dev.priok.cgroup.CgroupPlacement;
import dev.priok.cgroup.CgroupStats;
import dev.priok.cgroup.CgroupView;
import dev.priok.cgroup.Limits;
import dev.priok.cgroup.OomListener;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** A group on the one v2 hierarchy. */
final class UnifiedCgroup implements Cgroup {
    private final UnifiedHierarchy hierarchy;
    private final String path;
    private final Path directory;
    private final List<String> warnings;
    private final Freezing freezing;

    UnifiedCgroup(UnifiedHierarchy hierarchy, String path, List<String> warnings) {
        this.hierarchy = hierarchy;
        this.path = path;
        this.directory = hierarchy.directory(path);
        this.warnings = List.copyOf(warnings);
        this.freezing = new Freezing.Unified(hierarchy.files(), directory);
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
        return new CgroupPlacement(List.of(), Optional.of(hierarchy.files().openDirectory(directory)));
    }

    @Override
    public List<String> update(Limits limits) throws IOException {
        return hierarchy.update(path, limits);
    }

    @Override
    public CgroupStats stats() throws IOException {
        return reader().read();
    }

    private UnifiedStats reader() {
        return new UnifiedStats(hierarchy.files(), hierarchy.host(), directory);
    }

    @Override
    public void freeze(Duration patience) throws IOException {
        freezing.freeze(patience);
    }

    @Override
    public void thaw() throws IOException {
        freezing.thaw();
    }

    @Override
    public boolean frozen() throws IOException {
        return freezing.frozen();
    }

    @Override
    public void kill() throws IOException {
        Path kill = directory.resolve("cgroup.kill");
        if (hierarchy.files().exists(kill)) {
            hierarchy.files().write(kill, "1");
        } else {
            // Before Linux 5.14.
            hierarchy.groups().killEach(directory);
        }
    }

    @Override
    public List<Integer> pids() throws IOException {
        return hierarchy.groups().pids(directory);
    }

    @Override
    public long oomKills() throws IOException {
        return reader().oomKills();
    }

    @Override
    public OomWatch watchOom(OomListener listener) throws IOException {
        if (!hierarchy.files().exists(directory.resolve("memory.events"))) {
            return () -> {};
        }
        return hierarchy.oomWatcher().watchUnified(directory, listener);
    }

    @Override
    public CgroupView view() {
        return new CgroupView.Unified(directory);
    }

    @Override
    public void remove() throws IOException {
        hierarchy.groups().remove(directory);
    }
}
