package dev.priok.engine.internal;

import dev.priok.core.Failure;
import dev.priok.engine.Filters;
import dev.priok.engine.Networks;
import dev.priok.engine.PruneResult;
import dev.priok.engine.lifecycle.Container;
import dev.priok.engine.lifecycle.NetworkNames;
import dev.priok.engine.lifecycle.Registry;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** The three networks that always exist. */
final class NetworkPlaceholders implements Networks {
    private static final List<String> NAMES = NetworkNames.ALL;

    private final Registry registry;
    private final Instant created;

    NetworkPlaceholders(Registry registry, Instant created) {
        this.registry = registry;
        this.created = created;
    }

    /** Refuses modes that name no network. */
    static void requireKnown(String mode) {
        if (!mode.startsWith("container:") && !NAMES.contains(NetworkNames.of(mode))) {
            throw Failure.notFound("network %s not found", mode);
        }
    }

    @Override
    public List<NetworkView> list(Filters filters) {
        filters.onlyKnowing("dangling", "driver", "id", "label", "name", "scope", "type");
        return NAMES.stream()
                .filter(name -> filters.match("name", name)
                        && filters.match("id", NetworkNames.id(name))
                        && filters.exact("driver", NetworkNames.driver(name))
                        && filters.exact("scope", "local")
                        && filters.exact("type", "builtin")
                        && filters.labels("label", Map.of())
                        && !filters.flag("dangling", false))
                .map(this::view)
                .toList();
    }

    @Override
    public NetworkView inspect(String ref) {
        return NAMES.stream()
                .filter(name -> name.equals(ref)
                        || (!ref.isEmpty() && NetworkNames.id(name).startsWith(ref)))
                .findFirst()
                .map(this::view)
                .orElseThrow(() -> Failure.notFound("network %s not found", ref));
    }

    private NetworkView view(String name) {
        List<Member> members = registry.all().stream()
                .filter(c -> c.state().live()
                        && NetworkNames.of(c.definition().spec().network().mode())
                                .equals(name))
                .map(NetworkPlaceholders::member)
                .toList();
        return new NetworkView(
                NetworkNames.id(name),
                name,
                NetworkNames.driver(name),
                "local",
                created,
                false,
                false,
                Map.of(),
                Map.of(),
                members);
    }

    private static Member member(Container container) {
        return new Member(container.id(), container.definition().name());
    }

    @Override
    public PruneResult prune(Filters filters) {
        filters.onlyKnowing("label", "label!", "until");
        return new PruneResult(List.of(), 0);
    }
}
