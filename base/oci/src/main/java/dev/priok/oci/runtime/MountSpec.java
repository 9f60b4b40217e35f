package dev.priok.oci.runtime;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One mount: {@code {"destination":"/proc","type":"proc","source":"proc","options":["nosuid","noexec","nodev"]}}.
 *
 * @param destination absolute path inside the container
 * @param type file system, {@code bind} or {@code none} for a bind
 * @param source device, or path on the host for a bind
 * @param options as mount(8) names them, and the specification's {@code rro}, {@code tmpcopyup} and their kin
 * @param uidMappings for an idmapped bind
 * @param gidMappings for an idmapped bind
 * @see <a href="https://github.com/opencontainers/runtime-spec/blob/v1.2.0/config.md#mounts">OCI runtime spec, mounts</a>
 */
public record MountSpec(
        String destination,
        @Nullable String type,
        @Nullable String source,
        List<String> options,
        List<LinuxSpec.IdMapping> uidMappings,
        List<LinuxSpec.IdMapping> gidMappings) {
    public MountSpec {
        options = options == null ? List.of() : List.copyOf(options);
        uidMappings = uidMappings == null ? List.of() : List.copyOf(uidMappings);
        gidMappings = gidMappings == null ? List.of() : List.copyOf(gidMappings);
    }

    /** A mount without mappings of ids. */
    public static MountSpec of(String destination, String type, String source, String... options) {
        return new MountSpec(destination, type, source, List.of(options), List.of(), List.of());
    }
}
