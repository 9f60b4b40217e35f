package dev.priok.engine;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Networks: {@code bridge}, {@code host} and {@code none}, which always exist, and those that users make. */
public interface Networks {
    List<NetworkView> list(Filters filters);

    /** By name, id, or unique prefix of an id. */
    NetworkView inspect(String ref);

    /** Makes a network; its id. */
    String create(NewNetwork network);

    /** Removes a network that nobody is on. */
    void remove(String ref);

    /** Puts a container on a network, at once if it runs and at its start otherwise. */
    void connect(String ref, String container, NetworkSpec.Endpoint endpoint);

    /**
     * Takes a container off a network.
     *
     * @param force whether a container that does not exist any more is none of the caller's concern
     */
    void disconnect(String ref, String container, boolean force);

    /** Removes networks that users made and no container, running or not, names. */
    PruneResult prune(Filters filters);

    /**
     * What a network is made from.
     *
     * @param driver {@code bridge} or {@code macvlan}; empty for the first
     * @param ipv4 null for what options or the driver say: yes
     * @param ipv6 null for what options or the driver say: no
     * @param pools empty, or with empty fields, for what the daemon chooses
     * @param configOnly whether it only keeps settings, for networks that are made from it
     * @param configFrom the network whose settings it takes, by name or id; empty for its own
     */
    record NewNetwork(
            String name,
            String driver,
            @Nullable Boolean ipv4,
            @Nullable Boolean ipv6,
            boolean internal,
            boolean attachable,
            List<Pool> pools,
            Map<String, String> options,
            Map<String, String> labels,
            boolean configOnly,
            String configFrom) {
        public NewNetwork {
            configFrom = Copies.text(configFrom);
            driver = Copies.text(driver);
            pools = Copies.list(pools);
            options = Copies.map(options);
            labels = Copies.map(labels);
        }
    }

    /**
     * Addresses of a network, in Docker's words.
     *
     * @param subnet such as {@code 172.18.0.0/16}
     * @param range part of it that containers get their addresses from; empty for all
     * @param gateway the bridge's own
     * @param auxiliary addresses that are somebody else's, by any name
     */
    record Pool(String subnet, String range, String gateway, Map<String, String> auxiliary) {
        public Pool {
            subnet = Copies.text(subnet);
            range = Copies.text(range);
            gateway = Copies.text(gateway);
            auxiliary = Copies.map(auxiliary);
        }
    }

    /**
     * One network and the running containers on it.
     *
     * @param configOnly whether it only keeps settings
     * @param configFrom name of the network whose settings it has; empty for its own
     */
    record NetworkView(
            String id,
            String name,
            String driver,
            String scope,
            Instant created,
            boolean ipv4,
            boolean ipv6,
            boolean internal,
            boolean attachable,
            List<Pool> pools,
            Map<String, String> options,
            Map<String, String> labels,
            boolean configOnly,
            String configFrom,
            List<Member> members) {}

    /**
     * A running container on a network.
     *
     * @param ipv4Address with the length of its prefix; empty without one
     */
    record Member(
            String containerId,
            String name,
            String endpointId,
            String macAddress,
            String ipv4Address,
            String ipv6Address) {}
}
