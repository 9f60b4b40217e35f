package dev.priok.oci.image;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.priok.core.Platform;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The configuration of an image; its digest is the image's id. {@code {"architecture":"amd64","os":"linux","config":{...},
 * "rootfs":{"type":"layers","diff_ids":[...]},"history":[...]}}. Documents that came from elsewhere are kept as their bytes;
 * this record is for reading them and for making new ones.
 *
 * @param created RFC 3339, or empty
 * @param author who made it; usually empty
 * @param architecture as Go names it
 * @param variant of the architecture; usually empty
 * @param os as Go names it
 * @param osVersion of Windows; usually empty
 * @param osFeatures of Windows; usually empty
 * @param config what containers start with
 * @param rootfs the layers
 * @param history how each layer came to be, lowest first, with entries that made none
 * @param comment Docker's note of a commit or import
 * @param dockerVersion of the daemon that made it; usually empty
 * @see <a href="https://github.com/opencontainers/image-spec/blob/main/config.md">OCI image spec, configuration</a>
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record ImageConfig(
        String created,
        String author,
        @JsonInclude(JsonInclude.Include.ALWAYS) String architecture,
        String variant,
        @JsonInclude(JsonInclude.Include.ALWAYS) String os,
        @JsonProperty("os.version") String osVersion,
        @JsonProperty("os.features") List<String> osFeatures,
        ContainerDefaults config,
        RootFs rootfs,
        List<History> history,
        String comment,
        @JsonProperty("docker_version") String dockerVersion) {
    public ImageConfig {
        created = Text.orEmpty(created);
        author = Text.orEmpty(author);
        architecture = Text.orEmpty(architecture);
        variant = Text.orEmpty(variant);
        os = Text.orEmpty(os);
        osVersion = Text.orEmpty(osVersion);
        osFeatures = Text.orEmpty(osFeatures);
        history = Text.orEmpty(history);
        comment = Text.orEmpty(comment);
        dockerVersion = Text.orEmpty(dockerVersion);
        config = config == null ? ContainerDefaults.NONE : config;
        rootfs = rootfs == null ? RootFs.of(List.of()) : rootfs;
    }

    /** An image for {@code platform} without layers, history or settings. */
    public static ImageConfig empty(Platform platform) {
        return new ImageConfig(
                "",
                "",
                platform.architecture(),
                platform.variant(),
                platform.os(),
                "",
                List.of(),
                ContainerDefaults.NONE,
                RootFs.of(List.of()),
                List.of(),
                "",
                "");
    }

    /** When it was made; empty when it does not say or not in RFC 3339. */
    public Optional<Instant> createdAt() {
        try {
            return created.isEmpty()
                    ? Optional.empty()
                    : Optional.of(OffsetDateTime.parse(created).toInstant());
        } catch (DateTimeParseException _) {
            return Optional.empty();
        }
    }

    public Platform platform() {
        return new Platform(os, architecture, variant);
    }

    /** The stack of all its layers. */
    public ChainId chainId() {
        return ChainId.of(rootfs.parsedDiffIds());
    }

    /** This configuration with one more entry of history. */
    public ImageConfig plusHistory(History entry) {
        List<History> longer = new ArrayList<>(history);
        longer.add(entry);
        return withHistory(longer);
    }

    public ImageConfig withCreated(String created) {
        return new ImageConfig(
                created,
                author,
                architecture,
                variant,
                os,
                osVersion,
                osFeatures,
                config,
                rootfs,
                history,
                comment,
                dockerVersion);
    }

    public ImageConfig withAuthor(String author) {
        return new ImageConfig(
                created,
                author,
                architecture,
                variant,
                os,
                osVersion,
                osFeatures,
                config,
                rootfs,
                history,
                comment,
                dockerVersion);
    }

    public ImageConfig withArchitecture(String architecture) {
        return new ImageConfig(
                created,
                author,
                architecture,
                variant,
                os,
                osVersion,
                osFeatures,
                config,
                rootfs,
                history,
                comment,
                dockerVersion);
    }

    public ImageConfig withVariant(String variant) {
        return new ImageConfig(
                created,
                author,
                architecture,
                variant,
                os,
                osVersion,
                osFeatures,
                config,
                rootfs,
                history,
                comment,
                dockerVersion);
    }

    public ImageConfig withOs(String os) {
        return new ImageConfig(
                created,
                author,
                architecture,
                variant,
                os,
                osVersion,
                osFeatures,
                config,
                rootfs,
                history,
                comment,
                dockerVersion);
    }

    public ImageConfig withOsVersion(String osVersion) {
        return new ImageConfig(
                created,
                author,
                architecture,
                variant,
                os,
                osVersion,
                osFeatures,
                config,
                rootfs,
                history,
                comment,
                dockerVersion);
    }

    public ImageConfig withOsFeatures(List<String> osFeatures) {
        return new ImageConfig(
                created,
                author,
                architecture,
                variant,
                os,
                osVersion,
                osFeatures,
                config,
                rootfs,
                history,
                comment,
                dockerVersion);
    }

    public ImageConfig withConfig(ContainerDefaults config) {
        return new ImageConfig(
                created,
                author,
                architecture,
                variant,
                os,
                osVersion,
                osFeatures,
                config,
                rootfs,
                history,
                comment,
                dockerVersion);
    }

    public ImageConfig withRootfs(RootFs rootfs) {
        return new ImageConfig(
                created,
                author,
                architecture,
                variant,
                os,
                osVersion,
                osFeatures,
                config,
                rootfs,
                history,
                comment,
                dockerVersion);
    }

    public ImageConfig withHistory(List<History> history) {
        return new ImageConfig(
                created,
                author,
                architecture,
                variant,
                os,
                osVersion,
                osFeatures,
                config,
                rootfs,
                history,
                comment,
                dockerVersion);
    }

    public ImageConfig withComment(String comment) {
        return new ImageConfig(
                created,
                author,
                architecture,
                variant,
                os,
                osVersion,
                osFeatures,
                config,
                rootfs,
                history,
                comment,
                dockerVersion);
    }

    public ImageConfig withDockerVersion(String dockerVersion) {
        return new ImageConfig(
                created,
                author,
                architecture,
                variant,
                os,
                osVersion,
                osFeatures,
                config,
                rootfs,
                history,
                comment,
                dockerVersion);
    }
}
