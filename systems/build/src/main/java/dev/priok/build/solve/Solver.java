package dev.priok.build.solve;

import dev.priok.build.BuildEvent;
import dev.priok.build.ProcessSpec;
import dev.priok.build.plan.BaseImage;
import dev.priok.build.plan.BuildPlan;
import dev.priok.build.plan.Chain;
import dev.priok.build.plan.Operation;
import dev.priok.build.plan.Step;
import dev.priok.build.tree.Node;
import dev.priok.build.tree.PathResolver;
import dev.priok.build.tree.TargetDirectory;
import dev.priok.core.Digest;
import dev.priok.core.Failure;
import dev.priok.core.Platform;
import dev.priok.oci.image.History;
import dev.priok.oci.image.ImageConfig;
import dev.priok.oci.image.RootFs;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Does the steps of a plan one after the other. */
final class Solver {
    /** The digest of a tar with nothing in it; such a layer is left out, as Docker leaves it out. */
    private static final Digest EMPTY_TAR =
            Digest.parse("sha256:5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef");

    private static final int DIRECTORY_PERMISSIONS = 0755;

    private final BuildRun build;
    private final BuildPlan plan;
    private final Map<Integer, Result> results = new HashMap<>();

    /** Results that made no layer and are not written to the cache yet; losing them loses nothing but times. */
    private final List<StepCache.Entry> unwritten = new ArrayList<>();

    /** The time that the image and its history tell instead of the true one. */
    private final Optional<Instant> epoch;

    Solver(BuildRun build, BuildPlan plan) {
        this.build = build;
        this.plan = plan;
        this.epoch = Optional.ofNullable(build.request().buildArgs().get("SOURCE_DATE_EPOCH"))
                .map(Solver::epoch);
    }

    private static Instant epoch(String seconds) {
        try {
            return Instant.ofEpochSecond(Long.parseLong(seconds));
        } catch (NumberFormatException | DateTimeException e) {
            throw new Failure(Failure.Kind.INVALID, "invalid SOURCE_DATE_EPOCH: " + seconds, e);
        }
    }

    /** Work that makes a layer, or says that there is none to make. */
    private interface Work {
        Optional<Digest> execute() throws IOException, StepFailure;
    }

    Result solve() throws IOException, StepFailure {
        for (Step step : plan.steps()) {
            build.request().cancel().check();
            if (step.number().isPresent()) {
                build.tell(new BuildEvent.StepStarted(step.number().getAsInt(), plan.total(), step.text()));
            }
            solve(step);
        }
        flush();
        return result(plan.result());
    }

    private Result result(int step) {
        Result result = results.get(step);
        if (result == null) {
            throw new IllegalStateException("step " + step + " is needed before it is done");
        }
        return result;
    }

    private void solve(Step step) throws IOException, StepFailure {
        switch (step.operation()) {
            case Operation.Announce _ -> {}
            case Operation.Start start -> start(step, start);
            case Operation.Continue _ -> {
                Result parent = parent(step);
                ImageConfig config = configured(parent.config(), step);
                results.put(step.id(), config.equals(parent.config()) ? parent : Result.of(parent.chain(), config));
                build.tell(new BuildEvent.Committed(parent.imageId()));
                announceTriggers(step);
            }
            case Operation.Configure _ -> configure(step);
            case Operation.MakeDirectory directory -> makeDirectory(step, directory);
            case Operation.Run run -> {
                RunStep work = new RunStep(build, run, step.id(), this::open);
                Chain parent = parent(step).chain();
                layer(step, work.key(parent), step.history(), () -> Optional.of(work.execute(parent)));
            }
            case Operation.Copy copy -> {
                Chain parent = parent(step).chain();
                try (CopyStep work = new CopyStep(build, copy, this::open)) {
                    String history = step.history() + work.description();
                    layer(step, work.key(parent), history, () -> Optional.of(work.execute(parent)));
                }
            }
        }
    }

    private Result parent(Step step) {
        return result(step.parent().orElseThrow(() -> new IllegalStateException("step without parent")));
    }

    private LayerStore.OpenTree open(int step) throws IOException {
        return build.store().open(result(step).chain());
    }

    private void start(Step step, Operation.Start start) {
        if (start.base().isEmpty()) {
            Platform platform = build.request().platform().orElseGet(Platform::current);
            results.put(step.id(), Result.of(Chain.EMPTY, configured(ImageConfig.empty(platform), step)));
            return;
        }
        BaseImage base = start.base().get();
        ImageConfig config = configured(base.config(), step);
        // Written again, the base's own document could get another digest than the one it came with.
        Result result = config.equals(base.config())
                ? new Result(base.chain(), config, base.id())
                : Result.of(base.chain(), config);
        results.put(step.id(), result);
        if (step.number().isPresent()) {
            build.tell(new BuildEvent.Committed(base.id()));
            announceTriggers(step);
        }
    }

    private void announceTriggers(Step step) {
        if (step.triggers() > 0) {
            build.tell(new BuildEvent.TriggersStarted(step.triggers()));
        }
    }

    private static ImageConfig configured(ImageConfig config, Step step) {
        return config.withConfig(step.after().config()).withAuthor(step.after().author());
    }

    private void configure(Step step) throws IOException, StepFailure {
        Result parent = parent(step);
        Digest key = new KeyHash("configure")
                .add(parent.imageId().toString())
                .add(step.history())
                .digest();
        layer(step, key, step.history(), () -> {
            String id = build.newId();
            build.tell(new BuildEvent.RunningIn(id));
            build.tell(new BuildEvent.Removed(id));
            return Optional.empty();
        });
    }

    private void makeDirectory(Step step, Operation.MakeDirectory directory) throws IOException, StepFailure {
        Chain parent = parent(step).chain();
        Digest key = new KeyHash("directory")
                .add(parent.id().toString())
                .add(directory.path())
                .add(directory.user())
                .digest();
        layer(step, key, step.history(), () -> {
            try (Draft draft = build.store().draft(parent)) {
                return make(draft, directory) ? Optional.of(draft.commit()) : Optional.empty();
            }
        });
    }

    /** Makes the directory; false when it was there. Only the last one on the way belongs to the user. */
    private boolean make(Draft draft, Operation.MakeDirectory directory) throws IOException {
        try (Draft.OpenTarget tree = draft.open()) {
            if (tree.find(directory.path()).filter(Node::isDirectory).isPresent()) {
                return false;
            }
            List<String> elements = PathResolver.elements(directory.path());
            Node template = Node.directory(
                    DIRECTORY_PERMISSIONS, build.clock().instant().getEpochSecond());
            ProcessSpec.User user = Accounts.read(tree).login(directory.user()).user();
            try (TargetDirectory parent =
                            tree.directory(String.join("/", elements.subList(0, elements.size() - 1)), template);
                    TargetDirectory _ =
                            parent.directory(elements.getLast(), template.withOwner(user.uid(), user.gid()), false)) {
                return true;
            }
        }
    }

    /** Takes the step's result from the cache or does its work, and says what the image is after it. */
    private void layer(Step step, Digest key, String history, Work work) throws IOException, StepFailure {
        Result parent = parent(step);
        Optional<StepCache.Hit> known = build.request().noCache()
                ? Optional.empty()
                : build.cache().find(key).filter(hit -> usable(parent, hit));
        StepCache.Hit hit;
        if (known.isPresent()) {
            build.tell(new BuildEvent.StepCached());
            hit = known.get();
        } else {
            Optional<Digest> diffId = work.execute().filter(d -> !d.equals(EMPTY_TAR));
            hit = new StepCache.Hit(diffId, build.clock().instant());
            remember(key, hit, parent, history);
        }
        Result result = after(step, parent, hit, history);
        results.put(step.id(), result);
        build.tell(new BuildEvent.Committed(result.imageId()));
    }

    private boolean usable(Result parent, StepCache.Hit hit) {
        return hit.diffId()
                .map(diffId -> build.store().hold(parent.chain().with(diffId)))
                .orElse(true);
    }

    private void remember(Digest key, StepCache.Hit hit, Result parent, String history) {
        Optional<Digest> chain =
                hit.diffId().flatMap(diffId -> parent.chain().with(diffId).id().digest());
        unwritten.add(new StepCache.Entry(key, hit, chain, history));
        if (hit.diffId().isPresent()) {
            flush();
        }
    }

    private void flush() {
        if (!unwritten.isEmpty()) {
            build.cache().put(List.copyOf(unwritten));
            unwritten.clear();
        }
    }

    private Result after(Step step, Result parent, StepCache.Hit hit, String history) {
        Instant created = epoch.orElse(hit.created());
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
