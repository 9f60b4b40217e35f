package dev.priok.engine.spec;

import dev.priok.engine.ContainerView.MountPoint;
import java.util.List;

/**
 * One mount of a container, decided at create and stored with it.
 *
 * @param point as inspect shows it
 * @param options for mount(8), without ro and propagation
 * @param recursiveReadOnly whether read-only reaches the mounts below
 * @param required whether read-only must reach them, or the start fails
 * @param anonymous whether the volume goes with the container
 * @param subpath part of a volume or image that is mounted, relative to it; empty for all of it
 */
public record PlannedMount(
        MountPoint point,
        List<String> options,
        boolean recursiveReadOnly,
        boolean required,
        boolean anonymous,
        String subpath) {
    public PlannedMount {
        options = options == null ? List.of() : List.copyOf(options);
        subpath = subpath == null ? "" : subpath;
    }

    /** A mount of a whole volume or folder. */
    public PlannedMount(
            MountPoint point, List<String> options, boolean recursiveReadOnly, boolean required, boolean anonymous) {
        this(point, options, recursiveReadOnly, required, anonymous, "");
    }

    /** The same with other options. */
    public PlannedMount withOptions(List<String> others) {
        return new PlannedMount(point, others, recursiveReadOnly, required, anonymous, subpath);
    }

    public String target() {
        return point.destination();
    }
}
