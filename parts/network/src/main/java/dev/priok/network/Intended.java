package dev.priok.network;

import java.util.List;

/**
 * All that the caller's records say shall be, for {@link Wiring#reconcile}.
 *
 * @param sandboxes those of running containers
 */
public record Intended(List<NetworkDefinition> networks, List<RunningSandbox> sandboxes) {
    public Intended {
        networks = List.copyOf(networks);
        sandboxes = List.copyOf(sandboxes);
    }

    /**
     * A sandbox of a container that runs.
     *
     * @param namespacePath opens its namespace now, such as {@code /proc/PID/ns/net}
     */
    public record RunningSandbox(String id, String namespacePath, List<RunningEndpoint> endpoints) {
        public RunningSandbox {
            endpoints = List.copyOf(endpoints);
        }
    }

    /** An endpoint of it with its publications. */
    public record RunningEndpoint(EndpointDefinition definition, List<PortBinding> bindings) {
        public RunningEndpoint {
            bindings = List.copyOf(bindings);
        }
    }
}
