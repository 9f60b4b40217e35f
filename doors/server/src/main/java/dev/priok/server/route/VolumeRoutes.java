package dev.priok.server.route;

import dev.priok.api.VolumeCreate;
import dev.priok.core.Failure;
import dev.priok.engine.Filters;
import dev.priok.engine.PruneResult;
import dev.priok.engine.Volumes;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;

/** Volumes. */
final class VolumeRoutes {
    private final Volumes volumes;

    private VolumeRoutes(Volumes volumes) {
        this.volumes = volumes;
    }

    static void add(RouteTable table, Volumes volumes) {
        var routes = new VolumeRoutes(volumes);
        table.add("GET", "/volumes", routes::list)
                .add("POST", "/volumes/create", routes::create)
                .add("POST", "/volumes/prune", routes::prune)
                .add("GET", "/volumes/{name}", routes::inspect)
                .add("DELETE", "/volumes/{name}", routes::remove)
                .add("PUT", "/volumes/{name}", RefusedRoutes.needsSwarm());
    }

    private void list(Call call) throws IOException {
        call.answer(new Doc()
                .with(
                        "Volumes",
                        volumes.list(call.filters()).stream()
                                .map(VolumeRoutes::document)
                                .toList())
                .with("Warnings", null));
    }

    private void create(Call call) throws IOException {
        VolumeCreate request = call.document(VolumeCreate.class);
        Volumes.VolumeView made =
                volumes.create(request.name(), request.driver(), request.driverOpts(), request.labels());
        call.answer(201, document(made));
    }

    private void inspect(Call call) throws IOException {
        call.answer(document(volumes.inspect(call.name("name"))));
    }

    private void remove(Call call) throws IOException {
        volumes.remove(call.name("name"), call.flag("force"));
        call.done();
    }

    private void prune(Call call) throws IOException {
        Filters filters = call.filters();
        if (!call.version().atLeast(42)) {
            // Before 1.42 named volumes were pruned too.
            if (filters.has("all")) {
                throw Failure.invalid("invalid filter 'all'");
            }
            var values = new HashMap<>(filters.values());
            values.put("all", List.of("true"));
            filters = new Filters(values);
        }
        PruneResult result = volumes.prune(filters);
        call.answer(new Doc().with("VolumesDeleted", result.deleted()).with("SpaceReclaimed", result.reclaimedBytes()));
    }

    static Doc document(Volumes.VolumeView volume) {
        var document = new Doc()
                .with("CreatedAt", GoTime.text(volume.created()))
                .with("Driver", volume.driver())
                .with("Labels", volume.labels().isEmpty() ? null : volume.labels())
                .with("Mountpoint", volume.mountpoint())
                .with("Name", volume.name())
                .with("Options", volume.options().isEmpty() ? null : volume.options())
                .with("Scope", "local");
        Volumes.Usage usage = volume.usage();
        if (usage != null) {
            document.with(
                    "UsageData", new Doc().with("RefCount", usage.references()).with("Size", usage.bytes()));
        }
        return document;
    }
}
