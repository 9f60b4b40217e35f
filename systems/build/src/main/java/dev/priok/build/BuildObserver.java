package dev.priok.build;

/** Watches a build. Is called by the threads that do its steps, by several at once, and must not block for long. */
@FunctionalInterface
public interface BuildObserver {
    /** Watches nothing. */
    BuildObserver NOBODY = _ -> {};

    /** Takes one thing that happened; what it throws ends the build. */
    void happened(BuildStatus status);
}
