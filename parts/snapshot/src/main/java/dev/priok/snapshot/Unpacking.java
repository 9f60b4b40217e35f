package dev.priok.snapshot;

import java.util.Optional;

/**
 * How a tar is put into an existing tree.
 *
 * @param owner who owns everything that is made, instead of what the tar says
 * @param keepKinds refuse to put a file in place of a folder, or a folder in place of a file (noOverwriteDirNonDir)
 * @param owners whether owners are set at all; false for those who are not root
 */
public record Unpacking(Optional<Owner> owner, boolean keepKinds, boolean owners) {
    /** As the tar says, replacing what is in the way. */
    public static final Unpacking AS_IS = new Unpacking(Optional.empty(), false, true);

    /**
     * Numbers of an owner.
     *
     * @param uid user
     * @param gid group
     */
    public record Owner(int uid, int gid) {}
}
