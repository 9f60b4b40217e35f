package dev.priok.api;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Request to make a network. */
public record NetworkCreate(
        String name,
        String driver,
        @Nullable String scope,
        @JsonProperty("EnableIPv4") @Nullable Boolean enableIpv4,
        @JsonProperty("EnableIPv6") @Nullable Boolean enableIpv6,
        @JsonProperty("IPAM") @Nullable Ipam ipam,
        boolean internal,
        boolean attachable,
        boolean ingress,
        boolean configOnly,
        @Nullable ConfigFrom configFrom,
        Map<String, String> options,
        Map<String, String> labels) {
    public NetworkCreate {
        name = Absent.text(name);
        driver = Absent.text(driver);
        options = Absent.map(options);
        labels = Absent.map(labels);
    }

    /** The network whose settings are taken. */
    public record ConfigFrom(String network) {
        public ConfigFrom {
            network = Absent.text(network);
        }
    }

    /** Address management. */
    public record Ipam(String driver, List<Config> config) {
        public Ipam {
            driver = Absent.text(driver);
            config = Absent.list(config);
        }
    }

    /** One subnet. */
    public record Config(
            String subnet,
            @JsonProperty("IPRange") String ipRange,
            String gateway,
            @JsonProperty("AuxiliaryAddresses") Map<String, String> auxiliaryAddresses) {
        public Config {
            subnet = Absent.text(subnet);
            ipRange = Absent.text(ipRange);
            gateway = Absent.text(gateway);
            auxiliaryAddresses = Absent.map(auxiliaryAddresses);
        }
    }
}
