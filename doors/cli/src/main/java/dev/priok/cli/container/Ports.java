package dev.priok.cli.container;

import dev.priok.client.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The column of ports: neighbours joined to ranges, {@code 0.0.0.0:8000-8002->8000-8002/tcp, 9000/udp}. */
final class Ports {
    private record Range(long first, long last) {}

    private Ports() {}

    static String display(List<JsonObject> ports) {
        if (ports.isEmpty()) {
            return "";
        }
        List<JsonObject> sorted = new ArrayList<>(ports);
        sorted.sort(Ports::compare);
        Map<String, Range> ranges = new LinkedHashMap<>();
        List<String> shown = new ArrayList<>();
        List<String> moved = new ArrayList<>();
        for (JsonObject port : sorted) {
            long inner = port.number("PrivatePort");
            String key = port.text("Type");
            String address = port.text("IP");
            if (!address.isEmpty()) {
                if (port.number("PublicPort") != inner) {
                    moved.add(hostPort(address, Long.toString(port.number("PublicPort"))) + "->" + inner + "/" + key);
                    continue;
                }
                key = address + "/" + key;
            }
            Range range = ranges.get(key);
            if (range != null && inner != range.last() + 1) {
                shown.add(text(key, range));
                range = null;
            }
            ranges.put(key, range == null ? new Range(inner, inner) : new Range(range.first(), inner));
        }
        ranges.forEach((key, range) -> shown.add(text(key, range)));
        shown.addAll(moved);
        return String.join(", ", shown);
    }

    private static int compare(JsonObject a, JsonObject b) {
        int order = Long.compare(a.number("PrivatePort"), b.number("PrivatePort"));
        order = order != 0 ? order : a.text("IP").compareTo(b.text("IP"));
        order = order != 0 ? order : Long.compare(a.number("PublicPort"), b.number("PublicPort"));
        return order != 0 ? order : a.text("Type").compareTo(b.text("Type"));
    }

    private static String text(String key, Range range) {
        int slash = key.lastIndexOf('/');
        String ports =
                range.first() == range.last() ? Long.toString(range.first()) : range.first() + "-" + range.last();
        String mapping = slash < 0 ? ports : hostPort(key.substring(0, slash), ports) + "->" + ports;
        return mapping + "/" + key.substring(slash + 1);
    }

    static String hostPort(String address, String port) {
        return address.indexOf(':') >= 0 ? "[" + address + "]:" + port : address + ":" + port;
    }
}
