package dev.priok.engine.lifecycle;

import dev.priok.core.Failure;
import dev.priok.engine.NetworkSpec;
import dev.priok.engine.network.ContainerNetworks;
import dev.priok.engine.spec.LinkVariables;
import dev.priok.engine.state.Definition;
import dev.priok.engine.state.EndpointRow;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Docker's legacy links, {@code --link container:alias} on the default network: lines in /etc/hosts and variables. They are kept
 * as {@code id:alias}, so that a rename of the other container does not matter.
 */
final class Links {
    private static final Set<String> DEFAULT_NETWORK = Set.of("", "default", "bridge");

    private final Registry registry;
    private final ContainerNetworks networks;

    Links(Registry registry, ContainerNetworks networks) {
        this.registry = registry;
        this.networks = networks;
    }

    /** What a container calls another. */
    record Link(String ref, String alias) {
        static Link parse(String text) {
            String[] pair = text.split(":", 2);
            String ref = pair[0].startsWith("/") ? pair[0].substring(1) : pair[0];
            String alias = pair.length < 2 ? ref : pair[1].substring(pair[1].lastIndexOf('/') + 1);
            if (ref.isEmpty() || alias.isEmpty()) {
                throw Failure.invalid("invalid link: \"%s\"", text);
            }
            return new Link(ref, alias);
        }
    }

    /** Whether links of a container are of this kind; on a network that users made they are names there. */
    static boolean legacy(NetworkSpec spec) {
        return DEFAULT_NETWORK.contains(spec.mode()) && !spec.links().isEmpty();
    }

    /** The links by ids; refuses those to containers that are not there or not on the default network, in Docker's words. */
    NetworkSpec settle(NetworkSpec spec) {
        if (!legacy(spec)) {
            return spec;
        }
        List<String> settled = new ArrayList<>();
        for (String text : spec.links()) {
            Link link = Link.parse(text);
            // Docker's command takes a 404 of create for a missing image.
            Container target = registry.find(link.ref())
                    .orElseThrow(() -> Failure.invalid(
                            "could not get container for %s: No such container: %s", link.ref(), link.ref()));
            NetworkSpec theirs = target.definition().spec().network();
            if (theirs.mode().equals("host")) {
                throw Failure.invalid(
                        "conflicting options: host type networking can't be used with links. This would result in undefined"
                                + " behavior");
            }
            if (!theirs.endpoints().containsKey("bridge")) {
                throw Failure.invalid(
                        "Cannot link to %s, as it does not belong to the default network",
                        target.definition().name());
            }
            settled.add(target.id() + ":" + link.alias());
        }
        return spec.withLinks(settled);
    }

    /** As inspect shows them, {@code /theirs:/ours/alias}. */
    NetworkSpec shown(Definition definition) {
        NetworkSpec spec = definition.spec().network();
        if (!legacy(spec)) {
            return spec;
        }
        List<String> shown = new ArrayList<>();
        for (String text : spec.links()) {
            Link link = Link.parse(text);
            String theirs =
                    registry.find(link.ref()).map(c -> c.definition().name()).orElse(link.ref());
            shown.add("/" + theirs + ":/" + definition.name() + "/" + link.alias());
        }
        return spec.withLinks(shown);
    }

    /** A container's links of this kind. */
    static List<Link> of(Definition definition) {
        NetworkSpec spec = definition.spec().network();
        return legacy(spec) ? spec.links().stream().map(Link::parse).toList() : List.of();
    }

    /** The names that links give to containers, {@code /theirs/alias}, by the ids of those that are linked to. */
    Map<String, List<String>> names() {
        Map<String, List<String>> names = new HashMap<>();
        for (Container container : registry.all()) {
            Definition definition = container.definition();
            for (Link link : of(definition)) {
                names.computeIfAbsent(link.ref(), _ -> new ArrayList<>())
                        .add("/" + definition.name() + "/" + link.alias());
            }
        }
        return names;
    }

    /** What a container's processes learn of those that it is linked to, which must run. */
    List<String> variables(Container container) {
        Definition definition = container.definition();
        List<String> all = new ArrayList<>();
        for (Link link : of(definition)) {
            Definition theirs = registry.find(link.ref())
                    .orElseThrow(() -> Failure.notFound(
                            "could not get container for %s: No such container: %s", link.ref(), link.ref()))
                    .definition();
            EndpointRow row = networks.attachments().endpoints(theirs.id()).get("bridge");
            if (row == null) {
                throw Failure.conflict(
                        "Cannot link to a non running container: /%s AS /%s/%s",
                        theirs.name(), definition.name(), link.alias());
            }
            all.addAll(LinkVariables.of(
                    "/" + definition.name() + "/" + link.alias(),
                    row.addresses().getFirst().split("/", 2)[0],
                    theirs.spec().network().exposedPorts(),
                    theirs.spec().process().env()));
        }
        return all;
    }
}
