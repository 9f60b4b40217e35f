package dev.priok.engine;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the processes of a container may do.
 *
 * @param capAdd capabilities beyond Docker's fourteen, with or without {@code CAP_}, or {@code ALL}
 * @param capDrop capabilities taken away first
 * @param privileged everything allowed
 * @param securityOpt as {@code no-new-privileges}, {@code seccomp=...}
 * @param maskedPaths null for the default; empty for none
 * @param readonlyPaths null for the default; empty for none
 * @param readonlyRootfs whether the root file system is read-only
 */
public record SecuritySpec(
        List<String> capAdd,
        List<String> capDrop,
        boolean privileged,
        List<String> securityOpt,
        @Nullable List<String> maskedPaths,
        @Nullable List<String> readonlyPaths,
        boolean readonlyRootfs) {
    /** Docker's defaults. */
    public static final SecuritySpec DEFAULT =
            new SecuritySpec(List.of(), List.of(), false, List.of(), null, null, false);

    public SecuritySpec {
        capAdd = Copies.list(capAdd);
        capDrop = Copies.list(capDrop);
        securityOpt = Copies.list(securityOpt);
        maskedPaths = Copies.listOrNull(maskedPaths);
        readonlyPaths = Copies.listOrNull(readonlyPaths);
    }

    public SecuritySpec withSecurityOpt(List<String> options) {
        return new SecuritySpec(capAdd, capDrop, privileged, options, maskedPaths, readonlyPaths, readonlyRootfs);
    }
}
