package dev.priok.build.solve;

import dev.priok.build.BuildCache;
import dev.priok.core.Digest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** A step cache in memory. */
final class MemoryCache implements StepCache, BuildCache {
    private final Map<Digest, Hit> hits = new HashMap<>();

    @Override
    public Optional<Hit> find(Digest key) {
        return Optional.ofNullable(hits.get(key));
    }

    @Override
    public void put(List<StepCache.Entry> entries) {
        entries.forEach(entry -> hits.put(entry.key(), entry.hit()));
    }

    @Override
    public List<BuildCache.Entry> entries() {
        return List.of();
    }

    @Override
    public Pruned prune(Predicate<BuildCache.Entry> which) {
        return new Pruned(List.of(), 0);
    }
}
