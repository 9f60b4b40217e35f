package dev.priok.network;

import dev.priok.core.Failure;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * Networks, sandboxes, endpoints and published ports in the kernel. All methods may be called from any thread; calls for
 * different sandboxes do not wait for each other. Each takes effect wholly or not at all.
 *
 * <p>What the caller asks wrongly or cannot have is a {@link Failure}: INVALID, CONFLICT (a name or range that the host uses
 * otherwise), NOT_FOUND (a network, sandbox or endpoint that was not made here), INTERNAL with the kernel's own words.
 *
 * <p>Order at a daemon's start: one {@link #reconcile}, then anything. Order for a container: {@link #open}, {@link #connect}
 * for each network, {@link #publish}, then the process; when it has ended, {@link #release} alone undoes all of it.
 */
public interface Wiring extends AutoCloseable {
    /**
     * Makes a network, or brings one that exists to its definition without interrupting traffic.
     *
     * @throws Failure CONFLICT when the link exists and is no bridge, or is the bridge of another network
     */
    void createNetwork(NetworkDefinition network);

    /** Removes a network with its firewall entries; a bridge that was there before Priok stays. Unknown: nothing. */
    void removeNetwork(String networkId);

    /** Subnets of addresses and routes that the host has outside of our networks, for choosing one that is free. */
    List<IpPrefix> subnetsInUse();

    /** Addresses of a link of the host, with their prefixes, without those that a link gives itself; none without the link. */
    List<IpPrefix> addresses(String link);

    /** A fresh sandbox, out of the ready ones. */
    Sandbox open(String sandboxId);

    /** Takes a fresh namespace that was made elsewhere, such as one that belongs to a user namespace, as a sandbox. */
    Sandbox open(String sandboxId, String namespacePath);

    /** Takes a running container's namespace as a sandbox, where {@link #reconcile} was not told of it. */
    Sandbox adopt(String sandboxId, String namespacePath);

    /**
     * Puts the sandbox on a network: link, addresses, routes, firewall. A sandbox may be running.
     *
     * @throws Failure CONFLICT when the interface name is taken inside
     */
    Endpoint connect(String sandboxId, EndpointDefinition endpoint);

    /** Takes an endpoint away with its publications; its link goes soon after. Unknown: nothing. */
    void disconnect(String sandboxId, String endpointId);

    /** Sets the sandbox's default routes, one of each family at most; a family without one loses its default route. */
    void setDefaultGateways(String sandboxId, List<InetAddress> gateways);

    /**
     * Publishes ports of an endpoint, all or none; the ports of the host stay reserved until {@link #unpublish},
     * {@link #disconnect} or {@link #release}. Requests for families that the endpoint has no address of are left out.
     */
    Publication publish(String sandboxId, String endpointId, List<PortRequest> requests);

    /** Withdraws all publications of an endpoint, and ends the connections through them. Unknown: nothing. */
    void unpublish(String sandboxId, String endpointId);

    /** Disconnects every endpoint and lets go of the namespace; links go soon after the return. Unknown: nothing. */
    void release(String sandboxId);

    /**
     * Runs {@code task} on a thread of its own that stands in the sandbox's namespace: sockets that it opens and settings below
     * {@code /proc/sys/net} that it reads or writes are the sandbox's, for good.
     */
    <T> T inside(String sandboxId, Callable<T> task) throws Exception;

    /**
     * Brings the kernel to what is intended: takes back what runs, makes what is missing, removes leftovers of ours. Traffic of
     * what is as intended does not pause. To be called once, before everything else.
     */
    Reconciled reconcile(Intended intended);

    /** Removes everything of ours from the kernel: table, links, reservations. The wiring is of no use after. */
    void cleanup();

    /** Lets go of descriptors and ready sandboxes; what runs goes on. */
    @Override
    void close();

    /** The wiring of the host, which is the network namespace that this process is in. */
    static Wiring ofHost(WiringConfig config) {
        return new dev.priok.network.internal.HostWiring(config);
    }
}
