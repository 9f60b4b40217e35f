package dev.priok.server.route;

import dev.priok.engine.Networks;
import java.io.IOException;
import java.util.List;

/** Networks: looking at them; making them comes with the network part. */
final class NetworkRoutes {
    private final Networks networks;

    private NetworkRoutes(Networks networks) {
        this.networks = networks;
    }

    static void add(RouteTable table, Networks networks) {
        var routes = new NetworkRoutes(networks);
        table.add("GET", "/networks", routes::list)
                .add("GET", "/networks/", routes::list)
                .add("POST", "/networks/create", RefusedRoutes.missing("user-defined networks"))
                .add("POST", "/networks/prune", routes::prune)
                .add("GET", "/networks/{id}", routes::inspect)
                .add("DELETE", "/networks/{id}", RefusedRoutes.missing("user-defined networks"))
                .add("POST", "/networks/{id}/connect", RefusedRoutes.missing("joining networks after create"))
                .add("POST", "/networks/{id}/disconnect", RefusedRoutes.missing("leaving networks"));
    }

    private void list(Call call) throws IOException {
        call.answer(networks.list(call.filters()).stream()
                .map(network -> document(network, false))
                .toList());
    }

    private void inspect(Call call) throws IOException {
        call.answer(document(networks.inspect(call.name("id")), true));
    }

    private void prune(Call call) throws IOException {
        call.answer(
                new Doc().with("NetworksDeleted", networks.prune(call.filters()).deleted()));
    }

    private static Doc document(Networks.NetworkView network, boolean members) {
        var containers = new Doc();
        if (members) {
            for (Networks.Member member : network.members()) {
                containers.with(
                        member.containerId(),
                        new Doc()
                                .with("Name", member.name())
                                .with("EndpointID", "")
                                .with("MacAddress", "")
                                .with("IPv4Address", "")
                                .with("IPv6Address", ""));
            }
        }
        var ipam = new Doc().with("Driver", "default").with("Options", null).with("Config", List.of());
        return new Doc()
                .with("Name", network.name())
                .with("Id", network.id())
                .with("Created", GoTime.text(network.created()))
                .with("Scope", network.scope())
                .with("Driver", network.driver())
                .with("EnableIPv4", true)
                .with("EnableIPv6", false)
                .with("IPAM", ipam)
                .with("Internal", network.internal())
                .with("Attachable", network.attachable())
                .with("Ingress", false)
                .with("ConfigFrom", new Doc().with("Network", ""))
                .with("ConfigOnly", false)
                .with("Containers", containers)
                .with("Options", network.options())
                .with("Labels", network.labels());
    }
}
