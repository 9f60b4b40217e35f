package dev.priok.engine.lifecycle;

import dev.priok.core.Failure;
import dev.priok.engine.network.NameIndex;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;

/** All containers, by id and by name. Reading never waits. */
public final class Registry {
    private final NavigableMap<String, Container> byId = new ConcurrentSkipListMap<>();
    private final Map<String, String> idByName = new ConcurrentHashMap<>();
    private final NameIndex names = new NameIndex();

    /**
     * The container that a user means: a whole id, a name, a prefix of an id that fits only one, or {@code name/alias} of a legacy
     * link.
     */
    public Container get(String ref) {
        return find(ref).orElseThrow(() -> Failure.notFound("No such container: %s", ref));
    }

    /** As {@link #get}; empty when there is none. */
    public Optional<Container> find(String ref) {
        if (ref.isEmpty()) {
            throw Failure.invalid("No container name or ID supplied");
        }
        Container exact = byId.get(ref);
        if (exact != null) {
            return Optional.of(exact);
        }
        String name = ref.startsWith("/") ? ref.substring(1) : ref;
        int slash = name.indexOf('/');
        if (slash > 0) {
            return linked(name.substring(0, slash), name.substring(slash + 1));
        }
        String named = idByName.get(name);
        if (named != null && byId.get(named) != null) {
            return Optional.ofNullable(byId.get(named));
        }
        List<Container> matches = new ArrayList<>(2);
        for (Map.Entry<String, Container> entry : byId.tailMap(ref, true).entrySet()) {
            if (!entry.getKey().startsWith(ref) || matches.size() == 2) {
                break;
            }
            matches.add(entry.getValue());
        }
        if (matches.size() > 1) {
            throw Failure.invalid("Multiple IDs found with provided prefix: %s", ref);
        }
        return matches.stream().findFirst();
    }

    private Optional<Container> linked(String parent, String alias) {
        return find(parent).stream()
                .flatMap(container -> Links.of(container.definition()).stream())
                .filter(link -> link.alias().equals(alias))
                .findFirst()
                .flatMap(link -> find(link.ref()));
    }

    /** The names that containers have on networks. */
    public NameIndex names() {
        return names;
    }

    public Collection<Container> all() {
        return byId.values();
    }

    /** Takes a name for a container that will come; false when it is taken. */
    public boolean reserve(String name, String id) {
        return idByName.putIfAbsent(name, id) == null;
    }

    /** The id that has the name. */
    public Optional<String> owner(String name) {
        return Optional.ofNullable(idByName.get(name));
    }

    public void release(String name, String id) {
        idByName.remove(name, id);
    }

    void add(Container container) {
        byId.put(container.id(), container);
        container.tellOfDefinitions(names::put);
    }

    void remove(Container container) {
        byId.remove(container.id());
        container.tellOfDefinitions(_ -> {});
        names.remove(container.id());
    }

    /** Docker's words for a name that is taken. */
    public Failure nameTaken(String name) {
        return Failure.conflict(
                "Conflict. The container name \"/%s\" is already in use by container \"%s\". You have to remove (or rename)"
                        + " that container to be able to reuse that name.",
                name, owner(name).orElse("another"));
    }
}
