package dev.priok.build.solve;

import dev.priok.build.plan.Chain;
import dev.priok.build.plan.Operation;
import java.io.Serial;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The command of a step ended with another code than zero. */
final class StepFailure extends Exception {
    @Serial
    private static final long serialVersionUID = 1;

    private final int exitCode;
    private final transient @Nullable Kept kept;

    StepFailure(String message, int exitCode) {
        this(message, exitCode, null);
    }

    private StepFailure(String message, int exitCode, @Nullable Kept kept) {
        super(message);
        this.exitCode = exitCode;
        this.kept = kept;
    }

    /** The root file system as the command left it, and the command. */
    record Kept(Chain chain, Operation.Run run) {}

    static StepFailure kept(String message, int exitCode, Chain chain, Operation.Run run) {
        return new StepFailure(message, exitCode, new Kept(chain, run));
    }

    int exitCode() {
        return exitCode;
    }

    Optional<Kept> kept() {
        return Optional.ofNullable(kept);
    }
}
