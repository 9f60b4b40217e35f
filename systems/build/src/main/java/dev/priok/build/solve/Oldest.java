package dev.priok.build.solve;

import dev.priok.build.BuildCache;
import dev.priok.core.Digest;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** Chooses what goes when there is too much. */
final class Oldest {
    private Oldest() {}

    /**
     * The entries to forget so that the others take no more than {@code keepBytes}. A layer counts once, and is given back when no
     * entry is left that leads to it.
     *
     * @param entries what was not used for the longest time first
     */
    static Set<Digest> beyond(List<BuildCache.Entry> entries, Predicate<BuildCache.Entry> which, long keepBytes) {
        Map<Object, Integer> holders = new HashMap<>();
        long bytes = 0;
        for (BuildCache.Entry entry : entries) {
            if (!entry.inImage() && holders.merge(name(entry), 1, Integer::sum) == 1) {
                bytes += entry.bytes();
            }
        }
        Set<Digest> chosen = new HashSet<>();
        for (BuildCache.Entry entry : entries) {
            if (bytes <= keepBytes) {
                break;
            }
            if (!entry.inImage() && !entry.inUse() && which.test(entry)) {
                chosen.add(entry.key());
                if (holders.merge(name(entry), -1, Integer::sum) == 0) {
                    bytes -= entry.bytes();
                }
            }
        }
        return chosen;
    }

    private static Object name(BuildCache.Entry entry) {
        return entry.chain().<Object>map(c -> c).orElse(entry.key());
    }
}
