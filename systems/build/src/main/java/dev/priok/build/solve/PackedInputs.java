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

/**
 * What a client sends beside the build context, in the same stream.
 *
 * @param secrets by id
 * @param contexts the files of named contexts, by name
 */
record PackedInputs(Map<String, Secret> secrets, Map<String, ContextFiles> contexts) {
    static final PackedInputs NONE = new PackedInputs(Map.of(), Map.of());

    private static final String SECRETS = "secrets";
    private static final String CONTEXTS = "contexts";

    /** What the longest environment and any key file stay below; BuildKit's limit too. */
    private static final int MAXIMUM_SECRET_BYTES = 500 << 10;

    PackedInputs {
        secrets = Map.copyOf(secrets);
        contexts = Map.copyOf(contexts);
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
        return new PackedInputs(secrets, contexts);
    }

    private static Secret secret(SpooledTree files, String id) throws IOException {
        if (!files.node(id).isRegular() || files.node(id).size() > MAXIMUM_SECRET_BYTES) {
            throw Failure.invalid("secret %s is no file of at most %d bytes", id, MAXIMUM_SECRET_BYTES);
        }
        try (Content content = files.content(id);
                InputStream in = ContentStream.of(content)) {
            return new Secret(in.readAllBytes());
        }
    }
}
