package dev.priok.api;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a create request has besides its {@link ContainerConfig}, in the same JSON object. */
public record CreateExtras(
        @Nullable HostConfig hostConfig, @Nullable NetworkingConfig networkingConfig) {
    /** Settings for the networks that the container joins, by name or id. */
    public record NetworkingConfig(Map<String, @Nullable EndpointSettings> endpointsConfig) {
        public NetworkingConfig {
            endpointsConfig = Absent.map(endpointsConfig);
        }
    }
}
