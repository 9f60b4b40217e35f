package dev.priok.build.solve;

import dev.priok.build.ignore.IgnoreRules;
import dev.priok.build.plan.Chain;
import dev.priok.build.plan.Operation;
import dev.priok.core.Digest;
import dev.priok.core.Failure;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Does one copy: what it takes is hashed when this is made, and written when there is no result in the cache. */
final class CopyStep implements AutoCloseable {
    private final BuildRun build;
    private final Operation.Copy copy;
    private final CopyInputs inputs;
    private final Digest digest;
    private final String description;

    CopyStep(BuildRun build, Operation.Copy copy, StepScope scope, StepMounts.Trees trees) throws IOException {
        this.build = build;
        this.copy = copy;
        this.inputs = new CopyInputs(build, copy, scope, trees);
        try {
            List<Selected> selected = inputs.select();
            if (selected.size() > 1 && !copy.destination().endsWith("/")) {
                throw Failure.invalid(
                        "When using %s with more than one source file, the destination must be a directory and end with a /",
                        copy.verb());
            }
            this.digest =
                    SelectionHash.of(selected, copy.excludes(), scope.time().isPresent());
            this.description = describe(selected);
        } catch (IOException | RuntimeException e) {
            inputs.close();
            throw e;
        }
    }

    private String describe(List<Selected> selected) throws IOException {
        String kind = "multi";
        if (selected.size() == 1) {
            Selected only = selected.getFirst();
            kind = only.tree().node(only.realPath()).isDirectory() ? "dir" : "file";
        }
        String chown = copy.chown().map(c -> "--chown=" + c + " ").orElse("");
        return "%s %s%s:%s in %s ".formatted(copy.verb(), chown, kind, digest.hex(), copy.destination());
    }

    /** The step in the history, without the shell in front. */
    String description() {
        return description;
    }

    /** Adds everything to a key that shapes the result, what is copied excepted. */
    static void describe(Operation.Copy copy, KeyHash hash) {
        hash.add("copy")
                .add(copy.destination())
                .add(copy.chown().orElse(""))
                .add(copy.chmod().orElse(""))
                .add(copy.unpack() ? "unpack" : "")
                .add(copy.parents() ? "parents" : "")
                .add(copy.linked() ? "linked" : "")
                .add(copy.excludes().rules().stream()
                        .map(IgnoreRules.Rule::text)
                        .toList());
    }

    /** What it does, and all that it takes. */
    Digest inputs() {
        KeyHash hash = new KeyHash("inputs");
        describe(copy, hash);
        return hash.add(digest.hex()).digest();
    }

    Digest execute(Chain parent, StepScope scope) throws IOException {
        Optional<Digest> place;
        Optional<Digest> known;
        try (Draft draft = build.store().draft(parent)) {
            try (Draft.OpenTarget target = draft.open()) {
                Optional<Accounts.Owner> owner = owner(target);
                place = place(target, owner, scope);
                known = place.flatMap(build.cache()::find).flatMap(StepCache.Hit::diffId);
                if (known.isEmpty()) {
                    write(target, owner, scope);
                }
            }
            if (known.isEmpty()) {
                return remember(place, draft.commit(scope.time()));
            }
            if (draft.commitAs(known.get())) {
                return known.get();
            }
        }
        // The layer is gone, or its files can have no more names.
        try (Draft draft = build.store().draft(parent)) {
            try (Draft.OpenTarget target = draft.open()) {
                write(target, owner(target), scope);
            }
            return remember(place, draft.commit(scope.time()));
        }
    }

    private Optional<Accounts.Owner> owner(Draft.OpenTarget target) throws IOException {
        return copy.chown().isEmpty()
                ? Optional.empty()
                : Optional.of(Accounts.read(target).owner(copy.chown().get()));
    }

    /** What decides the layer, whatever else is below; nothing when that cannot be told. */
    private Optional<Digest> place(Draft.OpenTarget target, Optional<Accounts.Owner> owner, StepScope scope)
            throws IOException {
        // With true times no layer is like another, and with --no-cache everything is done.
        return copy.linked() || scope.time().isEmpty() || build.request().noCache()
                ? Optional.empty()
                : CopyPlace.find(target, inputs.selected(), copy.destination())
                        .map(hash -> hash.add(inputs().hex())
                                .add(scope.time().toString())
                                .add(owner.map(o -> o.uid() + ":" + o.gid()).orElse(""))
                                .digest());
    }

    private Digest remember(Optional<Digest> place, Digest diffId) {
        place.ifPresent(key -> build.cache()
                .put(List.of(new StepCache.Entry(
                        key,
                        Optional.empty(),
                        "",
                        new StepCache.Hit(Optional.of(diffId), build.clock().instant()),
                        Optional.empty(),
                        description))));
        return diffId;
    }

    private void write(Draft.OpenTarget target, Optional<Accounts.Owner> owner, StepScope scope) throws IOException {
        Copier copier = new Copier(
                target, owner, copy.chmod().map(FileMode::new), copy.excludes(), scope.nowSeconds(), scope.cancel());
        copier.copy(inputs.unpacked(), copy.destination());
    }

    @Override
    public void close() throws IOException {
        inputs.close();
    }
}
