package dev.priok.engine.transfer;

import dev.priok.core.Credentials;
import dev.priok.core.Failure;
import dev.priok.core.ImageReference;
import dev.priok.core.Platform;
import dev.priok.distribution.ManifestBlob;
import dev.priok.distribution.Registries;
import dev.priok.distribution.Repository;
import dev.priok.engine.Images.Remote;
import dev.priok.oci.OciJson;
import dev.priok.oci.image.Descriptor;
import dev.priok.oci.image.ImageConfig;
import dev.priok.oci.image.Index;
import dev.priok.oci.image.MediaTypes;
import java.io.IOException;
import java.util.List;
import java.util.Objects;

/** Looks at images in registries without bringing them here. */
public final class RemoteImages {
    private static final int MAXIMUM_CONFIG_BYTES = 8 << 20;

    private RemoteImages() {}

    /** What a name means in its registry, for {@code GET /distribution/NAME/json}. */
    public static Remote look(Registries registries, ImageReference name, Credentials credentials) throws IOException {
        Repository repository = registries.reading(name, credentials);
        String reference = name.digest().map(Object::toString).or(name::tag).orElse("latest");
        ManifestBlob found = repository
                .manifest(reference)
                .orElseThrow(() -> Failure.notFound("manifest unknown: manifest for %s not found", name.familiar()));
        return new Remote(
                found.mediaType(),
                found.digest().toString(),
                found.bytes().length,
                MediaTypes.isIndex(found.mediaType()) ? platforms(found.index()) : platform(repository, found));
    }

    private static List<Platform> platforms(Index index) {
        return index.manifests().stream()
                .map(Index.Entry::platform)
                .filter(Objects::nonNull)
                .map(Index.OnPlatform::platform)
                .toList();
    }

    private static List<Platform> platform(Repository repository, ManifestBlob found) throws IOException {
        Descriptor config = found.manifest().config();
        if (config == null || !MediaTypes.isConfig(config.mediaType())) {
            return List.of();
        }
        byte[] json = repository.smallBlob(config, MAXIMUM_CONFIG_BYTES);
        return List.of(
                OciJson.read(json, ImageConfig.class, "image configuration").platform());
    }
}
