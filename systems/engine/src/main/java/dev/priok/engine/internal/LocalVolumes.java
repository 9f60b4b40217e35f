package dev.priok.engine.internal;

import dev.priok.core.Failure;
import dev.priok.engine.Figures;
import dev.priok.engine.Filters;
import dev.priok.engine.PruneResult;
import dev.priok.engine.VolumeCopies;
import dev.priok.engine.Volumes;
import dev.priok.engine.lifecycle.Machine;
import dev.priok.engine.lifecycle.VolumeSnapshots;
import dev.priok.engine.lifecycle.VolumeStore;
import dev.priok.engine.state.VolumeRow;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** The volumes of the local driver. */
final class LocalVolumes implements Volumes {
    private final Machine machine;
    private final VolumeStore store;
    private final VolumeSizes sizes;
    private final CopiesOfVolumes copies;
    private final AtomicBoolean pruning = new AtomicBoolean();

    LocalVolumes(Machine machine, VolumeStore store, VolumeSnapshots snapshots) {
        this.machine = machine;
        this.store = store;
        this.sizes = new VolumeSizes(store, machine.parts().clock());
        this.copies = new CopiesOfVolumes(machine, store, snapshots, this);
    }

    @Override
    public VolumeCopies copies() {
        return copies;
    }

    @Override
    public List<VolumeView> list(Filters filters) {
        filters.onlyKnowing("dangling", "driver", "label", "name");
        return store.all().stream()
                .filter(row -> filters.match("name", row.name())
                        && filters.exact("driver", row.driver())
                        && filters.labels("label", row.labels())
                        && (!filters.has("dangling") || filters.flag("dangling", false) == !store.used(row.name())))
                .sorted(Comparator.comparing(VolumeRow::name))
                .map(row -> view(row, null))
                .toList();
    }

    List<VolumeView> allWithUsage() {
        return store.all().stream()
                .sorted(Comparator.comparing(VolumeRow::name))
                .map(row -> view(
                        row, new Usage(sizes.of(row), store.users(row.name()).size())))
                .toList();
    }

    /** How many there are, and their bytes as they were measured last; those that never were do not count. */
    Figures.Store measured() {
        return new Figures.Store("volumes", store.all().size(), sizes.measured());
    }

    private VolumeView view(VolumeRow row, @Nullable Usage usage) {
        return view(row, usage, row.local() ? store.files().data(row.name()).toString() : "");
    }

    private static VolumeView view(VolumeRow row, @Nullable Usage usage, String mountpoint) {
        return new VolumeView(row.name(), row.driver(), mountpoint, row.created(), row.labels(), row.options(), usage);
    }

    @Override
    public VolumeView create(String name, String driver, Map<String, String> options, Map<String, String> labels) {
        return inspect(store.take(name, driver, options, labels).name());
    }

    @Override
    public VolumeView inspect(String name) {
        return store.find(name)
                .map(row -> view(row, null, store.mountpoint(row)))
                .orElseThrow(() -> VolumeStore.notFound(name));
    }

    @Override
    public void remove(String name, boolean force) {
        store.remove(name, force);
        sizes.forget(name);
    }

    @Override
    public PruneResult prune(Filters filters) {
        filters.onlyKnowing("label", "label!", "all");
        boolean all = filters.flag("all", false);
        if (!pruning.compareAndSet(false, true)) {
            throw Failure.conflict("a prune operation is already running");
        }
        try {
            List<String> deleted = new ArrayList<>();
            long reclaimed = 0;
            for (VolumeRow row : List.copyOf(store.all())) {
                boolean wanted = (all || row.anonymous())
                        && filters.labels("label", row.labels())
                        && filters.lacksLabels("label!", row.labels())
                        && !store.used(row.name());
                if (wanted) {
                    long bytes = sizes.of(row);
                    try {
                        store.remove(row.name(), false);
                        deleted.add(row.name());
                        reclaimed += bytes;
                    } catch (Failure e) {
                        if (e.kind() != Failure.Kind.CONFLICT && e.kind() != Failure.Kind.NOT_FOUND) {
                            throw e;
                        }
                    }
                }
            }
            machine.publish("volume", "prune", "", Map.of("reclaimed", Long.toString(reclaimed)));
            return new PruneResult(deleted, reclaimed);
        } finally {
            pruning.set(false);
        }
    }
}
