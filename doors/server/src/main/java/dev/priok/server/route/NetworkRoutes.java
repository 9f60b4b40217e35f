package dev.priok.server.route;

import dev.priok.api.NetworkConnection;
import dev.priok.api.NetworkCreate;
import dev.priok.core.Failure;
import dev.priok.engine.Networks;
import java.io.IOException;
import java.util.List;

/** Networks: making, looking, joining, leaving, removing. */
final class NetworkRoutes {
    private final Networks networks;

    private NetworkRoutes(Networks networks) {
        this.networks = networks;
    }

    static void add(RouteTable table, Networks networks) {
        var routes = new NetworkRoutes(networks);
        table.add("GET", "/networks", routes::list)
                .add("GET", "/networks/", routes::list)
                .add("POST", "/networks/create", routes::create)
                .add("POST", "/networks/prune", routes::prune)
                .add("GET", "/networks/{id}", routes::inspect)
                .add("DELETE", "/networks/{id}", routes::remove)
                .add("POST", "/networks/{id}/connect", routes::connect)
                .add("POST", "/networks/{id}/disconnect", routes::disconnect);
    }

    private void list(Call call) throws IOException {
        call.answer(networks.list(call.filters()).stream()
                .map(network -> document(network, false))
                .toList());
    }

    private void inspect(Call call) throws IOException {
        call.answer(document(networks.inspect(call.name("id")), true));
    }

    private void create(Call call) throws IOException {
        NetworkCreate asked = call.document(NetworkCreate.class);
        if (asked.ingress()) {
            throw Failure.notImplemented("networks for services are not supported");
        }
        NetworkCreate.Ipam ipam = asked.ipam();
        if (ipam != null && !ipam.driver().isEmpty() && !ipam.driver().equals("default")) {
            throw Failure.notFound("could not find plugin %s: only the default IPAM driver exists", ipam.driver());
        }
        String id = networks.create(new Networks.NewNetwork(
                asked.name(),
                asked.driver(),
                // Older clients send it, and mean nothing by it.
                call.version().atLeast(48) ? asked.enableIpv4() : null,
                asked.enableIpv6(),
                asked.internal(),
                asked.attachable(),
                ipam == null
                        ? List.of()
                        : ipam.config().stream()
                                .map(c ->
                                        new Networks.Pool(c.subnet(), c.ipRange(), c.gateway(), c.auxiliaryAddresses()))
                                .toList(),
                asked.options(),
                asked.labels(),
                asked.configOnly(),
                asked.configFrom() == null ? "" : asked.configFrom().network()));
        call.answer(201, new Doc().with("Id", id).with("Warning", ""));
    }

    private void remove(Call call) throws IOException {
        networks.remove(call.name("id"));
        call.done();
    }

    private void connect(Call call) throws IOException {
        NetworkConnection asked = call.document(NetworkConnection.class);
        networks.connect(call.name("id"), asked.container(), ContainerSpecs.endpoint(asked.endpointConfig()));
        call.exchange().send(200);
    }

    private void disconnect(Call call) throws IOException {
        NetworkConnection asked = call.document(NetworkConnection.class);
        networks.disconnect(call.name("id"), asked.container(), asked.force());
        call.exchange().send(200);
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
                                .with("EndpointID", member.endpointId())
                                .with("MacAddress", member.macAddress())
                                .with("IPv4Address", member.ipv4Address())
                                .with("IPv6Address", member.ipv6Address()));
            }
        }
        var ipam = new Doc()
                .with("Driver", "default")
                .with("Options", null)
                .with(
                        "Config",
                        network.pools().stream()
                                .map(pool -> new Doc()
                                        .with("Subnet", pool.subnet())
                                        .unlessEmpty("IPRange", pool.range())
                                        .unlessEmpty("Gateway", pool.gateway())
                                        .unlessEmpty("AuxiliaryAddresses", pool.auxiliary()))
                                .toList());
        return new Doc()
                .with("Name", network.name())
                .with("Id", network.id())
                .with("Created", GoTime.text(network.created()))
                .with("Scope", network.scope())
                .with("Driver", network.driver())
                .with("EnableIPv4", network.ipv4())
                .with("EnableIPv6", network.ipv6())
                .with("IPAM", ipam)
                .with("Internal", network.internal())
                .with("Attachable", network.attachable())
                .with("Ingress", false)
                .with("ConfigFrom", new Doc().with("Network", network.configFrom()))
                .with("ConfigOnly", network.configOnly())
                .with("Containers", containers)
                .with("Options", network.options())
                .with("Labels", network.labels());
    }
}
