package dev.priok.engine.state;

import dev.priok.engine.ContainerState;

/**
 * Where a container is in its life.
 *
 * @param state as users see it
 * @param restartCount restarts by policy
 * @param manuallyStopped whether a user ended the last run
 * @param startedOnce whether it ever ran
 */
public record Condition(ContainerState state, int restartCount, boolean manuallyStopped, boolean startedOnce) {
    /** Fresh from create. */
    public static final Condition CREATED = new Condition(ContainerState.CREATED, 0, false, false);

    public Condition withState(ContainerState newState) {
        return new Condition(newState, restartCount, manuallyStopped, startedOnce);
    }

    public Condition withRestartCount(int newCount) {
        return new Condition(state, newCount, manuallyStopped, startedOnce);
    }

    public Condition withManuallyStopped(boolean stopped) {
        return new Condition(state, restartCount, stopped, startedOnce);
    }

    public Condition withStartedOnce() {
        return new Condition(state, restartCount, manuallyStopped, true);
    }
}
