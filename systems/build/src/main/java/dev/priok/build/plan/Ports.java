package dev.priok.build.plan;

import dev.priok.build.dockerfile.SourceRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Reads the words of EXPOSE. */
final class Ports {
    private static final Set<String> PROTOCOLS = Set.of("tcp", "udp", "sctp");
    private static final int MAXIMUM = 65535;

    private Ports() {}

    /** Ports with their protocol; one word may hold several, separated by blanks, and a range. */
    static List<String> read(String words, SourceRange lines) {
        List<String> ports = new ArrayList<>();
        for (String word : words.strip().split("\\s+")) {
            // An address and a port of the host mean nothing here and are tolerated.
            String port = word.substring(word.lastIndexOf(':') + 1);
            int slash = port.indexOf('/');
            String protocol = slash < 0 ? "tcp" : port.substring(slash + 1).toLowerCase(Locale.ROOT);
            if (!PROTOCOLS.contains(protocol)) {
                throw lines.failure("invalid proto: " + protocol);
            }
            String[] range = (slash < 0 ? port : port.substring(0, slash)).split("-", 2);
            int first = number(range[0], word, lines);
            int last = range.length == 2 ? number(range[1], word, lines) : first;
            if (last < first) {
                throw lines.failure("invalid containerPort: " + word);
            }
            for (int i = first; i <= last; i++) {
                ports.add(i + "/" + protocol);
            }
        }
        return ports;
    }

    private static int number(String text, String word, SourceRange lines) {
        try {
            int number = Integer.parseInt(text);
            if (number >= 0 && number <= MAXIMUM && text.charAt(0) != '+') {
                return number;
            }
        } catch (NumberFormatException e) {
            throw lines.failure("invalid containerPort: " + word);
        }
        throw lines.failure("invalid containerPort: " + word);
    }
}
