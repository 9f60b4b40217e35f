package dev.priok.server.route;

import dev.priok.build.Builder;
import dev.priok.engine.Engine;
import java.time.InstantSource;

/** All routes over one engine and one builder. */
public final class ApiRoutes {
    private ApiRoutes() {}

    /**
     * What answers.
     *
     * @param api the whole API
     * @param metrics the figures alone, for an address of their own
     */
    public record Handlers(ApiHandler api, MetricsPage metrics) {}

    /** The handlers; {@code productVersion} is what the Server header says. */
    public static Handlers handlers(Engine engine, Builder builder, InstantSource clock, String productVersion) {
        var table = new RouteTable();
        var requests = new Requests();
        var times = new ActionTimes();
        var metrics = new MetricsPage(engine, requests, times);
        SystemRoutes.add(table, engine, builder, clock, metrics, requests);
        ContainerRoutes.add(table, engine, clock);
        StreamRoutes.add(table, engine.containers(), clock);
        FileRoutes.add(table, engine.containers());
        ExecRoutes.add(table, engine.execs());
        RegistryRoutes.add(table, engine.images());
        ImageRoutes.add(table, engine.images());
        BuildRoutes.add(table, builder, clock);
        VolumeRoutes.add(table, engine.volumes());
        VolumeCopyRoutes.add(table, engine.volumes().copies());
        NetworkRoutes.add(table, engine.networks());
        RefusedRoutes.add(table);
        return new Handlers(new ApiHandler(table, requests, times, productVersion), metrics);
    }
}
