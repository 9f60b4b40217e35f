package dev.priok.engine.spec;

import java.util.Map;

/** Where a mount plan gets volumes from. */
public interface VolumeSource {
    /** The volume of this name, made when it is not there; an empty name makes an anonymous one. */
    Volume take(String name, String driver, Map<String, String> options, Map<String, String> labels);

    /**
     * A volume.
     *
     * @param name its name
     * @param path its directory on the host; empty when only its driver knows
     * @param driver what it is of
     * @param fresh whether this call made it
     */
    record Volume(String name, String path, String driver, boolean fresh) {
        /** A volume of the local driver. */
        public Volume(String name, String path, boolean fresh) {
            this(name, path, "local", fresh);
        }
    }
}
