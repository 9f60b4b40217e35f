package dev.priok.build.solve;

import dev.priok.build.exchange.CachedStep;
import dev.priok.build.exchange.ImportedCache;
import dev.priok.build.plan.Chain;
import dev.priok.core.Digest;
import dev.priok.oci.image.History;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** The builder's own cache and what one build takes from others. What is used of those is remembered here in the end. */
final class ImportingCache implements StepCache {
    private final StepCache own;
    private final ImportedCache imported;
    private final List<Entry> used = new ArrayList<>();

    ImportingCache(StepCache own, ImportedCache imported) {
        this.own = own;
        this.imported = imported;
    }

    @Override
    public Optional<Hit> find(Digest key) {
        return own.find(key).or(() -> imported.find(key).map(this::use));
    }

    @Override
    public Optional<Found> findDefinition(Digest definition, String parent) {
        return own.findDefinition(definition, parent)
                .or(() -> imported.findDefinition(definition, parent)
                        .map(step -> new Found(step.key(), use(step), step.description())));
    }

    @Override
    public Optional<Hit> findHistory(Chain parent, List<History> before, String step) {
        return imported.findHistory(parent.id().toString(), before, step)
                .map(found -> new Hit(found.diffId(), found.created()));
    }

    private Hit use(CachedStep step) {
        Hit hit = new Hit(step.diffId(), step.created());
        Optional<Digest> chain = step.diffId().isPresent() ? step.chain().digest() : Optional.empty();
        synchronized (used) {
            used.add(new Entry(step.key(), step.definition(), step.parent(), hit, chain, step.description()));
        }
        return hit;
    }

    @Override
    public void put(List<Entry> entries) {
        own.put(entries);
    }

    /** Remembers what was used, as far as its layers are here by now. */
    void keep(Predicate<Digest> isHere) {
        List<Entry> kept;
        synchronized (used) {
            kept = used.stream()
                    .filter(entry -> entry.chain().map(isHere::test).orElse(true))
                    .distinct()
                    .toList();
        }
        if (!kept.isEmpty()) {
            own.put(kept);
        }
    }
}
