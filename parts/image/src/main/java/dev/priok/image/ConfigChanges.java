package dev.priok.image;

import dev.priok.core.Failure;
import dev.priok.image.internal.Instructions;
import dev.priok.oci.image.ImageConfig;
import java.util.List;

/**
 * Dockerfile instructions that change a configuration alone, as {@code docker import --change} and {@code docker commit --change}
 * take them: CMD, ENTRYPOINT, ENV, EXPOSE, HEALTHCHECK, LABEL, ONBUILD, STOPSIGNAL, USER, VOLUME, WORKDIR. Variables are
 * not expanded.
 */
public final class ConfigChanges {
    private ConfigChanges() {}

    /**
     * The configuration after these instructions, in order.
     *
     * @throws Failure of kind {@link Failure.Kind#INVALID} in Docker's words
     */
    public static ImageConfig apply(ImageConfig config, List<String> changes) {
        ImageConfig changed = config;
        for (String change : changes) {
            changed = changed.withConfig(Instructions.apply(changed.config(), change));
        }
        return changed;
    }
}
