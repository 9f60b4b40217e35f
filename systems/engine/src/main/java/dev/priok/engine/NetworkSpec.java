package dev.priok.engine;

import java.util.List;
import java.util.Map;

/**
 * How a container is connected.
 *
 * @param mode {@code default}, {@code bridge}, {@code none}, {@code host}, {@code container:X} or a network
 * @param disabled Config.NetworkDisabled
 * @param dns name servers
 * @param dnsOptions options of the resolver
 * @param dnsSearch search domains
 * @param extraHosts {@code name:address}
 * @param links legacy links
 * @param exposedPorts as {@code 80/tcp}
 * @param portBindings port to the host's ends
 * @param publishAllPorts whether every exposed port gets one of the host's
 * @param macAddress empty for one made up
 * @param endpoints settings by network
 */
public record NetworkSpec(
        String mode,
        boolean disabled,
        List<String> dns,
        List<String> dnsOptions,
        List<String> dnsSearch,
        List<String> extraHosts,
        List<String> links,
        List<String> exposedPorts,
        Map<String, List<PortBinding>> portBindings,
        boolean publishAllPorts,
        String macAddress,
        Map<String, Endpoint> endpoints) {
    /** The default network, with nothing published. */
    public static final NetworkSpec DEFAULT = new NetworkSpec(
            "default", false, List.of(), List.of(), List.of(), List.of(), List.of(), List.of(), Map.of(), false, "",
            Map.of());

    public NetworkSpec {
        mode = mode == null || mode.isEmpty() ? "default" : mode;
        dns = Copies.list(dns);
        dnsOptions = Copies.list(dnsOptions);
        dnsSearch = Copies.list(dnsSearch);
        extraHosts = Copies.list(extraHosts);
        links = Copies.list(links);
        exposedPorts = Copies.sorted(exposedPorts);
        portBindings = Copies.map(portBindings);
        macAddress = Copies.text(macAddress);
        endpoints = Copies.map(endpoints);
    }

    /** These settings with another mode. */
    public NetworkSpec withMode(String newMode) {
        return new NetworkSpec(
                newMode,
                disabled,
                dns,
                dnsOptions,
                dnsSearch,
                extraHosts,
                links,
                exposedPorts,
                portBindings,
                publishAllPorts,
                macAddress,
                endpoints);
    }

    /** These settings with other exposed ports. */
    public NetworkSpec withExposedPorts(List<String> ports) {
        return new NetworkSpec(
                mode,
                disabled,
                dns,
                dnsOptions,
                dnsSearch,
                extraHosts,
                links,
                ports,
                portBindings,
                publishAllPorts,
                macAddress,
                endpoints);
    }

    /** These settings with other links. */
    public NetworkSpec withLinks(List<String> others) {
        return new NetworkSpec(
                mode,
                disabled,
                dns,
                dnsOptions,
                dnsSearch,
                extraHosts,
                others,
                exposedPorts,
                portBindings,
                publishAllPorts,
                macAddress,
                endpoints);
    }

    /** These settings with other endpoints. */
    public NetworkSpec withEndpoints(Map<String, Endpoint> others) {
        return new NetworkSpec(
                mode,
                disabled,
                dns,
                dnsOptions,
                dnsSearch,
                extraHosts,
                links,
                exposedPorts,
                portBindings,
                publishAllPorts,
                macAddress,
                others);
    }

    /** The host's end of a published port; both may be empty. */
    public record PortBinding(String hostIp, String hostPort) {
        public PortBinding {
            hostIp = Copies.text(hostIp);
            hostPort = Copies.text(hostPort);
        }
    }

    /**
     * What was asked of one network.
     *
     * @param networkId id of the network that was meant; empty until that was looked up
     * @param linkLocalAddresses further addresses of the link that no router leads to
     */
    public record Endpoint(
            List<String> aliases,
            List<String> links,
            String ipv4Address,
            String ipv6Address,
            String macAddress,
            Map<String, String> driverOptions,
            int gatewayPriority,
            String networkId,
            List<String> linkLocalAddresses) {
        /** Nothing asked. */
        public static final Endpoint PLAIN = new Endpoint(List.of(), List.of(), "", "", "", Map.of(), 0, "", List.of());

        public Endpoint {
            networkId = Copies.text(networkId);
            aliases = Copies.list(aliases);
            links = Copies.list(links);
            ipv4Address = Copies.text(ipv4Address);
            ipv6Address = Copies.text(ipv6Address);
            macAddress = Copies.text(macAddress);
            driverOptions = Copies.map(driverOptions);
            linkLocalAddresses = Copies.list(linkLocalAddresses);
        }

        /** With this hardware address where none was asked for. */
        public Endpoint withMacAddressUnlessAsked(String mac) {
            return macAddress.isEmpty()
                    ? new Endpoint(
                            aliases,
                            links,
                            ipv4Address,
                            ipv6Address,
                            mac,
                            driverOptions,
                            gatewayPriority,
                            networkId,
                            linkLocalAddresses)
                    : this;
        }

        /** The same of the network that was meant. */
        public Endpoint withNetworkId(String id) {
            return new Endpoint(
                    aliases,
                    links,
                    ipv4Address,
                    ipv6Address,
                    macAddress,
                    driverOptions,
                    gatewayPriority,
                    id,
                    linkLocalAddresses);
        }
    }
}
