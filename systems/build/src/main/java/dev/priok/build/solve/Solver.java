package dev.priok.build.solve;

import dev.priok.build.BuildEvent;
import dev.priok.build.CancelSignal;
import dev.priok.build.exchange.CachedStep;
import dev.priok.build.plan.BuildPlan;
import dev.priok.build.plan.Operation;
import dev.priok.build.plan.Step;
import dev.priok.core.Failure;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * Does the steps of a plan. First it finds by their definitions alone which results are known, and so which steps are needed at
 * all; then every needed step begins as soon as what it needs is there.
 */
final class Solver {
    private final BuildRun build;
    private final BuildPlan plan;
    private final Times times;
    private final Definitions definitions;
    private final StepReports reports;
    private final Explainer explainer;
    private final StepEvaluator evaluator;
    private final Map<Integer, Result> early = new HashMap<>();
    private final List<CompletableFuture<Result>> results = new ArrayList<>();
    private final BitSet needed = new BitSet();

    /** Ends the steps of this build: its caller's wish, or the failure of one of them. */
    private final CancelSignal cancel = new CancelSignal();

    private final Object failures = new Object();
    private int failed = Integer.MAX_VALUE;
    private Optional<Exception> failure = Optional.empty();

    Solver(BuildRun build, BuildPlan plan, StepTraces traces) throws IOException {
        this.build = build;
        this.plan = plan;
        this.times = Times.of(plan, build);
        this.definitions = Definitions.of(plan, build, times);
        this.reports = new StepReports(build, plan, definitions);
        this.explainer = new Explainer(build, plan, traces);
        this.evaluator = new StepEvaluator(build, definitions, times, explainer, reports::notCached, this::open);
        plan.steps().forEach(_ -> results.add(new CompletableFuture<>()));
    }

    Result solve() throws IOException, StepFailure {
        findKnown();
        need(plan.result());
        // All of the file's stages are shown, but what nobody needs is not done.
        plan.steps().stream()
                .filter(step -> step.operation() instanceof Operation.Announce)
                .forEach(step -> needed.set(step.id()));
        try (CancelSignal.Registration _ = build.request().cancel().onCancel(cancel::cancel)) {
            List<Thread> threads = new ArrayList<>();
            for (Step step : plan.steps()) {
                if (needed.get(step.id())) {
                    threads.add(
                            Thread.ofVirtual().name("build-step-" + step.id()).start(() -> perform(step)));
                } else {
                    reports.skipped(step, Optional.ofNullable(early.get(step.id())));
                }
            }
            for (Thread thread : threads) {
                join(thread);
            }
        }
        explainer.flush();
        synchronized (failures) {
            if (failure.isPresent()) {
                reports.failed(failed);
                throw thrown(failure.get());
            }
        }
        reports.close();
        evaluator.flush();
        return result(plan.result());
    }

    /** What the steps came to, in their order. */
    List<CachedStep> done() {
        return evaluator.done();
    }

    /** Waits for a thread whatever happens: what it uses must not be closed before it ends. */
    private void join(Thread thread) {
        while (true) {
            try {
                thread.join();
                return;
            } catch (InterruptedException _) {
                cancel.cancel();
                fail(Integer.MAX_VALUE - 1, new CancellationException("the build was interrupted"));
            }
        }
    }

    private static IOException thrown(Exception e) throws IOException, StepFailure {
        switch (e) {
            case StepFailure s -> throw s;
            case IOException io -> throw io;
            case RuntimeException r -> throw r;
            default -> throw Failure.internal(e, "%s", String.valueOf(e.getMessage()));
        }
    }

    /** Follows every line of steps as far as their results are known. */
    private void findKnown() {
        for (Step step : plan.steps()) {
            Optional<Result> parent = step.parent().isEmpty()
                    ? Optional.empty()
                    : Optional.ofNullable(early.get(step.parent().getAsInt()));
            if (step.parent().isPresent() && parent.isEmpty()) {
                continue;
            }
            evaluator.known(step, parent).ifPresent(result -> early.put(step.id(), result));
        }
    }

    private void need(int step) {
        if (needed.get(step)) {
            return;
        }
        needed.set(step);
        Step wanted = plan.steps().get(step);
        wanted.parent().ifPresent(this::need);
        if (!early.containsKey(step)) {
            wanted.sources().forEach(this::need);
        }
    }

    private void perform(Step step) {
        CompletableFuture<Result> future = results.get(step.id());
        StepScope scope =
                new StepScope(build, step.id(), times.seconds(step.id()), event -> reports.told(step, event), cancel);
        try {
            Optional<Result> parent = step.parent().isEmpty()
                    ? Optional.empty()
                    : Optional.of(result(step.parent().getAsInt()));
            cancel.check();
            reports.started(step);
            Result known = early.get(step.id());
            Result result = known == null ? evaluator.evaluate(step, parent, scope) : announce(step, known, scope);
            reports.completed(step, result);
            future.complete(result);
        } catch (StepFailure | IOException | RuntimeException e) {
            fail(step.id(), e);
            reports.broken(step, e);
            future.completeExceptionally(e);
        }
    }

    private static Result announce(Step step, Result known, StepScope scope) {
        if (step.operation() instanceof Operation.Start || step.operation() instanceof Operation.Continue) {
            StepEvaluator.announce(step, known, scope);
        } else if (!(step.operation() instanceof Operation.Announce)) {
            scope.tell(new BuildEvent.StepCached());
            scope.tell(new BuildEvent.Committed(known.imageId()));
        }
        return known;
    }

    /** Keeps the failure of the earliest step; those that end because another failed do not count. */
    private void fail(int step, Exception e) {
        synchronized (failures) {
            boolean isEcho = e instanceof CancellationException && cancel.isCancelled();
            boolean hasCause = failure.isPresent() && !(failure.get() instanceof CancellationException);
            if (failure.isEmpty() || (!isEcho && (step < failed || !hasCause))) {
                failed = step;
                failure = Optional.of(e);
            }
        }
        cancel.cancel();
    }

    /** The result of a step, waited for. */
    private Result result(int step) {
        try {
            return results.get(step).get();
        } catch (ExecutionException e) {
            CancellationException cancelled = new CancellationException("a step that is needed has failed");
            cancelled.initCause(e.getCause());
            throw cancelled;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("the build was interrupted");
        }
    }

    private LayerStore.OpenTree open(int step) throws IOException {
        return build.store().open(result(step).chain());
    }
}
