package dev.priok.build.solve;

import dev.priok.build.ProcessSpec.RunMount;
import dev.priok.build.ignore.IgnoreRules;
import dev.priok.build.plan.Operation;
import dev.priok.build.plan.Operation.MountRequest;
import dev.priok.build.tree.Content;
import dev.priok.build.tree.HostTree;
import dev.priok.build.tree.Node;
import dev.priok.build.tree.SourceTree;
import dev.priok.build.tree.TargetDirectory;
import dev.priok.core.Failure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes ready what a process sees besides its root file system, and takes it away again. */
final class StepMounts implements AutoCloseable {
    private static final int SCRIPT_PERMISSIONS = 0755;

    private final BuildRun build;
    private final StepScope scope;
    private final Path directory;
    private final List<RunMount> mounts = new ArrayList<>();
    private final Map<String, String> env = new LinkedHashMap<>();
    private final List<CacheMounts.InUse> caches = new ArrayList<>();
    private final List<AgentSocket> agents = new ArrayList<>();
    private int files;

    /** Finds the tree of an earlier step. */
    interface Trees {
        LayerStore.OpenTree open(int step) throws IOException;
    }

    StepMounts(BuildRun build, StepScope scope) throws IOException {
        this.build = build;
        this.scope = scope;
        this.directory = Files.createTempDirectory(build.scratch(), "step-");
    }

    void add(Operation.InlineFile script) throws IOException {
        Path file = write(script.text().getBytes(StandardCharsets.UTF_8), Node.file(SCRIPT_PERMISSIONS, 0, 0));
        mounts.add(new RunMount.Bind(file, "/dev/pipes/" + script.name(), true));
    }

    void add(MountRequest request, Trees trees) throws IOException {
        switch (request) {
            case MountRequest.Tmpfs(String target, long bytes) -> mounts.add(new RunMount.Tmpfs(target, bytes));
            case MountRequest.Cache cache -> {
                CacheMounts.InUse inUse = build.caches().take(cache, into -> seed(cache, into, trees), scope.cancel());
                caches.add(inUse);
                mounts.add(new RunMount.Bind(inUse.directory(), cache.target(), cache.readOnly()));
            }
            case MountRequest.SecretFile secret -> add(secret);
            case MountRequest.Agent agent -> add(agent);
            case MountRequest.Bind bind -> {
                if (bind.step().isEmpty()) {
                    bind(bind, build.context().tree());
                } else {
                    try (LayerStore.OpenTree tree = trees.open(bind.step().get())) {
                        bind(bind, tree);
                    }
                }
            }
        }
    }

    /** Fills a new cache directory with what it is to begin with. */
    private void seed(MountRequest.Cache cache, Path into, Trees trees) throws IOException {
        if (cache.step().isEmpty()) {
            return;
        }
        try (LayerStore.OpenTree tree = trees.open(cache.step().get());
                HostTree target = new HostTree(into)) {
            Selection selection = new Selection(tree, "RUN --mount", false, IgnoreRules.NONE);
            new Copier(target, Optional.empty(), Optional.empty(), IgnoreRules.NONE, scope.nowSeconds(), scope.cancel())
                    .copy(selection.select(cache.source()), "/");
        }
    }

    private void add(MountRequest.SecretFile secret) throws IOException {
        Optional<byte[]> value =
                Optional.ofNullable(build.request().secrets().get(secret.id())).map(s -> s.bytes());
        if (value.isEmpty()) {
            if (secret.required()) {
                throw Failure.invalid("secret %s: not found", secret.id());
            }
            return;
        }
        secret.variable().ifPresent(name -> env.put(name, new String(value.get(), StandardCharsets.UTF_8)));
        if (secret.asFile()) {
            Node node = Node.file(secret.permissions(), 0, 0).withOwner(secret.uid(), secret.gid());
            mounts.add(new RunMount.Bind(write(value.get(), node), secret.target(), true));
        }
    }

    private void add(MountRequest.Agent agent) throws IOException {
        SshAgents known = build.agents();
        if (!known.ids().contains(agent.id())) {
            if (agent.required()) {
                throw Failure.invalid(
                        "ssh agent %s is required, and the build was not given it: priok build --ssh %s",
                        agent.id(), agent.id());
            }
            return;
        }
        String name = "agent-" + agents.size();
        String target = agent.path().orElse("/run/buildkit/ssh_agent." + agents.size());
        agents.add(AgentSocket.open(directory, name, agent, known));
        // Whoever connects must be able to write, whatever else of it is read only.
        mounts.add(new RunMount.Bind(directory.resolve(name), target, false));
        env.putIfAbsent("SSH_AUTH_SOCK", target);
    }

    private Path write(byte[] bytes, Node node) throws IOException {
        String name = "file-" + files++;
        try (HostTree tree = new HostTree(directory);
                TargetDirectory root = tree.directory("", Node.directory(0700, 0))) {
            root.file(name, node, Content.Bytes.of(bytes));
        }
        return directory.resolve(name);
    }

    /** Gives the process a copy: a tree may be a stream on disk, or mounted where only this process sees it. */
    private void bind(MountRequest.Bind bind, SourceTree tree) throws IOException {
        String name = "tree-" + files++;
        Selection selection =
                new Selection(tree, "RUN --mount", false, build.context().ignored());
        try (HostTree target = new HostTree(directory)) {
            new Copier(target, Optional.empty(), Optional.empty(), IgnoreRules.NONE, scope.nowSeconds(), scope.cancel())
                    .copy(selection.select(bind.source()), "/" + name);
        }
        mounts.add(new RunMount.Bind(directory.resolve(name), bind.target(), bind.readOnly()));
    }

    List<RunMount> mounts() {
        return mounts;
    }

    /** Environment that secrets add; never part of a key. */
    Map<String, String> env() {
        return env;
    }

    @Override
    public void close() throws IOException {
        caches.forEach(CacheMounts.InUse::close);
        agents.forEach(AgentSocket::close);
        Scratch.delete(directory);
    }
}
