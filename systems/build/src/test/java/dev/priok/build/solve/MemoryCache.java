package dev.priok.build.solve;

import dev.priok.build.BuildCache;
import dev.priok.core.Digest;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/** A step cache in memory. */
final class MemoryCache implements StepCache, BuildCache {
    private final Map<Digest, StepCache.Entry> hits = new ConcurrentHashMap<>();
    private final Map<Digest, StepCache.Entry> definitions = new ConcurrentHashMap<>();

    @Override
    public Optional<Hit> find(Digest key) {
        return Optional.ofNullable(hits.get(key)).map(StepCache.Entry::hit);
    }

    @Override
    public Optional<Found> findDefinition(Digest definition, String parent) {
        return Optional.ofNullable(definitions.get(definition))
                .filter(entry -> entry.parent().equals(parent))
                .map(entry -> new Found(entry.key(), entry.hit(), entry.description()));
    }

    @Override
    public void put(List<StepCache.Entry> entries) {
        entries.forEach(entry -> {
            hits.put(entry.key(), entry);
            entry.definition().ifPresent(definition -> definitions.put(definition, entry));
        });
    }

    @Override
    public List<BuildCache.Entry> entries() {
        return List.of();
    }

    @Override
    public Pruned shrink(Predicate<BuildCache.Entry> which, long keepBytes) {
        return new Pruned(List.of(), 0);
    }

    @Override
    public Pruned prune(Predicate<BuildCache.Entry> which) {
        return new Pruned(List.of(), 0);
    }
}
