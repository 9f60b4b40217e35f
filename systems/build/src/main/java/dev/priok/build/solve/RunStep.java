package dev.priok.build.solve;

import dev.priok.build.BuildEvent;
import dev.priok.build.Executor;
import dev.priok.build.ProcessSpec;
import dev.priok.build.RunSettings;
import dev.priok.build.ignore.IgnoreRules;
import dev.priok.build.plan.Chain;
import dev.priok.build.plan.Operation;
import dev.priok.build.plan.Operation.MountRequest;
import dev.priok.build.tree.Node;
import dev.priok.build.tree.PathResolver;
import dev.priok.core.Digest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** Runs one process and keeps what it wrote. */
final class RunStep {
    private static final int DIRECTORY_PERMISSIONS = 0755;

    /** What a runtime makes in a root file system to mount over, deepest first. */
    private static final List<String> MOUNT_POINTS =
            List.of("etc/resolv.conf", "etc/hostname", "etc/hosts", "etc", "proc", "sys", "dev");

    private final BuildRun build;
    private final Operation.Run run;
    private final StepMounts.Trees trees;

    RunStep(BuildRun build, Operation.Run run, StepMounts.Trees trees) {
        this.build = build;
        this.run = run;
        this.trees = trees;
    }

    /** Hashes files of another step into a key; false when they are not known. */
    interface Files {
        boolean add(int step, String path) throws IOException;
    }

    /**
     * Adds everything to a key that may change what the process does, its root file system excepted.
     *
     * @return whether all of it is known
     */
    static boolean describe(BuildRun build, Operation.Run run, KeyHash hash, Files files) throws IOException {
        hash.add("run")
                .add(run.args())
                .add(run.env())
                .add(run.workingDirectory())
                .add(run.user())
                .add(run.network().orElse(""))
                .add(run.insecure() ? "insecure" : "")
                .add(run.script().map(Operation.InlineFile::text).orElse(""));
        for (MountRequest mount : run.mounts()) {
            hash.add(mount.target());
            switch (mount) {
                case MountRequest.Bind bind -> {
                    if (bind.step().isEmpty()) {
                        hash.add(Definitions.contextFiles(build, bind.source()).hex());
                    } else if (!files.add(bind.step().get(), bind.source())) {
                        return false;
                    }
                }
                case MountRequest.SecretFile secret ->
                    hash.add(secret.variable().orElse(""));
                // No environment variable, as a secret has one there, holds an equals sign.
                case MountRequest.Agent agent ->
                    hash.add("type=ssh").add(agent.id()).add(agent.required() ? "required" : "");
                case MountRequest.Tmpfs _ -> hash.add("type=tmpfs");
                case MountRequest.Cache _ -> hash.add("");
            }
        }
        return true;
    }

    /** What it does, and all that it sees besides its root file system. */
    Digest inputs(StepScope scope) throws IOException {
        KeyHash hash = new KeyHash("inputs");
        describe(build, run, hash, (step, path) -> {
            hash.add(content(step, path, scope).hex());
            return true;
        });
        return hash.digest();
    }

    private Digest content(int step, String path, StepScope scope) throws IOException {
        try (LayerStore.OpenTree tree = trees.open(step)) {
            Selection selection = new Selection(tree, "RUN --mount", false, IgnoreRules.NONE);
            return SelectionHash.of(
                    selection.select(path), IgnoreRules.NONE, scope.time().isPresent());
        }
    }

    Digest execute(Chain parent, StepScope scope) throws IOException, StepFailure {
        try (Draft draft = build.store().draft(parent);
                StepMounts mounts = new StepMounts(build, scope)) {
            if (run.script().isPresent()) {
                mounts.add(run.script().get());
            }
            for (MountRequest request : run.mounts()) {
                mounts.add(request, trees);
            }
            Accounts.Login login;
            List<String> missing;
            try (Draft.OpenTarget tree = draft.open()) {
                login = Accounts.read(tree).login(run.user());
                Node directory = Node.directory(DIRECTORY_PERMISSIONS, scope.nowSeconds());
                tree.directory(run.workingDirectory(), directory).close();
                missing = missing(tree, mounts);
            }
            int code = run(draft, mounts, login, scope);
            if (code != 0 && build.request().extras().keepFailure()) {
                throw StepFailure.kept(message(code), code, parent.with(draft.commit(OptionalLong.empty())), run);
            }
            if (code != 0) {
                throw new StepFailure(message(code), code);
            }
            try (Draft.OpenTarget tree = draft.open()) {
                for (String path : missing) {
                    tree.removeIfEmpty(path);
                }
            }
            return draft.commit(scope.time());
        }
    }

    private String message(int code) {
        return "The command '%s' returned a non-zero code: %d".formatted(String.join(" ", run.args()), code);
    }

    /** Mount points that are not there yet, so that they can be taken away after the process. */
    private static List<String> missing(Draft.OpenTarget tree, StepMounts mounts) throws IOException {
        List<String> missing = new ArrayList<>();
        List<String> points = new ArrayList<>();
        for (ProcessSpec.RunMount mount : mounts.mounts()) {
            List<String> elements = PathResolver.elements(mount.target());
            for (int length = elements.size(); length > 0; length--) {
                points.add(String.join("/", elements.subList(0, length)));
            }
        }
        points.addAll(MOUNT_POINTS);
        for (String point : points) {
            if (tree.find(point).isEmpty()) {
                missing.add(point);
            }
        }
        return missing;
    }

    private int run(Draft draft, StepMounts mounts, Accounts.Login login, StepScope scope) throws IOException {
        Map<String, String> env = new LinkedHashMap<>(run.hiddenEnv());
        scope.time().ifPresent(seconds -> env.put(Times.variable(), Long.toString(seconds)));
        env.putAll(run.env());
        env.putAll(mounts.env());
        env.putIfAbsent("HOME", login.home());
        RunSettings settings = run.network()
                .map(mode -> build.request().run().withNetworkMode(mode))
                .orElse(build.request().run());
        ProcessSpec process = new ProcessSpec(
                build.newId(),
                draft.mounts(),
                run.args(),
                env,
                run.workingDirectory(),
                login.user(),
                mounts.mounts(),
                settings,
                run.insecure());
        scope.tell(new BuildEvent.RunningIn(process.id()));
        Output output = new Output(scope);
        try {
            return build.executor().run(process, output, scope.cancel());
        } finally {
            output.end();
            scope.tell(new BuildEvent.Removed(process.id()));
        }
    }

    /** Turns what the process writes into events. */
    private static final class Output implements Executor.OutputSink {
        private final StepScope scope;
        private final TextDecoder stdout = new TextDecoder();
        private final TextDecoder stderr = new TextDecoder();

        Output(StepScope scope) {
            this.scope = scope;
        }

        @Override
        public synchronized void write(BuildEvent.Channel channel, byte[] buffer, int offset, int length) {
            TextDecoder decoder = channel == BuildEvent.Channel.STDOUT ? stdout : stderr;
            tell(channel, decoder.decode(buffer, offset, length));
        }

        synchronized void end() {
            tell(BuildEvent.Channel.STDOUT, stdout.end());
            tell(BuildEvent.Channel.STDERR, stderr.end());
        }

        private void tell(BuildEvent.Channel channel, String text) {
            if (!text.isEmpty()) {
                scope.tell(new BuildEvent.Output(channel, text));
            }
        }
    }
}
