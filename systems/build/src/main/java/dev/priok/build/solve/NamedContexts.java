package dev.priok.build.solve;

import dev.priok.build.BuildRequest;
import dev.priok.build.context.SpooledTree;
import dev.priok.build.ignore.IgnoreRules;
import dev.priok.core.Failure;
import dev.priok.core.Platform;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/** The named contexts of a build: files that came with the request, what the daemon brings, and images. */
final class NamedContexts implements AutoCloseable {
    private static final String IMAGE = "docker-image://";
    private static final String LAYOUT = "oci-layout://";

    private final Map<String, ContextFiles> files;
    private final Map<String, String> images = new HashMap<>();
    private final Deque<SpooledTree> brought = new ArrayDeque<>();

    private NamedContexts(Map<String, ContextFiles> sent) {
        this.files = new HashMap<>(sent);
    }

    /**
     * Brings what is not among the files that were sent.
     *
     * @param sent by name
     */
    static NamedContexts of(
            BuildRequest request, Map<String, ContextFiles> sent, SshAgents agents, LayerStore store, Path scratch)
            throws IOException {
        NamedContexts contexts = new NamedContexts(sent);
        boolean done = false;
        try {
            for (Map.Entry<String, String> one : request.extras().contexts().entrySet()) {
                contexts.bring(request, one.getKey(), one.getValue(), agents, store, scratch);
            }
            done = true;
            return contexts;
        } finally {
            if (!done) {
                contexts.close();
            }
        }
    }

    private void bring(
            BuildRequest request, String name, String address, SshAgents agents, LayerStore store, Path scratch)
            throws IOException {
        if (address.startsWith(IMAGE)) {
            images.put(name, address.substring(IMAGE.length()));
            return;
        }
        try {
            if (address.startsWith(LAYOUT)) {
                ContextFiles folder = files.remove(name);
                if (folder == null) {
                    throw Failure.invalid("the folder of %s was not sent", address);
                }
                Platform platform = request.platform().orElseGet(Platform::current);
                OciLayout layout = OciLayout.of(folder.tree(), address.substring(LAYOUT.length()), platform);
                images.put(name, store.load(layout, scratch).toString());
                return;
            }
            SpooledTree tree = RemoteContext.files(request, address, agents, scratch);
            brought.push(tree);
            files.put(name, new ContextFiles(tree, IgnoreRules.NONE));
        } catch (Failure e) {
            throw new Failure(e.kind(), "failed to get build context %s: %s".formatted(name, e.message()), e);
        }
    }

    /** Those that are files. */
    Map<String, ContextFiles> files() {
        return files;
    }

    /** Those that are images: reference by name. */
    Map<String, String> images() {
        return images;
    }

    @Override
    public void close() {
        brought.forEach(SpooledTree::close);
    }
}
