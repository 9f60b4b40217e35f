package dev.priok.engine.internal;

import dev.priok.core.Digest;
import dev.priok.core.Failure;
import dev.priok.engine.ContainerSpec;
import dev.priok.engine.ContainerState;
import dev.priok.engine.Filters;
import dev.priok.engine.lifecycle.Container;
import dev.priok.engine.lifecycle.Registry;
import dev.priok.engine.spec.PlannedMount;
import dev.priok.engine.state.Definition;
import dev.priok.image.Image;
import dev.priok.image.ImageStore;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The filters of {@code docker ps}. */
final class ContainerFilter {
    private static final Set<String> STATUSES =
            Set.of("created", "running", "paused", "restarting", "removing", "exited", "dead");
    private static final Set<String> HEALTHS = Set.of("none", "starting", "healthy", "unhealthy");

    private final Filters filters;
    private final @Nullable Instant before;
    private final @Nullable Instant since;
    private final Set<String> ancestors;

    ContainerFilter(Filters filters, Registry registry, ImageStore images) {
        this.filters = filters.onlyKnowing(
                "ancestor",
                "annotation",
                "before",
                "since",
                "exited",
                "expose",
                "publish",
                "health",
                "id",
                "isolation",
                "is-task",
                "label",
                "name",
                "network",
                "status",
                "volume");
        known("status", STATUSES);
        known("health", HEALTHS);
        for (String code : filters.get("exited")) {
            if (!code.matches("-?\\d{1,9}")) {
                throw Failure.invalid("invalid filter 'exited=%s': not a whole number", code);
            }
        }
        before = created("before", registry);
        since = created("since", registry);
        ancestors = ancestors(images);
    }

    private void known(String key, Set<String> words) {
        for (String value : filters.get(key)) {
            if (!words.contains(value)) {
                throw Failure.invalid(
                        "invalid filter '%s=%s': must be one of %s",
                        key, value, String.join(", ", new java.util.TreeSet<>(words)));
            }
        }
    }

    private @Nullable Instant created(String key, Registry registry) {
        return filters.has(key)
                ? registry.get(filters.get(key).getFirst()).definition().created()
                : null;
    }

    /** The wanted images, and all that were built on them. */
    private Set<String> ancestors(ImageStore images) {
        Set<String> ids = new HashSet<>();
        for (String name : filters.get("ancestor")) {
            try {
                add(images, images.resolve(name), ids);
            } catch (Failure e) {
                if (e.kind() != Failure.Kind.NOT_FOUND) {
                    throw e;
                }
            }
        }
        return ids;
    }

    private static void add(ImageStore images, Image image, Set<String> ids) {
        if (ids.add(image.id().toString())) {
            for (Digest child : image.children()) {
                images.find(child).ifPresent(found -> add(images, found, ids));
            }
        }
    }

    /** Whether the filters ask for containers that do not run. */
    boolean wantsStopped() {
        return filters.has("status") || filters.has("exited");
    }

    boolean passes(Container container) {
        Container.Shown shown = container.shown();
        Definition d = shown.definition();
        ContainerState state = shown.state();
        return filters.exact("status", state.status().word())
                && exited(state)
                && health(state)
                && id(d)
                && filters.match("name", "/" + d.name())
                && filters.labels("label", d.spec().labels())
                && filters.labels("annotation", d.spec().host().annotations())
                && (before == null || d.created().isBefore(before))
                && (since == null || d.created().isAfter(since))
                && (!filters.has("ancestor")
                        || ancestors.contains(d.imageId())
                        || filters.get("ancestor").contains(d.spec().image()))
                && filters.exact("isolation", "default")
                && !filters.flag("is-task", false)
                && network(d.spec())
                && volume(d)
                && ports(d.spec());
    }

    private boolean exited(ContainerState state) {
        return !filters.has("exited")
                || (!state.running()
                        && state.startedAt() != null
                        && filters.get("exited").contains(Integer.toString(state.exitCode())));
    }

    private boolean health(ContainerState state) {
        return filters.exact(
                "health",
                Optional.ofNullable(state.health())
                        .map(ContainerState.Health::status)
                        .orElse("none"));
    }

    private boolean id(Definition d) {
        return filters.match("id", d.id());
    }

    private boolean network(ContainerSpec spec) {
        if (!filters.has("network")) {
            return true;
        }
        return filters.get("network").stream()
                .anyMatch(wanted -> spec.network().endpoints().entrySet().stream()
                        .anyMatch(e -> e.getKey().equals(wanted)
                                || (wanted.length() >= 12
                                        && e.getValue().networkId().startsWith(wanted))));
    }

    private boolean volume(Definition d) {
        return !filters.has("volume")
                || d.mounts().stream()
                        .map(PlannedMount::point)
                        .anyMatch(p -> filters.get("volume").contains(p.name())
                                || filters.get("volume").contains(p.destination())
                                || filters.get("volume").contains(p.source()));
    }

    private boolean ports(ContainerSpec spec) {
        return anyPort("expose", spec.network().exposedPorts())
                && anyPort("publish", List.copyOf(spec.network().portBindings().keySet()));
    }

    private boolean anyPort(String key, List<String> ports) {
        return !filters.has(key)
                || filters.get(key).stream().anyMatch(wanted -> ports.stream().anyMatch(port -> covers(wanted, port)));
    }

    /** Whether {@code 80-90/tcp} covers {@code 85/tcp}. */
    private static boolean covers(String range, String port) {
        String protocol = range.contains("/") ? range.substring(range.indexOf('/') + 1) : "tcp";
        String numbers = range.contains("/") ? range.substring(0, range.indexOf('/')) : range;
        String[] ends = numbers.split("-", 2);
        String[] parts = port.split("/", 2);
        if (!ends[0].matches("\\d{1,5}") || !ends[ends.length - 1].matches("\\d{1,5}")) {
            throw Failure.invalid("invalid port range: %s", range);
        }
        if (!parts[0].matches("\\d{1,5}")) {
            return false;
        }
        int number = Integer.parseInt(parts[0]);
        return protocol.equals(parts.length > 1 ? parts[1] : "tcp")
                && number >= Integer.parseInt(ends[0])
                && number <= Integer.parseInt(ends[ends.length - 1]);
    }
}
