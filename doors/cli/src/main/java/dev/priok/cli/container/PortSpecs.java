package dev.priok.cli.container;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Published and exposed ports as the API wants them.
 *
 * @param exposed {@code {"80/tcp":{}}}
 * @param bindings {@code {"80/tcp":[{"HostIp":"","HostPort":"8080"}]}}
 */
record PortSpecs(Map<String, Object> exposed, Map<String, List<Map<String, String>>> bindings) {
    private record Range(int first, int last) {
        int size() {
            return last - first + 1;
        }
    }

    static PortSpecs parse(List<String> published, List<String> exposed) {
        PortSpecs specs = new PortSpecs(new LinkedHashMap<>(), new LinkedHashMap<>());
        for (String text : published) {
            specs.publish(text);
        }
        for (String text : exposed) {
            String protocol = protocol(text);
            Range range = range(text, withoutProtocol(text));
            for (int port = range.first(); port <= range.last(); port++) {
                specs.exposed.putIfAbsent(port + "/" + protocol, Map.of());
            }
        }
        return specs;
    }

    /** {@code [[IP:][HOST[-HOST]]:]PORT[-PORT][/PROTO]}. */
    private void publish(String text) {
        String protocol = protocol(text);
        String rest = withoutProtocol(text);
        int colon = rest.lastIndexOf(':');
        String container = rest.substring(colon + 1);
        String host = "";
        String address = "";
        if (colon >= 0) {
            String before = rest.substring(0, colon);
            int addressEnd = before.lastIndexOf(':');
            host = before.substring(addressEnd + 1);
            address = addressEnd < 0 ? "" : before.substring(0, addressEnd);
            if (address.startsWith("[") && address.endsWith("]")) {
                address = address.substring(1, address.length() - 1);
            } else if (address.indexOf(':') >= 0) {
                throw ContainerOptions.refuse("invalid IP address: " + address);
            }
        }
        if (container.isEmpty()) {
            throw ContainerOptions.refuse("no port specified: " + text + "<empty>");
        }
        Range inner = range(text, container);
        Range outer = host.isEmpty() ? null : range(text, host);
        if (outer != null && outer.size() != inner.size() && inner.size() != 1) {
            throw ContainerOptions.refuse(
                    "invalid ranges specified for container and host Ports: " + container + " and " + host);
        }
        for (int i = 0; i < inner.size(); i++) {
            String hostPort = "";
            if (outer != null) {
                boolean isChoice = inner.size() == 1 && outer.size() > 1;
                hostPort = isChoice ? outer.first() + "-" + outer.last() : Integer.toString(outer.first() + i);
            }
            Map<String, String> binding = new LinkedHashMap<>();
            binding.put("HostIp", address);
            binding.put("HostPort", hostPort);
            String port = inner.first() + i + "/" + protocol;
            exposed.putIfAbsent(port, Map.of());
            bindings.computeIfAbsent(port, _ -> new ArrayList<>()).add(binding);
        }
    }

    private static String protocol(String text) {
        int slash = text.lastIndexOf('/');
        String protocol = slash < 0 ? "tcp" : text.substring(slash + 1).toLowerCase(java.util.Locale.ROOT);
        if (!protocol.equals("tcp") && !protocol.equals("udp") && !protocol.equals("sctp")) {
            throw ContainerOptions.refuse("invalid proto: " + protocol);
        }
        return protocol;
    }

    private static String withoutProtocol(String text) {
        int slash = text.lastIndexOf('/');
        return slash < 0 ? text : text.substring(0, slash);
    }

    private static Range range(String whole, String text) {
        int dash = text.indexOf('-');
        try {
            int first = Integer.parseInt(dash < 0 ? text : text.substring(0, dash));
            int last = dash < 0 ? first : Integer.parseInt(text.substring(dash + 1));
            if (first >= 0 && last <= 0xffff && first <= last) {
                return new Range(first, last);
            }
        } catch (NumberFormatException _) {
            // Falls through to the one message for a bad port.
        }
        throw ContainerOptions.refuse("invalid port in '" + whole + "': " + text);
    }
}
