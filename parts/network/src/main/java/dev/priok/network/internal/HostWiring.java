package dev.priok.network.internal;

import dev.priok.core.Failure;
import dev.priok.network.Endpoint;
import dev.priok.network.EndpointDefinition;
import dev.priok.network.Intended;
import dev.priok.network.IpPrefix;
import dev.priok.network.NetworkDefinition;
import dev.priok.network.PortRequest;
import dev.priok.network.Publication;
import dev.priok.network.Reconciled;
import dev.priok.network.Sandbox;
import dev.priok.network.Wiring;
import dev.priok.network.WiringConfig;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.Callable;

/** The wiring of the network namespace that this process is in. */
public final class HostWiring implements Wiring {
    private final WiringConfig config;

    public HostWiring(WiringConfig config) {
        this.config = config;
    }

    private Failure missing() {
        return Failure.notImplemented("networks of table %s are not built yet", config.name());
    }

    @Override
    public void createNetwork(NetworkDefinition network) {
        throw missing();
    }

    @Override
    public void removeNetwork(String networkId) {
        throw missing();
    }

    @Override
    public List<IpPrefix> subnetsInUse() {
        throw missing();
    }

    @Override
    public Sandbox open(String sandboxId) {
        throw missing();
    }

    @Override
    public Sandbox adopt(String sandboxId, String namespacePath) {
        throw missing();
    }

    @Override
    public Endpoint connect(String sandboxId, EndpointDefinition endpoint) {
        throw missing();
    }

    @Override
    public void disconnect(String sandboxId, String endpointId) {
        throw missing();
    }

    @Override
    public void setDefaultGateways(String sandboxId, List<InetAddress> gateways) {
        throw missing();
    }

    @Override
    public Publication publish(String sandboxId, String endpointId, List<PortRequest> requests) {
        throw missing();
    }

    @Override
    public void unpublish(String sandboxId, String endpointId) {
        throw missing();
    }

    @Override
    public void release(String sandboxId) {
        throw missing();
    }

    @Override
    public <T> T inside(String sandboxId, Callable<T> task) {
        throw missing();
    }

    @Override
    public Reconciled reconcile(Intended intended) {
        throw missing();
    }

    @Override
    public void cleanup() {
        throw missing();
    }

    @Override
    public void close() {}
}
