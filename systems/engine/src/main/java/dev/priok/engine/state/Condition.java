package dev.priok.engine.state;

import dev.priok.engine.ContainerState;

/**
 * Where a container is in its life.
 *
 * @param state as users see it
 * @param restartCount restarts by policy
 * @param manuallyStopped whether a user ended the last run
 * @param startedOnce whether it ever ran
 * @param heldByEngine whether the engine itself paused it, for a moment; whoever finds it so afterwards lets it go on
 */
public record Condition(
        ContainerState state, int restartCount, boolean manuallyStopped, boolean startedOnce, boolean heldByEngine) {
    /** Fresh from create. */
    public static final Condition CREATED = new Condition(ContainerState.CREATED, 0, false, false, false);

    public Condition withState(ContainerState newState) {
        return new Condition(newState, restartCount, manuallyStopped, startedOnce, heldByEngine);
    }

    public Condition withRestartCount(int newCount) {
        return new Condition(state, newCount, manuallyStopped, startedOnce, heldByEngine);
    }

    public Condition withManuallyStopped(boolean stopped) {
        return new Condition(state, restartCount, stopped, startedOnce, heldByEngine);
    }

    public Condition withStartedOnce() {
        return new Condition(state, restartCount, manuallyStopped, true, heldByEngine);
    }

    public Condition withHeldByEngine(boolean held) {
        return new Condition(state, restartCount, manuallyStopped, startedOnce, held);
    }
}
