package dev.priok.engine;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Networks. For now the three that always exist; {@code bridge} is a private namespace with only loopback. */
public interface Networks {
    List<NetworkView> list(Filters filters);

    /** By name, id, or unique prefix of an id. */
    NetworkView inspect(String ref);

    PruneResult prune(Filters filters);

    /** One network and the containers in it. */
    record NetworkView(
            String id,
            String name,
            String driver,
            String scope,
            Instant created,
            boolean internal,
            boolean attachable,
            Map<String, String> options,
            Map<String, String> labels,
            List<Member> members) {}

    /** A running container in a network. */
    record Member(String containerId, String name) {}
}
