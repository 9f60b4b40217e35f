package dev.priok.cli.container;

import dev.priok.cli.option.Flag;
import dev.priok.cli.option.ListOption;
import dev.priok.cli.option.Options;
import dev.priok.cli.option.TextOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The options about a container's networks, names and ports. */
final class NetworkOptions {
    private final ListOption addHost;
    private final ListOption dns;
    private final ListOption dnsOption;
    private final ListOption dnsSearch;
    private final ListOption expose;
    private final TextOption ip;
    private final TextOption ip6;
    private final ListOption link;
    private final TextOption macAddress;
    private final ListOption network;
    private final ListOption networkOld;
    private final ListOption networkAlias;
    private final ListOption publish;
    private final Flag publishAll;

    NetworkOptions(Options options) {
        addHost = options.list("add-host", "Line for /etc/hosts: HOST:IP");
        dns = options.list("dns", "Name servers");
        dnsOption = options.list("dns-option", "Resolver options");
        dnsSearch = options.list("dns-search", "Domains to search");
        expose = options.list("expose", "Port or range of ports that the container serves");
        ip = options.text("ip", "IPv4 address");
        ip6 = options.text("ip6", "IPv6 address");
        link = options.list("link", "Other container to reach by name");
        macAddress = options.text("mac-address", "MAC address");
        networkOld = options.list("net", "Older name of --network");
        options.hideLast();
        network = options.list('\0', "network", "network", "Network to join", _ -> {});
        networkAlias = options.list("network-alias", "Name of the container in its network");
        publish = options.list('p', "publish", "Port to open on the host: [[IP:]HOST_PORT:]PORT[/PROTO]");
        publishAll = options.flag('P', "publish-all", "Open every exposed port on a free port of the host");
    }

    /** Adds what was given to the three parts of a create call. */
    void addTo(Map<String, Object> config, Map<String, Object> hostConfig, Map<String, Object> body) {
        PortSpecs ports = PortSpecs.parse(publish.values(), expose.values());
        if (!ports.exposed().isEmpty()) {
            config.put("ExposedPorts", ports.exposed());
        }
        if (!ports.bindings().isEmpty()) {
            hostConfig.put("PortBindings", ports.bindings());
        }
        ResourceOptions.add(hostConfig, publishAll, "PublishAllPorts");
        ResourceOptions.add(config, macAddress, "MacAddress");
        ResourceOptions.add(hostConfig, addHost, "ExtraHosts");
        ResourceOptions.add(hostConfig, dns, "Dns");
        ResourceOptions.add(hostConfig, dnsOption, "DnsOptions");
        ResourceOptions.add(hostConfig, dnsSearch, "DnsSearch");
        List<Map<String, Object>> networks = networks();
        String first = networks.isEmpty()
                ? "default"
                : String.valueOf(networks.getFirst().get("name"));
        hostConfig.put("NetworkMode", first);
        if (isDefault(first)) {
            ResourceOptions.add(hostConfig, link, "Links");
        }
        addEndpoints(body, networks, first);
    }

    private void addEndpoints(Map<String, Object> body, List<Map<String, Object>> networks, String first) {
        Map<String, Object> endpoints = new LinkedHashMap<>();
        for (Map<String, Object> network : networks) {
            Map<String, Object> endpoint = new LinkedHashMap<>(network);
            Object name = endpoint.remove("name");
            if (networks.size() > 1 || !endpoint.isEmpty()) {
                endpoints.put(String.valueOf(name), endpoint);
            }
        }
        Map<String, Object> own = new LinkedHashMap<>();
        ResourceOptions.add(own, networkAlias, "Aliases");
        if (!isDefault(first)) {
            ResourceOptions.add(own, link, "Links");
        }
        Map<String, Object> addresses = new LinkedHashMap<>();
        ResourceOptions.add(addresses, ip, "IPv4Address");
        ResourceOptions.add(addresses, ip6, "IPv6Address");
        if (!addresses.isEmpty()) {
            own.put("IPAMConfig", addresses);
        }
        ResourceOptions.add(own, macAddress, "MacAddress");
        if (!own.isEmpty()) {
            endpoints.put(first, own);
        }
        if (!endpoints.isEmpty()) {
            body.put("NetworkingConfig", Map.of("EndpointsConfig", endpoints));
        }
    }

    private List<Map<String, Object>> networks() {
        List<String> texts = new ArrayList<>(networkOld.values());
        texts.addAll(network.values());
        List<Map<String, Object>> networks = new ArrayList<>();
        for (String text : texts) {
            networks.add(network(text));
        }
        return networks;
    }

    /** A plain name, or {@code name=NET,alias=A,ip=ADDRESS,driver-opt=K=V}. */
    private static Map<String, Object> network(String text) {
        Map<String, Object> network = new LinkedHashMap<>();
        if (!text.contains("name=")) {
            network.put("name", text);
            return network;
        }
        List<String> aliases = new ArrayList<>();
        Map<String, Object> driverOptions = new LinkedHashMap<>();
        Map<String, Object> addresses = new LinkedHashMap<>();
        for (CommaFields.Field field : CommaFields.parse(text)) {
            switch (field.key()) {
                case "name" -> network.put("name", field.value());
                case "alias" -> aliases.add(field.value());
                case "ip" -> addresses.put("IPv4Address", field.value());
                case "ip6" -> addresses.put("IPv6Address", field.value());
                case "mac-address" -> network.put("MacAddress", field.value());
                case "driver-opt" -> {
                    int equals = field.value().indexOf('=');
                    driverOptions.put(
                            equals < 0 ? field.value() : field.value().substring(0, equals),
                            equals < 0 ? "" : field.value().substring(equals + 1));
                }
                default -> throw ContainerOptions.refuse("invalid field key " + field.key());
            }
        }
        if (!aliases.isEmpty()) {
            network.put("Aliases", aliases);
        }
        if (!driverOptions.isEmpty()) {
            network.put("DriverOpts", driverOptions);
        }
        if (!addresses.isEmpty()) {
            network.put("IPAMConfig", addresses);
        }
        return network;
    }

    private static boolean isDefault(String network) {
        return network.equals("default") || network.equals("bridge");
    }
}
