package dev.priok.build.solve;

import dev.priok.build.ignore.IgnoreRules;
import dev.priok.build.plan.BuildPlan;
import dev.priok.build.plan.Chain;
import dev.priok.build.plan.Operation;
import dev.priok.build.plan.Operation.CopySource;
import dev.priok.build.plan.Operation.MountRequest;
import dev.priok.build.plan.Step;
import dev.priok.build.tree.Node;
import dev.priok.build.tree.SourceTree;
import dev.priok.core.Digest;
import dev.priok.core.Failure;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Tells why steps of one build are done, and remembers for the next one what they were done on. Safe from any thread. */
final class Explainer {
    /** Of more files than this only the hash of all is remembered. */
    private static final int MAXIMUM_FILES = 10_000;

    /** Of a hash that is only compared; a chance of one in 2^64 to miss a change. */
    private static final int HASH_CHARACTERS = 16;

    private final BuildRun build;
    private final BuildPlan plan;
    private final StepTraces traces;
    private final List<StepTrace> done = new ArrayList<>();

    Explainer(BuildRun build, BuildPlan plan, StepTraces traces) {
        this.build = build;
        this.plan = plan;
        this.traces = traces;
    }

    /**
     * What a step is done on.
     *
     * @param below the layers that it is done on
     * @param inputs a hash of what it does and of all that it takes from elsewhere
     */
    StepTrace trace(Step step, Chain below, Digest inputs) throws IOException {
        return new StepTrace(
                name(),
                step.stage(),
                number(step),
                step.text(),
                operation(step),
                below.id().toString(),
                inputs,
                variables(step),
                files(step));
    }

    private String name() {
        return build.request().tags().isEmpty()
                ? build.request().dockerfile()
                : build.request().tags().getFirst().familiar();
    }

    private int number(Step step) {
        return (int) plan.steps().stream()
                .filter(other -> other.stage().equals(step.stage()) && other.id() < step.id())
                .count();
    }

    /** Why a step is done. */
    String why(StepTrace trace, Step step) {
        return build.request().noCache() ? "--no-cache was given" : traces.why(trace, parentText(step));
    }

    /** The step that made the files which this one stands on. */
    private String parentText(Step step) {
        Step below = step;
        do {
            below = plan.steps().get(below.parent().orElseThrow());
        } while (below.operation() instanceof Operation.Configure
                && below.parent().isPresent());
        return below.text();
    }

    /** Remembers a step that is done or was found. */
    synchronized void keep(StepTrace trace) {
        done.add(trace);
    }

    /** Writes what is remembered; of a build that failed too. */
    synchronized void flush() {
        if (!done.isEmpty()) {
            traces.put(List.copyOf(done));
            done.clear();
        }
    }

    private static Digest operation(Step step) {
        KeyHash hash = new KeyHash("operation");
        switch (step.operation()) {
            case Operation.Run run -> {
                hash.add("run")
                        .add(run.args())
                        .add(run.env())
                        .add(run.workingDirectory())
                        .add(run.user());
                hash.add(run.network().orElse("")).add(Boolean.toString(run.insecure()));
                hash.add(run.script().map(Operation.InlineFile::text).orElse(""));
                run.mounts()
                        .forEach(mount -> hash.add(mount.target())
                                .add(mount instanceof MountRequest.Bind bind ? bind.source() : ""));
            }
            case Operation.Copy copy -> {
                CopyStep.describe(copy, hash.add(copy.verb()));
                copy.sources().forEach(source -> hash.add(written(source)));
            }
            default -> hash.add(step.history());
        }
        return hash.digest();
    }

    private static String written(CopySource source) {
        return switch (source) {
            case CopySource.FromContext(String name, String path) -> name + ":" + path;
            case CopySource.FromStep(int _, String path) -> path;
            case CopySource.FromText(Operation.InlineFile file) -> file.name() + "\n" + file.text();
            case CopySource.FromWeb web -> web.address().toString();
            case CopySource.FromGit git -> git.address().toString();
        };
    }

    private static Map<String, String> variables(Step step) {
        SortedMap<String, String> hashes = new TreeMap<>();
        if (step.operation() instanceof Operation.Run run) {
            run.env().forEach((name, value) -> hashes.put(name, shortened(new KeyHash("value").add(value))));
        }
        return hashes;
    }

    private static String shortened(KeyHash hash) {
        return hash.digest().hex().substring(0, HASH_CHARACTERS);
    }

    private SortedMap<String, String> files(Step step) throws IOException {
        SortedMap<String, String> hashes = new TreeMap<>();
        switch (step.operation()) {
            case Operation.Copy copy -> {
                for (CopySource source : copy.sources()) {
                    if (source instanceof CopySource.FromContext(String name, String path)) {
                        add(name, path, copy.verb(), copy.excludes(), hashes);
                    }
                }
            }
            case Operation.Run run -> {
                for (MountRequest mount : run.mounts()) {
                    if (mount instanceof MountRequest.Bind bind && bind.step().isEmpty()) {
                        add("", bind.source(), "RUN --mount", IgnoreRules.NONE, hashes);
                    }
                }
            }
            default -> {}
        }
        return hashes.size() > MAXIMUM_FILES ? new TreeMap<>() : hashes;
    }

    private void add(String context, String path, String verb, IgnoreRules excludes, SortedMap<String, String> hashes)
            throws IOException {
        try {
            ContextFiles files = build.context(context);
            for (Selected selected : new Selection(files.tree(), verb, false, files.ignored()).select(path)) {
                add(selected.tree(), selected.realPath(), excludes, hashes);
            }
        } catch (Failure _) {
            // The step itself tells what is wrong.
        }
    }

    private static void add(SourceTree tree, String path, IgnoreRules excludes, SortedMap<String, String> hashes)
            throws IOException {
        if (hashes.size() > MAXIMUM_FILES || excludes.excludedBy(path).isPresent()) {
            return;
        }
        Node node = tree.node(path);
        if (node.isDirectory()) {
            for (String name : tree.children(path)) {
                add(tree, path.isEmpty() ? name : path + "/" + name, excludes, hashes);
            }
            return;
        }
        KeyHash hash = new KeyHash("file").add(node.fingerprint());
        if (node.isRegular()) {
            hash.add(tree.contentDigest(path).hex());
        }
        hashes.put(path, shortened(hash));
    }
}
