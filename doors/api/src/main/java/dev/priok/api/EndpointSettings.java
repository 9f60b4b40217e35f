package dev.priok.api;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How a container is joined to one network; only what a client can ask for. */
public record EndpointSettings(
        @JsonProperty("IPAMConfig") @Nullable Ipam ipamConfig,
        List<String> links,
        String macAddress,
        List<String> aliases,
        Map<String, String> driverOpts,
        int gwPriority) {
    public EndpointSettings {
        links = Absent.list(links);
        macAddress = Absent.text(macAddress);
        aliases = Absent.list(aliases);
        driverOpts = Absent.map(driverOpts);
    }

    /** Wanted addresses. */
    public record Ipam(
            @JsonProperty("IPv4Address") String ipv4Address,
            @JsonProperty("IPv6Address") String ipv6Address,
            @JsonProperty("LinkLocalIPs") List<String> linkLocalIps) {
        public Ipam {
            ipv4Address = Absent.text(ipv4Address);
            ipv6Address = Absent.text(ipv6Address);
            linkLocalIps = Absent.list(linkLocalIps);
        }
    }
}
