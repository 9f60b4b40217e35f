package dev.priok.transfer;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.priok.cli.command.Session;
import dev.priok.core.Digest;
import dev.priok.core.Failure;
import dev.priok.core.ImageReference;
import dev.priok.core.Platform;
import dev.priok.distribution.ManifestBlob;
import dev.priok.oci.OciJson;
import dev.priok.oci.image.Descriptor;
import dev.priok.oci.image.ImageConfig;
import dev.priok.oci.image.Index;
import dev.priok.oci.image.MediaTypes;
import dev.priok.transfer.place.RegistryPlace;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A list of manifests on this machine that is not pushed yet.
 *
 * @param parts what it lists
 */
record ManifestList(List<Part> parts) {
    private static final int MAXIMUM_CONFIG_BYTES = 8 << 20;
    private static final ObjectMapper MAPPER = new ObjectMapper();

    /**
     * One manifest.
     *
     * @param name as it was given
     * @param entry how the list will name it
     */
    record Part(String name, Index.Entry entry) {
        ImageReference image() {
            return ImageReference.parse(name).withDefaultTag();
        }

        /** The manifest in its registry, whatever its tag means by now. */
        ImageReference pinned() {
            ImageReference image = image();
            return new ImageReference(
                    image.domain(), image.path(), Optional.empty(), Optional.of(Digest.parse(entry.digest())));
        }
    }

    ManifestList {
        parts = List.copyOf(parts);
    }

    private static Path file(Session session, ImageReference list) {
        String name =
                Digest.sha256(list.toString().getBytes(StandardCharsets.UTF_8)).hex();
        return session.configFolder().resolve("priok-manifests").resolve(name + ".json");
    }

    static Optional<ManifestList> find(Session session, ImageReference list) throws IOException {
        Path file = file(session, list);
        return Files.exists(file)
                ? Optional.of(MAPPER.readValue(Files.readAllBytes(file), ManifestList.class))
                : Optional.empty();
    }

    static ManifestList of(Session session, ImageReference list) throws IOException {
        return find(session, list).orElseThrow(() -> Failure.notFound("No such manifest: %s", list.familiar()));
    }

    void keep(Session session, ImageReference list) throws IOException {
        Path file = file(session, list);
        Files.createDirectories(session.configFolder().resolve("priok-manifests"));
        Path part = file.resolveSibling(file.getFileName() + ".new");
        Files.write(part, MAPPER.writeValueAsBytes(this));
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    static boolean forget(Session session, ImageReference list) throws IOException {
        return Files.deleteIfExists(file(session, list));
    }

    /** This list with a manifest more, or with another one of that name. */
    ManifestList with(Part part) {
        List<Part> all = new ArrayList<>(parts);
        all.removeIf(old -> old.image().equals(part.image()));
        all.add(part);
        return new ManifestList(all);
    }

    Part part(ImageReference image) {
        return parts.stream()
                .filter(part -> part.image().equals(image))
                .findFirst()
                .orElseThrow(
                        () -> Failure.notFound("manifest for image %s does not exist in the list", image.familiar()));
    }

    /** Looks at a manifest in its registry. */
    static Part look(String name, RegistryPlace place) throws IOException {
        ManifestBlob found = place.top();
        if (MediaTypes.isIndex(found.mediaType())) {
            throw Failure.invalid("%s is a manifest list", name);
        }
        Descriptor config = found.manifest().config();
        if (config == null || !MediaTypes.isConfig(config.mediaType())) {
            throw Failure.invalid("%s is no image", name);
        }
        if (config.size() > MAXIMUM_CONFIG_BYTES) {
            throw Failure.invalid("the configuration of %s has more than %d bytes", name, MAXIMUM_CONFIG_BYTES);
        }
        byte[] json;
        try (InputStream in = place.blob(config).open()) {
            json = in.readAllBytes();
        }
        if (!Digest.sha256(json).equals(config.parsedDigest())) {
            throw Failure.invalid("the configuration of %s is not what its manifest says", name);
        }
        Platform platform = OciJson.read(json, ImageConfig.class, "configuration of " + name)
                .platform();
        return new Part(name, Index.Entry.of(found.descriptor(), platform, Map.of()));
    }

    /** The list as a registry keeps it: Docker's when all of it is Docker's, else OCI's. */
    ManifestBlob index() {
        boolean docker =
                parts.stream().allMatch(part -> part.entry().mediaType().equals(MediaTypes.DOCKER_MANIFEST));
        String type = docker ? MediaTypes.DOCKER_INDEX : MediaTypes.OCI_INDEX;
        byte[] bytes =
                OciJson.write(new Index(2, type, parts.stream().map(Part::entry).toList(), Map.of()));
        return new ManifestBlob(type, Digest.sha256(bytes), bytes);
    }
}
