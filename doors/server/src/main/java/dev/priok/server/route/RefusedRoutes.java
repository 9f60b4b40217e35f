package dev.priok.server.route;

import dev.priok.core.Failure;
import java.util.List;

/** What the Engine API has and this daemon does not: an answer that says so is better than a page that is not found. */
final class RefusedRoutes {
    private static final String NOT_A_MANAGER = "This node is not a swarm manager. Use \"docker swarm init\" or"
            + " \"docker swarm join\" to connect this node to swarm and try again.";

    private RefusedRoutes() {}

    static void add(RouteTable table) {
        for (String kind : List.of("nodes", "services", "tasks", "secrets", "configs")) {
            table.add("GET", "/" + kind, needsSwarm())
                    .add("GET|DELETE", "/" + kind + "/{id}", needsSwarm())
                    .add("POST", "/" + kind + "/create", needsSwarm())
                    .add("POST", "/" + kind + "/{id}/update", needsSwarm())
                    .add("GET", "/" + kind + "/{id}/logs", needsSwarm());
        }
        table.add("GET", "/swarm", needsSwarm())
                .add("GET", "/swarm/unlockkey", needsSwarm())
                .add("POST", "/swarm/init", missing("swarm mode"))
                .add("POST", "/swarm/join", missing("swarm mode"))
                .add("POST", "/swarm/leave", needsSwarm())
                .add("POST", "/swarm/update", needsSwarm())
                .add("POST", "/swarm/unlock", needsSwarm())
                .add("GET", "/plugins", call -> call.answer(List.of()))
                .add("GET", "/plugins/privileges", missing("managed plugins"))
                .add("POST", "/plugins/pull", missing("managed plugins"))
                .add("POST", "/plugins/create", missing("managed plugins"))
                .add("GET", "/plugins/{name*}/json", noPlugin())
                .add("DELETE", "/plugins/{name*}", noPlugin())
                .add("POST", "/plugins/{name*}/{action}", noPlugin())
                .add("POST", "/session", missing("BuildKit sessions"))
                .add("POST", "/grpc", missing("the BuildKit API"))
                .add("GET", "/containers/{id}/checkpoints", missing("checkpoints"))
                .add("POST", "/containers/{id}/checkpoints", missing("checkpoints"))
                .add("DELETE", "/containers/{id}/checkpoints/{checkpoint}", missing("checkpoints"));
    }

    /** An action that says what is missing. */
    static RouteTable.Action missing(String what) {
        return _ -> {
            throw Failure.notImplemented("this version of priok does not have %s", what);
        };
    }

    /** An action that refuses what only the manager of a swarm can do. */
    static RouteTable.Action needsSwarm() {
        return _ -> {
            throw new Failure(Failure.Kind.UNAVAILABLE, NOT_A_MANAGER);
        };
    }

    private static RouteTable.Action noPlugin() {
        return call -> {
            throw Failure.notFound("plugin \"%s\" not found", call.name("name"));
        };
    }
}
