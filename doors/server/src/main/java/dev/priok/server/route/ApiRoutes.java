package dev.priok.server.route;

import dev.priok.build.Builder;
import dev.priok.engine.Engine;
import java.time.InstantSource;

/** All routes over one engine and one builder. */
public final class ApiRoutes {
    private ApiRoutes() {}

    /** The handler of the whole API; {@code productVersion} is what the Server header says. */
    public static ApiHandler handler(Engine engine, Builder builder, InstantSource clock, String productVersion) {
        var table = new RouteTable();
        var requests = new Requests();
        SystemRoutes.add(table, engine, builder, clock, requests);
        ContainerRoutes.add(table, engine.containers(), clock);
        StreamRoutes.add(table, engine.containers(), clock);
        FileRoutes.add(table, engine.containers());
        ExecRoutes.add(table, engine.execs());
        ImageRoutes.add(table, engine.images());
        BuildRoutes.add(table, builder, clock);
        VolumeRoutes.add(table, engine.volumes());
        NetworkRoutes.add(table, engine.networks());
        RefusedRoutes.add(table);
        return new ApiHandler(table, requests, productVersion);
    }
}
