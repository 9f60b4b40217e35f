package dev.priok.build.solve;

import dev.priok.build.plan.Chain;
import dev.priok.core.Digest;
import dev.priok.oci.OciJson;
import dev.priok.oci.image.ImageConfig;

/**
 * What a step came to.
 *
 * @param chain the root file system
 * @param config the image that there would be if the build ended here
 * @param imageId the digest of {@code config}
 */
record Result(Chain chain, ImageConfig config, Digest imageId) {
    static Result of(Chain chain, ImageConfig config) {
        return new Result(chain, config, Digest.sha256(OciJson.write(config)));
    }
}
