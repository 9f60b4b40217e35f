package dev.priok.cli.volume;

import dev.priok.cli.command.Command;
import dev.priok.cli.command.CommandFailed;
import dev.priok.cli.command.Pairs;
import dev.priok.cli.command.Session;
import dev.priok.cli.option.Arity;
import dev.priok.cli.option.Flag;
import dev.priok.cli.option.ListOption;
import dev.priok.cli.option.TextOption;
import dev.priok.client.JsonObject;
import dev.priok.client.Reply;
import dev.priok.client.Request;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code network create}. */
public final class NetworkCreateCommand extends Command {
    private final Flag attachable = options.flag("attachable", "Let containers join by hand");
    private final TextOption driver = options.text('d', "driver", "string", "bridge", "Driver of the network");
    private final ListOption gateway = options.list("gateway", "Gateway of a subnet");
    private final Flag internal = options.flag("internal", "Keep the network from the outside");
    private final ListOption ipRange = options.list("ip-range", "Part of a subnet that addresses come from");
    private final TextOption ipamDriver = options.text('\0', "ipam-driver", "string", "default", "Driver of addresses");
    private final Flag ipv6 = options.flag("ipv6", "Give IPv6 addresses");
    private final ListOption label = options.list("label", "Label the network: KEY=VALUE");
    private final ListOption opt = options.list('o', "opt", "Option of the driver: KEY=VALUE");
    private final ListOption subnet = options.list("subnet", "Subnet: ADDRESS/BITS");

    public NetworkCreateCommand() {
        super("[OPTIONS] NETWORK", "Create a network", Arity.exactly(1));
    }

    @Override
    public int run(Session session, List<String> arguments) throws IOException {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("Name", arguments.getFirst());
        body.put("Driver", driver.value());
        body.put("Internal", internal.value());
        body.put("Attachable", attachable.value());
        if (ipv6.isSet()) {
            body.put("EnableIPv6", ipv6.value());
        }
        body.put("IPAM", Map.of("Driver", ipamDriver.value(), "Config", pools()));
        body.put("Options", Pairs.of(opt.values()));
        body.put("Labels", Pairs.of(label.values()));
        try (Reply reply =
                session.client().send(Request.post("/networks/create").json(body))) {
            JsonObject created = reply.object();
            if (!created.text("Warning").isEmpty()) {
                session.err().println("WARNING: " + created.text("Warning"));
            }
            session.out().println(created.text("Id"));
        }
        return 0;
    }

    /** The n-th range and gateway belong to the n-th subnet. */
    private List<Map<String, Object>> pools() {
        int count = subnet.values().size();
        if (ipRange.values().size() > count || gateway.values().size() > count) {
            throw new CommandFailed("every ip-range or gateway must have a corresponding subnet");
        }
        List<Map<String, Object>> pools = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Map<String, Object> pool = new LinkedHashMap<>();
            pool.put("Subnet", subnet.values().get(i));
            if (i < ipRange.values().size()) {
                pool.put("IPRange", ipRange.values().get(i));
            }
            if (i < gateway.values().size()) {
                pool.put("Gateway", gateway.values().get(i));
            }
            pools.add(pool);
        }
        return pools;
    }
}
