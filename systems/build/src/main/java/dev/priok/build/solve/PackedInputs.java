package dev.priok.build.solve;

import dev.priok.build.BuildExtras;
import dev.priok.build.Secret;
import dev.priok.build.context.SpooledTree;
import dev.priok.build.ignore.IgnoreRules;
import dev.priok.build.tree.Content;
import dev.priok.core.Failure;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a client sends beside the build context, in the same stream.
 *
 * @param secrets by id
 * @param contexts the files of named contexts, by name
 * @param agents names of the client's ssh agents
 * @param knownHosts the keys of ssh servers that the client knows, as its file has them
 */
record PackedInputs(
        Map<String, Secret> secrets,
        Map<String, ContextFiles> contexts,
        Set<String> agents,
        Optional<byte[]> knownHosts) {
    static final PackedInputs NONE = new PackedInputs(Map.of(), Map.of(), Set.of(), Optional.empty());

    private static final String SECRETS = "secrets";
    private static final String CONTEXTS = "contexts";
    private static final String AGENTS = "agents";
    private static final String KNOWN_HOSTS = "known_hosts";

    /** What the longest environment and any key file stay below; BuildKit's limit too. */
    private static final int MAXIMUM_SECRET_BYTES = 500 << 10;

    /** A line for each server: ten thousand of them. */
    private static final int MAXIMUM_KNOWN_HOSTS_BYTES = 8 << 20;

    PackedInputs {
        secrets = Map.copyOf(secrets);
        contexts = Map.copyOf(contexts);
        agents = Set.copyOf(agents);
    }

    /** Takes them out of a context. */
    static PackedInputs take(SpooledTree context) throws IOException {
        Optional<SpooledTree> pack = context.detach(BuildExtras.PACK);
        if (pack.isEmpty()) {
            return NONE;
        }
        Map<String, Secret> secrets = new HashMap<>();
        Optional<SpooledTree> files = pack.get().detach(SECRETS);
        if (files.isPresent()) {
            for (String id : files.get().children("")) {
                secrets.put(id, secret(files.get(), id));
            }
        }
        Map<String, ContextFiles> contexts = new HashMap<>();
        Optional<SpooledTree> folders = pack.get().detach(CONTEXTS);
        if (folders.isPresent()) {
            for (String name : folders.get().children("")) {
                folders.get()
                        .detach(name)
                        .ifPresent(
                                tree -> contexts.put(name.replace('%', '/'), new ContextFiles(tree, IgnoreRules.NONE)));
            }
        }
        Optional<SpooledTree> agents = pack.get().detach(AGENTS);
        return new PackedInputs(
                secrets,
                contexts,
                agents.isEmpty() ? Set.of() : Set.copyOf(agents.get().children("")),
                pack.get().resolve(KNOWN_HOSTS).isEmpty()
                        ? Optional.empty()
                        : Optional.of(bytes(pack.get(), KNOWN_HOSTS, MAXIMUM_KNOWN_HOSTS_BYTES)));
    }

    private static Secret secret(SpooledTree files, String id) throws IOException {
        return new Secret(bytes(files, id, MAXIMUM_SECRET_BYTES));
    }

    private static byte[] bytes(SpooledTree files, String name, int limit) throws IOException {
        if (!files.node(name).isRegular() || files.node(name).size() > limit) {
            throw Failure.invalid("secret %s is no file of at most %d bytes", name, limit);
        }
        try (Content content = files.content(name);
                InputStream in = ContentStream.of(content)) {
            return in.readAllBytes();
        }
    }
}
