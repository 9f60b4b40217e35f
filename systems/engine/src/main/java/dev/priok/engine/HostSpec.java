package dev.priok.engine;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The rest of HostConfig.
 *
 * @param autoRemove whether the container goes away with its process
 * @param init whether a reaping process runs as pid 1; null for the daemon's default
 * @param sysctls kernel parameters of the container's namespaces
 * @param oomScoreAdj -1000 to 1000
 * @param annotations handed to the runtime
 * @param runtime empty for the built-in one
 * @param isolation kept for inspect; only {@code default} exists on Linux
 * @param containerIdFile kept for inspect
 * @param upkeep restarts and starts, beyond Docker
 */
public record HostSpec(
        boolean autoRemove,
        @Nullable Boolean init,
        Map<String, String> sysctls,
        int oomScoreAdj,
        Map<String, String> annotations,
        String runtime,
        String isolation,
        String containerIdFile,
        Upkeep upkeep) {
    /** Every default. */
    public static final HostSpec DEFAULT = new HostSpec(false, null, Map.of(), 0, Map.of(), "", "", "", Upkeep.UNSAID);

    public HostSpec {
        sysctls = Copies.map(sysctls);
        annotations = Copies.map(annotations);
        runtime = Copies.text(runtime);
        isolation = Copies.text(isolation);
        containerIdFile = Copies.text(containerIdFile);
        upkeep = upkeep == null ? Upkeep.UNSAID : upkeep;
    }

    /** The defaults, and gone with its process. */
    public static HostSpec removedAtExit() {
        return new HostSpec(true, null, Map.of(), 0, Map.of(), "", "", "", Upkeep.UNSAID);
    }
}
