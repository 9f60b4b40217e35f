package dev.priok.engine.spec;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** The variables of a legacy link (moby {@code daemon/links/links.go}). */
public final class LinkVariables {
    private LinkVariables() {}

    /** A port that the other container exposes. */
    private record Port(int number, String protocol) {
        static Port parse(String text) {
            String[] pair = text.split("/", 2);
            // A range stands for its first port, as an exposed port is one.
            return new Port(Integer.parseInt(pair[0].split("-", 2)[0]), pair.length < 2 ? "tcp" : pair[1]);
        }

        boolean follows(Port other) {
            return protocol.equals(other.protocol) && number == other.number + 1;
        }
    }

    /**
     * The variables.
     *
     * @param name {@code /ours/alias}; they begin with the alias
     * @param address of the other container
     * @param exposed its ports, {@code 80/tcp}
     * @param env its own variables
     */
    public static List<String> of(String name, String address, List<String> exposed, List<String> env) {
        String prefix = name.substring(name.lastIndexOf('/') + 1)
                .toUpperCase(Locale.ROOT)
                .replace('-', '_');
        List<Port> ports = exposed.stream()
                .map(Port::parse)
                // TCP goes before what else has the same number.
                .sorted(Comparator.comparing((Port p) -> !p.protocol().equals("tcp"))
                        .thenComparingInt(Port::number))
                .toList();
        List<String> all = new ArrayList<>();
        if (!ports.isEmpty()) {
            all.add(prefix + "_PORT=" + url(ports.getFirst(), address));
        }
        ranges(ports, prefix, address, all);
        for (Port port : ports) {
            String of = of(prefix, port);
            all.add(of + "=" + url(port, address));
            all.add(of + "_ADDR=" + address);
            all.add(of + "_PORT=" + port.number());
            all.add(of + "_PROTO=" + port.protocol());
        }
        all.add(prefix + "_NAME=" + name);
        for (String variable : env) {
            if (variable.indexOf('=') > 0 && !variable.startsWith("HOME=") && !variable.startsWith("PATH=")) {
                all.add(prefix + "_ENV_" + variable);
            }
        }
        return all;
    }

    /** Ports without a gap between them are also told as a range. */
    private static void ranges(List<Port> ports, String prefix, String address, List<String> all) {
        int start = 0;
        for (int i = 0; i < ports.size(); i++) {
            boolean last = i + 1 == ports.size() || !ports.get(i + 1).follows(ports.get(i));
            if (!last) {
                continue;
            }
            if (i > start) {
                Port first = ports.get(start);
                String of = of(prefix, first);
                all.add(of + "_START=" + url(first, address));
                all.add(of + "_ADDR=" + address);
                all.add(of + "_PROTO=" + first.protocol());
                all.add(of + "_PORT_START=" + first.number());
                all.add(of + "_PORT_END=" + ports.get(i).number());
            }
            start = i + 1;
        }
    }

    private static String of(String prefix, Port port) {
        return prefix + "_PORT_" + port.number() + "_" + port.protocol().toUpperCase(Locale.ROOT);
    }

    private static String url(Port port, String address) {
        return port.protocol() + "://" + address + ":" + port.number();
    }
}
