package dev.priok.build;

import java.util.Set;

/**
 * What few builds ask for.
 *
 * @param keepTimes whether files keep their times and the image tells when it was built; by default neither does, so that the
 *     same inputs give the same image
 * @param allowed what is closed to steps unless a build is given it
 * @param observer is told what happens, as it happens
 */
public record BuildExtras(boolean keepTimes, Set<Entitlement> allowed, BuildObserver observer) {
    /** Nothing out of the ordinary. */
    public static final BuildExtras NONE = new BuildExtras(false, Set.of(), BuildObserver.NOBODY);

    public BuildExtras {
        allowed = Set.copyOf(allowed);
    }

    /** What a Dockerfile alone must not take. */
    public enum Entitlement {
        /** {@code RUN --network=host}: the host's own network. */
        NETWORK_HOST,
        /** {@code RUN --security=insecure}: every capability, no filter of system calls. */
        SECURITY_INSECURE
    }

    /** The same, watched by somebody. */
    public BuildExtras withObserver(BuildObserver newObserver) {
        return new BuildExtras(keepTimes, allowed, newObserver);
    }
}
