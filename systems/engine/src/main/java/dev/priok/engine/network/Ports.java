package dev.priok.engine.network;

import dev.priok.core.Failure;
import dev.priok.engine.ContainerView.PublishedPort;
import dev.priok.engine.NetworkSpec;
import dev.priok.network.PortBinding;
import dev.priok.network.PortRequest;
import dev.priok.network.Transport;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a container asks to be published. */
final class Ports {
    private static final NetworkSpec.PortBinding ANY = new NetworkSpec.PortBinding("", "");

    private Ports() {}

    /**
     * What is to be published.
     *
     * @param host address of the host where none is named; empty for every one
     */
    static List<PortRequest> requests(NetworkSpec network, Optional<InetAddress> host) {
        List<PortRequest> all = new ArrayList<>();
        network.portBindings().forEach((port, bindings) -> {
            // Without an end on the host it is any port there, as in Docker.
            for (NetworkSpec.PortBinding binding : bindings.isEmpty() ? List.of(ANY) : bindings) {
                all.add(request(port, binding, host));
            }
        });
        if (network.publishAllPorts()) {
            for (String port : network.exposedPorts()) {
                if (!network.portBindings().containsKey(port)) {
                    all.add(request(port, ANY, host));
                }
            }
        }
        return all;
    }

    private static PortRequest request(String port, NetworkSpec.PortBinding binding, Optional<InetAddress> host) {
        String[] parts = port.split("/", 2);
        String[] range = binding.hostPort().split("-", 2);
        return new PortRequest(
                address(binding.hostIp()).or(() -> host),
                number(range[0]),
                number(range[range.length - 1]),
                Transport.parse(parts.length == 2 ? parts[1] : "tcp"),
                number(parts[0]));
    }

    /** What there was, once more. */
    static PortRequest again(PublishedPort port) {
        PortBinding binding = binding(port);
        return new PortRequest(
                Optional.of(binding.hostAddress()),
                binding.hostPort(),
                binding.hostPort(),
                binding.transport(),
                binding.containerPort());
    }

    /** As it is recorded. */
    static PublishedPort published(PortBinding binding) {
        return new PublishedPort(
                binding.containerPort() + "/" + binding.transport(),
                binding.hostAddress().getHostAddress(),
                binding.hostPort());
    }

    /** As it was recorded. */
    static PortBinding binding(PublishedPort port) {
        String[] pair = port.containerPort().split("/", 2);
        return new PortBinding(
                InetAddress.ofLiteral(port.hostIp()),
                port.hostPort(),
                Transport.parse(pair[1]),
                Integer.parseInt(pair[0]));
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
