package dev.priok.build.solve;

import dev.priok.build.fetch.GitAddress;
import dev.priok.build.ignore.IgnoreRules;
import dev.priok.build.plan.BaseImage;
import dev.priok.build.plan.BuildPlan;
import dev.priok.build.plan.Operation;
import dev.priok.build.plan.Operation.CopySource;
import dev.priok.build.plan.Step;
import dev.priok.core.Digest;
import dev.priok.core.Failure;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Names every step of a plan by what it is defined as: its operation, and the definitions of the steps that it needs. Equal
 * definitions come to equal results, so a step with a known one needs nothing done, not even the steps that it copies from.
 */
final class Definitions {
    private final BuildRun build;
    private final Times times;
    private final List<Digest> vertexes = new ArrayList<>();
    private final List<Optional<Digest>> keys = new ArrayList<>();

    /** Of copies that are independent of what is below, which their own keys tell nothing of. */
    private final Map<Integer, Digest> linked = new HashMap<>();

    private Definitions(BuildRun build, Times times) {
        this.build = build;
        this.times = times;
    }

    static Definitions of(BuildPlan plan, BuildRun build, Times times) throws IOException {
        Definitions definitions = new Definitions(build, times);
        for (Step step : plan.steps()) {
            Optional<Digest> key = definitions.define(step);
            definitions.keys.add(key);
            definitions.vertexes.add(key.orElseGet(() -> definitions.name(step)));
        }
        return definitions;
    }

    /** The key of a definition, to find what it comes to; nothing when it depends on what is found out only by doing it. */
    Optional<Digest> key(Step step) {
        return isLinked(step) ? Optional.ofNullable(linked.get(step.id())) : keys.get(step.id());
    }

    private static boolean isLinked(Step step) {
        return step.operation() instanceof Operation.Copy copy && copy.linked();
    }

    /** A name for a step that is the same in every build of the same things; never nothing. */
    Digest vertex(int step) {
        return vertexes.get(step);
    }

    private Digest name(Step step) {
        KeyHash hash = new KeyHash("vertex").add(Integer.toString(step.id())).add(step.text());
        step.parent().ifPresent(parent -> hash.add(vertexes.get(parent).hex()));
        return hash.digest();
    }

    private Optional<Digest> define(Step step) throws IOException {
        if (step.operation() instanceof Operation.Copy copy && copy.linked()) {
            return linked(step, copy);
        }
        KeyHash hash = new KeyHash("definition").add(times.text(step.id()));
        if (step.parent().isPresent()) {
            Optional<Digest> parent = keys.get(step.parent().getAsInt());
            if (parent.isEmpty()) {
                return Optional.empty();
            }
            hash.add(parent.get().hex());
        }
        return switch (step.operation()) {
            case Operation.Announce _ ->
                Optional.of(hash.add("announce").add(step.text()).digest());
            case Operation.Start(Optional<BaseImage> base) ->
                Optional.of(hash.add("start")
                        .add(base.map(image -> image.chain().id().toString()).orElse(""))
                        .digest());
            // They change no file, so what stands on them is defined by what they stand on.
            case Operation.Continue _, Operation.Configure _ ->
                keys.get(step.parent().orElseThrow());
            case Operation.MakeDirectory(String path, String user) ->
                Optional.of(hash.add("directory").add(path).add(user).digest());
            case Operation.Run run ->
                RunStep.describe(
                                build,
                                run,
                                hash,
                                (from, path) -> keys.get(from)
                                        .map(key -> hash.add(key.hex()).add(path))
                                        .isPresent())
                        ? Optional.of(hash.digest())
                        : Optional.empty();
            // What is copied is told in the history, which is found with the result.
            case Operation.Copy copy ->
                copy(copy, hash.add(copy.verb()).add(step.history())) ? Optional.of(hash.digest()) : Optional.empty();
        };
    }

    /** Notes the copy's own key; what stands on it is defined by that and what is below. */
    private Optional<Digest> linked(Step step, Operation.Copy copy) throws IOException {
        KeyHash own = new KeyHash("definition").add(times.text(step.id())).add(copy.verb());
        if (!copy(copy, own)) {
            return Optional.empty();
        }
        Digest key = own.digest();
        linked.put(step.id(), key);
        return keys.get(step.parent().orElseThrow())
                .map(below ->
                        new KeyHash("linked").add(below.hex()).add(key.hex()).digest());
    }

    private boolean copy(Operation.Copy copy, KeyHash hash) throws IOException {
        CopyStep.describe(copy, hash);
        for (CopySource source : copy.sources()) {
            switch (source) {
                case CopySource.FromContext(String name, String path) -> {
                    try {
                        ContextFiles files = build.context(name);
                        Selection selection = new Selection(files.tree(), copy.verb(), copy.parents(), files.ignored());
                        hash.add("context")
                                .add(SelectionHash.of(selection.select(path), copy.excludes(), false)
                                        .hex());
                    } catch (Failure _) {
                        // The step itself tells what is wrong, when it is its turn.
                        return false;
                    }
                }
                case CopySource.FromStep(int from, String path) -> {
                    if (keys.get(from).isEmpty()) {
                        return false;
                    }
                    hash.add("step").add(keys.get(from).get().hex()).add(path);
                }
                case CopySource.FromText(Operation.InlineFile file) ->
                    hash.add("text").add(file.name()).add(file.text());
                case CopySource.FromGit(GitAddress address) -> {
                    if (address.fixedCommit().isEmpty()) {
                        return false;
                    }
                    hash.add("git").add(address.toString());
                }
                case CopySource.FromWeb web -> {
                    if (web.checksum().isEmpty()) {
                        return false;
                    }
                    hash.add("web")
                            .add(web.address().toString())
                            .add(web.checksum().get());
                }
            }
        }
        return true;
    }

    /** The hash of the files of the context that a path means. */
    static Digest contextFiles(BuildRun build, String path) throws IOException {
        Selection selection = new Selection(
                build.context().tree(), "RUN --mount", false, build.context().ignored());
        return SelectionHash.of(selection.select(path), IgnoreRules.NONE, false);
    }
}
