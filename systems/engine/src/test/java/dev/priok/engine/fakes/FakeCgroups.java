package dev.priok.engine.fakes;

import dev.priok.cgroup.Cgroup;
import dev.priok.cgroup.CgroupFeatures;
import dev.priok.cgroup.CgroupHierarchy;
import dev.priok.cgroup.CgroupMode;
import dev.priok.cgroup.CgroupPlacement;
import dev.priok.cgroup.CgroupStats;
import dev.priok.cgroup.CgroupView;
import dev.priok.cgroup.Controller;
import dev.priok.cgroup.Limits;
import dev.priok.cgroup.OomListener;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** Groups in memory; one that runs out of memory does so when {@link #kills} says it. */
public final class FakeCgroups implements CgroupHierarchy {
    public final Map<String, FakeGroup> groups = new ConcurrentHashMap<>();
    public volatile long kills;

    @Override
    public CgroupMode mode() {
        return CgroupMode.HYBRID;
    }

    @Override
    public Set<Controller> controllers() {
        return Set.of(Controller.values());
    }

    @Override
    public CgroupFeatures features() {
        return new CgroupFeatures(
                true, true, true, true, true, true, true, true, true, true, true, true, true, true, true);
    }

    @Override
    public String availableCpus() {
        return "0-1";
    }

    @Override
    public String availableMemoryNodes() {
        return "0";
    }

    @Override
    public Checked check(Limits limits) {
        return new Checked(limits, List.of());
    }

    @Override
    public Cgroup create(String path, Limits limits) {
        FakeGroup group = new FakeGroup(path, limits);
        groups.put(path, group);
        return group;
    }

    @Override
    public Optional<Cgroup> open(String path) {
        return Optional.ofNullable(groups.get(path));
    }

    @Override
    public Set<String> children(String path) {
        String prefix = path + "/";
        return groups.keySet().stream()
                .filter(group -> group.startsWith(prefix))
                .map(group -> group.substring(prefix.length()))
                .collect(Collectors.toSet());
    }

    @Override
    public void removeIfEmpty(String path) {
        groups.remove(path);
    }

    /** One of them. */
    public final class FakeGroup implements Cgroup {
        private final String path;
        public volatile Limits limits;
        public volatile List<Integer> pids = List.of();
        private volatile boolean frozen;

        FakeGroup(String path, Limits limits) {
            this.path = path;
            this.limits = limits;
        }

        @Override
        public String path() {
            return path;
        }

        @Override
        public List<String> warnings() {
            return List.of();
        }

        @Override
        public CgroupPlacement placement() {
            return new CgroupPlacement(List.of(), Optional.empty());
        }

        @Override
        public List<String> update(Limits changed) {
            limits = changed;
            return List.of();
        }

        @Override
        public CgroupStats stats() {
            throw new UnsupportedOperationException("stats");
        }

        @Override
        public void freeze(Duration patience) {
            frozen = true;
        }

        @Override
        public void thaw() {
            frozen = false;
        }

        @Override
        public boolean frozen() {
            return frozen;
        }

        @Override
        public void kill() {
            // Fake processes are not in it.
        }

        @Override
        public List<Integer> pids() {
            return pids;
        }

        @Override
        public long oomKills() {
            return kills;
        }

        @Override
        public OomWatch watchOom(OomListener listener) {
            return () -> {};
        }

        @Override
        public CgroupView view() {
            return new CgroupView.Legacy(List.of(), List.of());
        }

        @Override
        public void remove() {
            groups.remove(path);
        }
    }
}
