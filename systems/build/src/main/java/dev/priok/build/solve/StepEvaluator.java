package dev.priok.build.solve;

import dev.priok.build.BuildEvent;
import dev.priok.build.exchange.CachedStep;
import dev.priok.build.plan.BaseImage;
import dev.priok.build.plan.Chain;
import dev.priok.build.plan.Operation;
import dev.priok.build.plan.Step;
import dev.priok.core.Digest;
import dev.priok.core.Platform;
import dev.priok.oci.image.History;
import dev.priok.oci.image.ImageConfig;
import dev.priok.oci.image.RootFs;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.BiConsumer;

/** Finds what one step comes to: in the cache, from another build that does the same, or by doing it. Safe from any thread. */
final class StepEvaluator {
    /** The digest of a tar with nothing in it; such a layer is left out, as Docker leaves it out. */
    private static final Digest EMPTY_TAR =
            Digest.parse("sha256:5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef");

    private final BuildRun build;
    private final Definitions definitions;
    private final Times times;
    private final Explainer explainer;
    private final BiConsumer<Step, String> reasons;
    private final StepMounts.Trees trees;

    /** Results that made no layer and are not written to the cache yet; losing them loses nothing but times. */
    private final List<StepCache.Entry> unwritten = new ArrayList<>();

    /** What the steps came to, by their number; for caches elsewhere. */
    private final Map<Integer, CachedStep> done = new ConcurrentSkipListMap<>();

    /**
     * Evaluates the steps of one build.
     *
     * @param reasons is told why steps are done
     */
    StepEvaluator(
            BuildRun build,
            Definitions definitions,
            Times times,
            Explainer explainer,
            BiConsumer<Step, String> reasons,
            StepMounts.Trees trees) {
        this.explainer = explainer;
        this.reasons = reasons;
        this.build = build;
        this.definitions = definitions;
        this.times = times;
        this.trees = trees;
    }

    /** Work that makes a layer, or says that there is none to make. */
    private interface Work {
        Optional<Digest> execute(StepScope scope) throws IOException, StepFailure;
    }

    /** What a step comes to, if that is known by its definition. */
    Optional<Result> known(Step step, Optional<Result> parent) {
        return switch (step.operation()) {
            case Operation.Announce _ -> Optional.of(Result.of(Chain.EMPTY, ImageConfig.empty(platform())));
            case Operation.Start start -> Optional.of(start(step, start));
            case Operation.Continue _ -> Optional.of(goOn(step, parent.orElseThrow()));
            case Operation.Configure _ -> knownWords(step, parent.orElseThrow());
            case Operation.MakeDirectory _, Operation.Run _, Operation.Copy _ -> knownFiles(step, parent.orElseThrow());
        };
    }

    private Optional<Result> knownWords(Step step, Result parent) {
        return build.request().noCache()
                ? Optional.empty()
                : build.cache().find(wordsKey(step, parent)).map(hit -> {
                    note(step, wordsKey(step, parent), hit, parent, step.history());
                    return after(step, parent, hit, step.history());
                });
    }

    private Optional<Result> knownFiles(Step step, Result parent) {
        Optional<Digest> definition = definitions.key(step);
        if (build.request().noCache() || definition.isEmpty()) {
            return Optional.empty();
        }
        return build.cache()
                .findDefinition(definition.get(), below(step, parent).id().toString())
                .filter(found -> usable(step, parent, found.hit()))
                .map(found -> {
                    String history = step.operation() instanceof Operation.Copy ? found.description() : step.history();
                    note(step, found.key(), found.hit(), parent, history);
                    return after(step, parent, found.hit(), history);
                });
    }

    /** What a step is done on: a linked copy on nothing. */
    private static Chain below(Step step, Result parent) {
        return isLinked(step) ? Chain.EMPTY : parent.chain();
    }

    private static boolean isLinked(Step step) {
        return step.operation() instanceof Operation.Copy copy && copy.linked();
    }

    private Platform platform() {
        return build.request().platform().orElseGet(Platform::current);
    }

    private Result start(Step step, Operation.Start start) {
        if (start.base().isEmpty()) {
            return Result.of(Chain.EMPTY, configured(ImageConfig.empty(platform()), step));
        }
        BaseImage base = start.base().get();
        ImageConfig config = configured(base.config(), step);
        // Written again, the base's own document could get another digest than the one it came with.
        return config.equals(base.config())
                ? new Result(base.chain(), config, base.id())
                : Result.of(base.chain(), config);
    }

    private static Result goOn(Step step, Result parent) {
        ImageConfig config = configured(parent.config(), step);
        return config.equals(parent.config()) ? parent : Result.of(parent.chain(), config);
    }

    /** Tells the beginning of a stage. */
    static void announce(Step step, Result result, StepScope scope) {
        boolean isScratch = step.operation() instanceof Operation.Start(var base) && base.isEmpty();
        if (step.number().isPresent() && !isScratch) {
            scope.tell(new BuildEvent.Committed(step.base().map(BaseImage::id).orElse(result.imageId())));
            if (step.triggers() > 0) {
                scope.tell(new BuildEvent.TriggersStarted(step.triggers()));
            }
        }
    }

    private static ImageConfig configured(ImageConfig config, Step step) {
        return config.withConfig(step.after().config()).withAuthor(step.after().author());
    }

    /** Does a step whose result is not known by its definition. */
    Result evaluate(Step step, Optional<Result> parent, StepScope scope) throws IOException, StepFailure {
        return switch (step.operation()) {
            case Operation.Announce _, Operation.Start _, Operation.Continue _ -> {
                Result result = known(step, parent).orElseThrow();
                announce(step, result, scope);
                yield result;
            }
            case Operation.Configure _ -> {
                Result below = parent.orElseThrow();
                yield layer(step, below, wordsKey(step, below), step.history(), scope, s -> {
                    String id = build.newId();
                    s.tell(new BuildEvent.RunningIn(id));
                    s.tell(new BuildEvent.Removed(id));
                    return Optional.empty();
                });
            }
            case Operation.MakeDirectory directory -> {
                DirectoryStep work = new DirectoryStep(build, directory);
                yield files(
                        step,
                        parent.orElseThrow(),
                        work.inputs(),
                        step.history(),
                        scope,
                        (chain, s) -> work.execute(chain, s));
            }
            case Operation.Run run -> {
                RunStep work = new RunStep(build, run, trees);
                yield files(
                        step,
                        parent.orElseThrow(),
                        work.inputs(scope),
                        step.history(),
                        scope,
                        (chain, s) -> Optional.of(work.execute(chain, s)));
            }
            case Operation.Copy copy -> {
                try (CopyStep work = new CopyStep(build, copy, scope, trees)) {
                    String history = step.history() + work.description();
                    yield files(
                            step,
                            parent.orElseThrow(),
                            work.inputs(),
                            history,
                            scope,
                            (chain, s) -> Optional.of(work.execute(chain, s)));
                }
            }
        };
    }

    /** Work that makes a layer on top of others, or says that there is none to make. */
    private interface LayerWork {
        Optional<Digest> execute(Chain below, StepScope scope) throws IOException, StepFailure;
    }

    /** Does a step that changes files, in its turn; tells why if it is not known. */
    private Result files(Step step, Result parent, Digest inputs, String history, StepScope scope, LayerWork work)
            throws IOException, StepFailure {
        Chain chain = below(step, parent);
        Digest key = new KeyHash("contents")
                .add(chain.id().toString())
                .add(scope.time().toString())
                .add(inputs.hex())
                .digest();
        StepTrace trace = explainer.trace(step, chain, inputs);
        Result result = layer(step, parent, key, history, scope, s -> {
            reasons.accept(step, explainer.why(trace, step));
            try (Slots.Taken _ = build.slots().take(step.id(), s.cancel())) {
                return work.execute(chain, s);
            }
        });
        explainer.keep(trace);
        return result;
    }

    private Digest wordsKey(Step step, Result parent) {
        return new KeyHash("configure")
                .add(parent.imageId().toString())
                .add(step.history())
                .add(times.text(step.id()))
                .digest();
    }

    /** Takes the step's result from the cache or does its work, and says what the image is after it. */
    private Result layer(Step step, Result parent, Digest key, String history, StepScope scope, Work work)
            throws IOException, StepFailure {
        StepCache.Hit hit = null;
        while (hit == null) {
            scope.cancel().check();
            Optional<StepCache.Hit> known = build.request().noCache()
                    ? Optional.empty()
                    : build.cache()
                            .find(key)
                            .filter(h -> usable(step, parent, h))
                            .or(() -> byHistory(step, parent, history));
            if (known.isPresent()) {
                hit = known.get();
                scope.tell(new BuildEvent.StepCached());
                remember(step, key, hit, parent, history);
            } else if (build.request().noCache()) {
                hit = execute(step, key, parent, history, scope, work);
                if (!usable(step, parent, hit)) {
                    throw new IOException("the layer of %s is gone although nobody removed it".formatted(step.text()));
                }
            } else {
                hit = build.flights()
                        .fly(key, scope.events(), scope.cancel(), events -> {
                            StepScope shared = new StepScope(build, scope.id(), scope.time(), events, scope.cancel());
                            return execute(step, key, parent, history, shared, work);
                        })
                        .filter(h -> usable(step, parent, h))
                        .orElse(null);
            }
        }
        note(step, key, hit, parent, history);
        Result result = after(step, parent, hit, history);
        scope.tell(new BuildEvent.Committed(result.imageId()));
        return result;
    }

    private StepCache.Hit execute(Step step, Digest key, Result parent, String history, StepScope scope, Work work)
            throws IOException, StepFailure {
        Optional<Digest> diffId = work.execute(scope).filter(d -> !d.equals(EMPTY_TAR));
        StepCache.Hit hit = new StepCache.Hit(diffId, build.clock().instant());
        remember(step, key, hit, parent, history);
        return hit;
    }

    /** What the step came to in an image that is given as a cache, if the same steps led there in the same time. */
    private Optional<StepCache.Hit> byHistory(Step step, Result parent, String history) {
        boolean seesMore = step.operation() instanceof Operation.Run run
                && run.mounts().stream().anyMatch(mount -> mount instanceof Operation.MountRequest.Bind);
        return seesMore || isLinked(step)
                ? Optional.empty()
                : build.cache()
                        .findHistory(parent.chain(), parent.config().history(), history)
                        .filter(hit ->
                                times.of(step.id()).map(hit.created()::equals).orElse(true))
                        .filter(hit -> usable(step, parent, hit));
    }

    private void note(Step step, Digest key, StepCache.Hit hit, Result parent, String history) {
        boolean isFiles = !(step.operation() instanceof Operation.Configure);
        CachedStep made = new CachedStep(
                key,
                isFiles ? definitions.key(step) : Optional.empty(),
                below(step, parent).id().toString(),
                hit.diffId(),
                hit.created(),
                history);
        done.put(step.id(), made);
    }

    /** What the steps came to, in their order; those that were not looked at are not among them. */
    List<CachedStep> done() {
        return List.copyOf(done.values());
    }

    private boolean usable(Step step, Result parent, StepCache.Hit hit) {
        if (hit.diffId().isEmpty()) {
            return true;
        }
        Digest diffId = hit.diffId().get();
        return isLinked(step)
                ? build.store().link(diffId, parent.chain())
                : build.store().hold(parent.chain().with(diffId));
    }

    private void remember(Step step, Digest key, StepCache.Hit hit, Result parent, String history) {
        Optional<Digest> chain = hit.diffId()
                .flatMap(diffId -> below(step, parent).with(diffId).id().digest());
        boolean isFiles = !(step.operation() instanceof Operation.Configure);
        StepCache.Entry entry = new StepCache.Entry(
                key,
                isFiles ? definitions.key(step) : Optional.empty(),
                below(step, parent).id().toString(),
                hit,
                chain,
                history);
        synchronized (unwritten) {
            unwritten.add(entry);
        }
        if (hit.diffId().isPresent()) {
            flush();
        }
    }

    /** Writes what is not in the cache yet. */
    void flush() {
        List<StepCache.Entry> entries;
        synchronized (unwritten) {
            entries = List.copyOf(unwritten);
            unwritten.clear();
        }
        if (!entries.isEmpty()) {
            build.cache().put(entries);
        }
    }

    private Result after(Step step, Result parent, StepCache.Hit hit, String history) {
        Instant created = times.of(step.id()).orElse(hit.created());
        Chain chain = hit.diffId().map(parent.chain()::with).orElse(parent.chain());
        ImageConfig config = configured(parent.config(), step)
                .withCreated(created.toString())
                .withRootfs(RootFs.of(chain.diffIds()))
                .plusHistory(new History(
                        created.toString(),
                        history,
                        step.after().author(),
                        "",
                        hit.diffId().isEmpty()));
        return Result.of(chain, config);
    }
}
