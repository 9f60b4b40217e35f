package dev.priok.cli.container;

import dev.priok.cli.command.Command;
import dev.priok.cli.command.CommandFailed;
import dev.priok.cli.command.Session;
import dev.priok.cli.option.Arity;
import dev.priok.client.JsonObject;
import dev.priok.client.Reply;
import dev.priok.client.Request;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** {@code port}: where a container's ports can be reached. */
public final class PortCommand extends Command {
    public PortCommand() {
        super(
                "CONTAINER [PRIVATE_PORT[/PROTO]]",
                "List port mappings or a specific mapping for the container",
                Arity.between(1, 2));
    }

    @Override
    public List<String> aliases() {
        return List.of("container port", "port");
    }

    @Override
    public int run(Session session, List<String> arguments) throws IOException {
        JsonObject ports;
        try (Reply reply = session.client().send(Request.get(Containers.path(arguments.getFirst()) + "/json"))) {
            ports = reply.object().object("NetworkSettings").object("Ports");
        }
        if (arguments.size() == 1) {
            for (String port : new TreeMap<>(ports.fields()).keySet()) {
                for (String address : addresses(ports, port)) {
                    session.out().println(port + " -> " + address);
                }
            }
            return 0;
        }
        String asked = arguments.getLast();
        String port = asked.indexOf('/') < 0 ? asked + "/tcp" : asked;
        List<String> addresses = addresses(ports, port);
        if (addresses.isEmpty()) {
            throw new CommandFailed("Error: No public port '" + asked + "' published for " + arguments.getFirst());
        }
        addresses.forEach(session.out()::println);
        return 0;
    }

    private static List<String> addresses(JsonObject ports, String port) {
        List<String> addresses = new ArrayList<>();
        for (JsonObject binding : ports.objects(port)) {
            addresses.add(Ports.hostPort(binding.text("HostIp"), binding.text("HostPort")));
        }
        return addresses;
    }
}
