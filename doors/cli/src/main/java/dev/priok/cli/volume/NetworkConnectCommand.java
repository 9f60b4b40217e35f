package dev.priok.cli.volume;

import dev.priok.cli.command.Command;
import dev.priok.cli.command.Pairs;
import dev.priok.cli.command.Session;
import dev.priok.cli.option.Arity;
import dev.priok.cli.option.ListOption;
import dev.priok.cli.option.NumberOption;
import dev.priok.cli.option.TextOption;
import dev.priok.client.Request;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code network connect}. */
public final class NetworkConnectCommand extends Command {
    private final ListOption alias = options.list("alias", "Name of the container on the network");
    private final ListOption driverOpt = options.list("driver-opt", "Option of the driver: KEY=VALUE");
    private final NumberOption gwPriority =
            options.number("gw-priority", 0, "Network with the highest number gives the default gateway");
    private final TextOption ip = options.text("ip", "IPv4 address (172.30.100.104)");
    private final TextOption ip6 = options.text("ip6", "IPv6 address (2001:db8::33)");
    private final ListOption link = options.list("link", "Link to another container: NAME[:ALIAS]");
    private final ListOption linkLocalIp = options.list("link-local-ip", "Link-local address");

    public NetworkConnectCommand() {
        super("[OPTIONS] NETWORK CONTAINER", "Connect a container to a network", Arity.exactly(2));
    }

    @Override
    public int run(Session session, List<String> arguments) throws IOException {
        Map<String, Object> addresses = new LinkedHashMap<>();
        putUnlessEmpty(addresses, "IPv4Address", ip.value());
        putUnlessEmpty(addresses, "IPv6Address", ip6.value());
        if (!linkLocalIp.values().isEmpty()) {
            addresses.put("LinkLocalIPs", linkLocalIp.values());
        }
        Map<String, Object> endpoint = new LinkedHashMap<>();
        if (!addresses.isEmpty()) {
            endpoint.put("IPAMConfig", addresses);
        }
        if (!link.values().isEmpty()) {
            endpoint.put("Links", link.values());
        }
        if (!alias.values().isEmpty()) {
            endpoint.put("Aliases", alias.values());
        }
        if (!driverOpt.values().isEmpty()) {
            endpoint.put("DriverOpts", Pairs.of(driverOpt.values()));
        }
        if (gwPriority.value() != 0) {
            endpoint.put("GwPriority", gwPriority.value());
        }
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("Container", arguments.getLast());
        body.put("EndpointConfig", endpoint);
        session.client()
                .call(Request.post("/networks/" + Request.segment(arguments.getFirst()) + "/connect")
                        .json(body));
        return 0;
    }

    private static void putUnlessEmpty(Map<String, Object> map, String name, String value) {
        if (!value.isEmpty()) {
            map.put(name, value);
        }
    }
}
