package dev.priok.engine.network;

import dev.priok.core.Failure;
import dev.priok.engine.NetworkSpec;
import dev.priok.network.PortRequest;
import dev.priok.network.Transport;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a container asks to be published. */
final class Ports {
    private Ports() {}

    static List<PortRequest> requests(NetworkSpec network) {
        List<PortRequest> all = new ArrayList<>();
        network.portBindings().forEach((port, bindings) -> {
            for (NetworkSpec.PortBinding binding : bindings) {
                all.add(request(port, binding));
            }
        });
        if (network.publishAllPorts()) {
            for (String port : network.exposedPorts()) {
                if (!network.portBindings().containsKey(port)) {
                    all.add(request(port, new NetworkSpec.PortBinding("", "")));
                }
            }
        }
        return all;
    }

    private static PortRequest request(String port, NetworkSpec.PortBinding binding) {
        String[] parts = port.split("/", 2);
        String[] range = binding.hostPort().split("-", 2);
        return new PortRequest(
                address(binding.hostIp()),
                number(range[0]),
                number(range[range.length - 1]),
                Transport.parse(parts.length == 2 ? parts[1] : "tcp"),
                number(parts[0]));
    }

    private static Optional<InetAddress> address(String text) {
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(InetAddress.ofLiteral(text));
        } catch (IllegalArgumentException e) {
            throw new Failure(Failure.Kind.INVALID, "invalid IP address: " + text, e);
        }
    }

    private static int number(String text) {
        if (text.isEmpty()) {
            return 0;
        }
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new Failure(Failure.Kind.INVALID, "invalid port: " + text, e);
        }
    }
}
