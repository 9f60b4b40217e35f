package dev.priok.server;

import dev.priok.core.Failure;
import dev.priok.engine.Filters;
import dev.priok.engine.PruneResult;
import dev.priok.engine.VolumeCopies;
import dev.priok.engine.Volumes;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Volumes by name. */
final class FakeVolumes implements Volumes {
    final FakeVolumeCopies copies = new FakeVolumeCopies(this);
    private final Map<String, VolumeView> views = new ConcurrentHashMap<>();

    @Override
    public List<VolumeView> list(Filters filters) {
        return List.copyOf(views.values());
    }

    @Override
    public VolumeView create(String name, String driver, Map<String, String> options, Map<String, String> labels) {
        if (!driver.isEmpty() && !driver.equals("local")) {
            throw Failure.notFound("error looking up volume plugin %s", driver);
        }
        String given = name.isEmpty() ? "a".repeat(64) : name;
        return views.computeIfAbsent(
                given, n -> new VolumeView(n, "local", "/v/" + n, FakeContainers.CREATED, labels, options, null));
    }

    @Override
    public VolumeView inspect(String name) {
        return Optional.ofNullable(views.get(name)).orElseThrow(() -> Failure.notFound("get %s: no such volume", name));
    }

    @Override
    public VolumeCopies copies() {
        return copies;
    }

    @Override
    public void remove(String name, boolean force) {
        if (views.remove(name) == null && !force) {
            throw Failure.notFound("get %s: no such volume", name);
        }
    }

    @Override
    public PruneResult prune(Filters filters) {
        return new PruneResult(filters.has("all") ? List.copyOf(views.keySet()) : List.of(), 1);
    }
}
