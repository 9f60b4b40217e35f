package dev.priok.build.solve;

import dev.priok.build.BuildCache;
import dev.priok.core.Digest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** Results of steps and directories of cache mounts, as one cache. */
final class WholeCache implements BuildCache {
    private final BuildCache steps;
    private final CacheMounts mounts;

    WholeCache(BuildCache steps, CacheMounts mounts) {
        this.steps = steps;
        this.mounts = mounts;
    }

    @Override
    public List<Entry> entries() {
        List<Entry> all = new ArrayList<>(steps.entries());
        all.addAll(mounts.entries());
        all.sort(Comparator.comparing(Entry::lastUsed));
        return all;
    }

    @Override
    public Pruned prune(Predicate<Entry> which) throws IOException {
        List<Digest> keys = new ArrayList<>();
        long bytes = 0;
        for (Entry mount : mounts.entries()) {
            if (which.test(mount) && mounts.remove(mount.key())) {
                keys.add(mount.key());
                bytes += mount.bytes();
            }
        }
        Pruned pruned = steps.prune(which);
        keys.addAll(pruned.keys());
        return new Pruned(keys, bytes + pruned.bytes());
    }

    @Override
    public Pruned shrink(Predicate<Entry> which, long keepBytes) throws IOException {
        Set<Digest> old = Oldest.beyond(entries(), which, keepBytes);
        return old.isEmpty() ? new Pruned(List.of(), 0) : prune(entry -> old.contains(entry.key()));
    }
}
