package dev.priok.engine.state;

import dev.priok.engine.ContainerSpec;
import dev.priok.engine.IdRemap;
import dev.priok.engine.spec.PlannedMount;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a container is: decided at create, changed by rename and update alone.
 *
 * @param id 64 hexadecimal characters
 * @param created when
 * @param spec with the image's values; its name is the container's
 * @param program of the first process, with its arguments
 * @param imageId digest of the image's configuration
 * @param imageManifest digest of the image's manifest; empty when unknown
 * @param platform of the image
 * @param mounts decided at create
 * @param remap users and groups that those inside are outside; null for the same
 */
public record Definition(
        String id,
        Instant created,
        ContainerSpec spec,
        List<String> program,
        String imageId,
        String imageManifest,
        String platform,
        List<PlannedMount> mounts,
        @Nullable IdRemap remap) {
    public Definition {
        program = List.copyOf(program);
        mounts = List.copyOf(mounts);
    }

    public String name() {
        return spec.name();
    }

    public Definition withSpec(ContainerSpec newSpec) {
        return new Definition(id, created, newSpec, program, imageId, imageManifest, platform, mounts, remap);
    }
}
