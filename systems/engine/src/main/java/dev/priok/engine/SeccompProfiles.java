package dev.priok.engine;

import dev.priok.runtime.SeccompFilter;
import java.util.List;
import java.util.Optional;

/** Compiles filters of system calls. */
@FunctionalInterface
public interface SeccompProfiles {
    /**
     * The filter of a process.
     *
     * @param profile {@code builtin}, {@code unconfined}, or a profile as JSON
     * @param capabilities that the process has, on which Docker's profile depends
     * @return empty for no filter
     * @throws dev.priok.core.Failure INVALID when the profile is broken
     */
    Optional<SeccompFilter> compile(String profile, List<String> capabilities);

    /** No filter at all; for tests, and for kernels without seccomp. */
    static SeccompProfiles none() {
        return (_, _) -> Optional.empty();
    }
}
