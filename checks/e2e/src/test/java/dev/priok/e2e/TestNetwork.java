package dev.priok.e2e;

import dev.priok.network.Wiring;
import dev.priok.network.WiringConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A test daemon's own corner of the host's network: a bridge, a subnet and a firewall table that no other daemon has.
 *
 * @param table in the firewall; also the mark of its links
 * @param bridge of the default network
 * @param number tells subnets apart
 */
record TestNetwork(String table, String bridge, int number) {
    private static final int NUMBERS = 4096;

    /** That of the daemon whose folder this is. */
    static TestNetwork of(Path root) {
        int hash = Math.floorMod(root.getFileName().toString().hashCode(), NUMBERS);
        String text = "pt" + Integer.toHexString(root.getFileName().toString().hashCode());
        return new TestNetwork(text, text, hash);
    }

    /** The host's address on the bridge: one of this machine's that is not loopback. */
    String gateway() {
        return net() + ".1";
    }

    private String net() {
        return "10." + (200 + number / 256) + "." + number % 256;
    }

    List<String> flags() {
        return List.of(
                "--firewall-table",
                table,
                "--bridge",
                bridge,
                "--bip",
                gateway() + "/24",
                "--default-address-pool",
                "base=10.%d.0.0/16,size=26".formatted(220 + number % 16),
                "--ip-forward=false");
    }

    /** Ends of containers' links on the host, which carry the table's name in their alias; bridges are none. */
    List<String> containerLinks() {
        List<String> found = new ArrayList<>();
        try (DirectoryStream<Path> links = Files.newDirectoryStream(Path.of("/sys/class/net"))) {
            for (Path link : links) {
                String alias = alias(link);
                if (alias.startsWith(table + ":") && !Files.exists(link.resolve("bridge"))) {
                    found.add(link.getFileName() + " " + alias);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return found;
    }

    /** Empty for a link that went while it was looked at. */
    private static String alias(Path link) throws IOException {
        try {
            return Files.readString(link.resolve("ifalias")).strip();
        } catch (IOException e) {
            if (Files.isDirectory(link)) {
                throw e;
            }
            return "";
        }
    }

    /** Removes everything of it from the kernel. */
    void remove() {
        try (Wiring wiring = Wiring.ofHost(new WiringConfig(table, 0, false, false))) {
            wiring.cleanup();
        }
    }
}
