package dev.priok.engine.lifecycle;

import dev.priok.core.Digest;
import dev.priok.engine.NetworkSpec;
import dev.priok.engine.network.Attachments;
import dev.priok.engine.network.ContainerNetworks;
import dev.priok.engine.spec.NameFiles;
import dev.priok.engine.state.Definition;
import dev.priok.engine.state.EndpointRow;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * /etc/hosts and /etc/resolv.conf of containers that have networks. Both are written in place: a running container has them
 * mounted. A resolv.conf that was changed inside the container stays as it is, as in Docker; its digest beside it tells. Lines
 * that were added to hosts stay too.
 */
final class EtcFiles {
    /** What was written to hosts last, beside it, to tell what was added inside. */
    private static final String WRITTEN = "hosts.written";

    private final ContainerNetworks networks;

    EtcFiles(ContainerNetworks networks) {
        this.networks = networks;
    }

    /** Writes both for the places that the container has now. */
    void write(Container container) throws IOException {
        Definition definition = container.definition();
        NetworkSpec network = definition.spec().network();
        StringBuilder hosts = new StringBuilder(
                NameFiles.hosts(network, "", networks.hostGateways(), !Attachments.withoutIpv6(definition)));
        boolean named = false;
        for (EndpointRow row : networks.attachments().endpoints(definition.id()).values()) {
            row.addresses()
                    .forEach(address -> hosts.append(bare(address))
                            .append('\t')
                            .append(hostNames(definition))
                            .append('\n'));
            named |= networks.isUserDefined(row.network());
        }
        if (Links.legacy(network)) {
            hosts.append(networks.legacyLinks(definition));
        }
        hosts(container.folders.hosts(), hosts.toString());
        resolvConf(container.folders.resolvConf(), network, named);
    }

    /** Lines that were added inside the container, to what was written before, stay. */
    private static void hosts(Path file, String text) throws IOException {
        Path written = file.resolveSibling(WRITTEN);
        StringBuilder all = new StringBuilder(text);
        if (Files.exists(file) && Files.exists(written)) {
            Set<String> ours = new HashSet<>(Files.readAllLines(written));
            for (String line : Files.readAllLines(file)) {
                if (!ours.contains(line)) {
                    all.append(line).append('\n');
                }
            }
        }
        Files.writeString(file, all);
        Files.writeString(written, text);
    }

    private static String hostNames(Definition definition) {
        String host = definition.spec().hostname();
        String name = host.isEmpty() ? definition.id().substring(0, 12) : host;
        String domain = definition.spec().domainname();
        return domain.isEmpty() ? name : name + "." + domain + " " + name;
    }

    private static String bare(String address) {
        return address.substring(0, address.indexOf('/'));
    }

    private void resolvConf(Path file, NetworkSpec network, boolean named) throws IOException {
        Path digest = file.resolveSibling("resolv.conf.hash");
        boolean edited = Files.exists(file)
                && Files.exists(digest)
                && !Files.readString(digest).equals(digest(Files.readString(file)));
        if (edited) {
            return;
        }
        Path ofHost = Path.of("/etc/resolv.conf");
        String text = NameFiles.resolvConf(
                networks.withDefaults(network), Files.exists(ofHost) ? Files.readString(ofHost) : "", named);
        Files.writeString(file, text);
        Files.writeString(digest, digest(text));
    }

    private static String digest(String text) {
        return Digest.sha256(text.getBytes(StandardCharsets.UTF_8)).toString();
    }

    /** A running container's new address. */
    void joined(Container container, EndpointRow row, boolean named) throws IOException {
        StringBuilder lines = new StringBuilder();
        row.addresses()
                .forEach(address -> lines.append(bare(address))
                        .append('\t')
                        .append(hostNames(container.definition()))
                        .append('\n'));
        Path written = container.folders.hosts().resolveSibling(WRITTEN);
        hosts(container.folders.hosts(), (Files.exists(written) ? Files.readString(written) : "") + lines);
        if (named) {
            resolvConf(
                    container.folders.resolvConf(),
                    container.definition().spec().network(),
                    true);
        }
    }

    /** An address that a running container has no more. */
    void left(Container container, EndpointRow row) throws IOException {
        Path written = container.folders.hosts().resolveSibling(WRITTEN);
        List<String> kept = new ArrayList<>(Files.exists(written) ? Files.readAllLines(written) : List.of());
        row.addresses().forEach(address -> kept.removeIf(line -> line.startsWith(bare(address) + "\t")));
        hosts(container.folders.hosts(), String.join("\n", kept) + "\n");
    }
}
