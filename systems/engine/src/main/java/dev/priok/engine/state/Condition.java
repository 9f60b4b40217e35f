package dev.priok.engine.state;

import dev.priok.engine.ContainerState;
import dev.priok.logs.Overflow;
import java.util.Objects;

/**
 * Where a container is in its life.
 *
 * @param state as users see it
 * @param restartCount restarts by policy
 * @param manuallyStopped whether a user ended the last run
 * @param startedOnce whether it ever ran
 * @param heldByEngine whether the engine itself paused it, for a moment; whoever finds it so afterwards lets it go on
 * @param dropped what its log lacked when it last ended
 */
public record Condition(
        ContainerState state,
        int restartCount,
        boolean manuallyStopped,
        boolean startedOnce,
        boolean heldByEngine,
        Overflow.Dropped dropped) {
    /** Fresh from create. */
    public static final Condition CREATED =
            new Condition(ContainerState.CREATED, 0, false, false, false, Overflow.Dropped.NOTHING);

    /** Records of older versions have no {@code dropped}. */
    @SuppressWarnings("ConstantValue")
    public Condition {
        dropped = Objects.requireNonNullElse(dropped, Overflow.Dropped.NOTHING);
    }

    public Condition withDropped(Overflow.Dropped newDropped) {
        return new Condition(state, restartCount, manuallyStopped, startedOnce, heldByEngine, newDropped);
    }

    public Condition withState(ContainerState newState) {
        return new Condition(newState, restartCount, manuallyStopped, startedOnce, heldByEngine, dropped);
    }

    public Condition withRestartCount(int newCount) {
        return new Condition(state, newCount, manuallyStopped, startedOnce, heldByEngine, dropped);
    }

    public Condition withManuallyStopped(boolean stopped) {
        return new Condition(state, restartCount, stopped, startedOnce, heldByEngine, dropped);
    }

    public Condition withStartedOnce() {
        return new Condition(state, restartCount, manuallyStopped, true, heldByEngine, dropped);
    }

    public Condition withHeldByEngine(boolean held) {
        return new Condition(state, restartCount, manuallyStopped, startedOnce, held, dropped);
    }
}
