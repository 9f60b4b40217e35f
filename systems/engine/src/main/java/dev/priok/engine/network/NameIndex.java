package dev.priok.engine.network;

import dev.priok.engine.NetworkSpec;
import dev.priok.engine.state.Definition;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which containers have a name on a network, whether they run or not. A look-up does not depend on how many there are, and
 * waits for nobody.
 */
public final class NameIndex {
    private final Map<Key, Set<String>> owners = new ConcurrentHashMap<>();
    /** The keys of each container; guarded by this. */
    private final Map<String, Set<Key>> keys = new HashMap<>();

    private record Key(String network, String name) {}

    /** Enters a container, in place of what was known of it. */
    public synchronized void put(Definition definition) {
        Set<Key> now = new LinkedHashSet<>();
        for (NetworkSpec.Endpoint endpoint :
                definition.spec().network().endpoints().values()) {
            names(definition, endpoint)
                    .forEach(name -> now.add(new Key(endpoint.networkId(), name.toLowerCase(Locale.ROOT))));
        }
        Set<Key> before = keys.put(definition.id(), now);
        if (!now.equals(before)) {
            now.forEach(key -> owners.merge(key, Set.of(definition.id()), NameIndex::union));
            drop(definition.id(), before == null ? Set.of() : before, now);
        }
    }

    /** Forgets a container. */
    public synchronized void remove(String id) {
        Set<Key> before = keys.remove(id);
        if (before != null) {
            drop(id, before, Set.of());
        }
    }

    private void drop(String id, Set<Key> before, Set<Key> kept) {
        for (Key key : before) {
            if (!kept.contains(key)) {
                owners.computeIfPresent(key, (_, ids) -> {
                    Set<String> left = new LinkedHashSet<>(ids);
                    left.remove(id);
                    return left.isEmpty() ? null : Set.copyOf(left);
                });
            }
        }
    }

    private static Set<String> union(Set<String> some, Set<String> more) {
        Set<String> all = new LinkedHashSet<>(some);
        all.addAll(more);
        return Set.copyOf(all);
    }

    /** The ids of containers that have the name, which is in lower case. */
    Set<String> owners(String networkId, String name) {
        return owners.getOrDefault(new Key(networkId, name), Set.of());
    }

    /** All names of a container at one of its places, as inspect shows them. */
    static Set<String> names(Definition definition, NetworkSpec.Endpoint endpoint) {
        Set<String> names = new LinkedHashSet<>();
        names.add(definition.name());
        names.addAll(endpoint.aliases());
        names.add(definition.id().substring(0, 12));
        if (!definition.spec().hostname().isEmpty()) {
            names.add(definition.spec().hostname());
        }
        return names;
    }
}
