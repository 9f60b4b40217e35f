package dev.priok.engine.lifecycle;

import dev.priok.core.Digest;
import dev.priok.engine.NetworkSpec;
import dev.priok.engine.network.ContainerNetworks;
import dev.priok.engine.spec.NameFiles;
import dev.priok.engine.state.Definition;
import dev.priok.engine.state.EndpointRow;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * /etc/hosts and /etc/resolv.conf of containers that have networks. Both are written in place: a running container has them
 * mounted. A resolv.conf that was changed inside the container stays as it is, as in Docker; its digest beside it tells.
 */
final class EtcFiles {
    private final ContainerNetworks networks;

    EtcFiles(ContainerNetworks networks) {
        this.networks = networks;
    }

    /** Writes both for the places that the container has now. */
    void write(Container container) throws IOException {
        Definition definition = container.definition();
        NetworkSpec network = definition.spec().network();
        StringBuilder hosts = new StringBuilder(NameFiles.hosts(network, "", networks.hostGateway()));
        boolean named = false;
        for (EndpointRow row : networks.attachments().endpoints(definition.id()).values()) {
            row.addresses()
                    .forEach(address -> hosts.append(bare(address))
                            .append('\t')
                            .append(hostNames(definition))
                            .append('\n'));
            named |= networks.isUserDefined(row.network());
        }
        hosts.append(networks.legacyLinks(definition));
        Files.writeString(container.folders.hosts(), hosts);
        resolvConf(container.folders.resolvConf(), network, named);
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
        StringBuilder hosts = new StringBuilder(Files.readString(container.folders.hosts()));
        row.addresses()
                .forEach(address -> hosts.append(bare(address))
                        .append('\t')
                        .append(hostNames(container.definition()))
                        .append('\n'));
        Files.writeString(container.folders.hosts(), hosts);
        if (named) {
            resolvConf(
                    container.folders.resolvConf(),
                    container.definition().spec().network(),
                    true);
        }
    }

    /** An address that a running container has no more. */
    void left(Container container, EndpointRow row) throws IOException {
        List<String> kept = new ArrayList<>(Files.readAllLines(container.folders.hosts()));
        row.addresses().forEach(address -> kept.removeIf(line -> line.startsWith(bare(address) + "\t")));
        Files.writeString(container.folders.hosts(), String.join("\n", kept) + "\n");
    }
}
