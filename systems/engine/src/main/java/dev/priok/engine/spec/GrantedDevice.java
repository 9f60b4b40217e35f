package dev.priok.engine.spec;

import dev.priok.oci.runtime.LinuxSpec;

/**
 * A device node in a container.
 *
 * @param node as it is made
 * @param permissions what the container may do with it, from {@code rwm}; empty for nothing
 */
public record GrantedDevice(LinuxSpec.Device node, String permissions) {
    /** All permissions, which is Docker's default. */
    public static final String ALL = "rwm";
}
