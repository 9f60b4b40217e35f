package dev.priok.server.route;

import dev.priok.api.ApiVersion;
import dev.priok.engine.Healthcheck;
import dev.priok.engine.ImageSettings;
import dev.priok.engine.Images;
import java.util.List;

/** Images as list, inspect and history show them. */
final class ImageDocs {
    private ImageDocs() {}

    static Doc summary(Images.Summary image, ApiVersion version) {
        boolean namesNone = !version.atLeast(43);
        var document = new Doc()
                .with("Containers", image.containers())
                .with("Created", GoTime.seconds(image.created()))
                .with("Id", image.id())
                .with("Labels", image.labels().isEmpty() ? null : image.labels())
                .with("ParentId", image.parentId())
                .with(
                        "RepoDigests",
                        namesNone && image.repoDigests().isEmpty() ? List.of("<none>@<none>") : image.repoDigests())
                .with("RepoTags", namesNone && image.repoTags().isEmpty() ? List.of("<none>:<none>") : image.repoTags())
                .with("SharedSize", image.sharedBytes())
                .with("Size", image.sizeBytes());
        return version.atLeast(44) ? document : document.with("VirtualSize", image.sizeBytes());
    }

    static Doc inspect(Images.Detail image, ApiVersion version) {
        var document = new Doc()
                .with("Id", image.id())
                .with("RepoTags", image.repoTags())
                .with("RepoDigests", image.repoDigests())
                .with("Parent", image.parentId())
                .with("Comment", image.comment());
        if (image.created() != null) {
            document.with("Created", GoTime.text(image.created()));
        } else if (!version.atLeast(44)) {
            document.with("Created", GoTime.ZERO);
        }
        document.with("DockerVersion", "")
                .with("Author", image.author())
                .with("Config", config(image.settings()))
                .with("Architecture", image.platform().architecture())
                .unlessEmpty("Variant", image.platform().variant())
                .with("Os", image.platform().os())
                .with("Size", image.sizeBytes());
        if (!version.atLeast(44)) {
            document.with("VirtualSize", image.sizeBytes());
        }
        document.with(
                        "GraphDriver",
                        new Doc()
                                .with("Data", image.snapshot().data())
                                .with("Name", image.snapshot().driver()))
                .with("RootFS", new Doc().with("Type", "layers").with("Layers", image.diffIds()))
                .with("Metadata", new Doc().with("LastTagTime", GoTime.text(image.lastTagged())));
        if (version.atLeast(48) && !image.manifestDigest().isEmpty()) {
            document.with(
                    "Descriptor",
                    new Doc()
                            .with("mediaType", "application/vnd.oci.image.manifest.v1+json")
                            .with("digest", image.manifestDigest())
                            .with("size", 0));
        }
        return document;
    }

    private static Doc config(ImageSettings settings) {
        var document = new Doc()
                .unlessEmpty("User", settings.user())
                .unlessEmpty("ExposedPorts", ContainerDocs.set(settings.exposedPorts()))
                .with("Env", settings.env())
                .with("Entrypoint", settings.entrypoint())
                .with("Cmd", settings.cmd());
        Healthcheck health = settings.healthcheck();
        if (health != null) {
            document.with("Healthcheck", ContainerDocs.health(health));
        }
        return document.unlessEmpty("Volumes", ContainerDocs.set(settings.volumes()))
                .with("WorkingDir", settings.workingDir())
                .with("Labels", settings.labels().isEmpty() ? null : settings.labels())
                .unlessEmpty("StopSignal", settings.stopSignal())
                .with("OnBuild", settings.onBuild().isEmpty() ? null : settings.onBuild())
                .unlessEmpty("Shell", settings.shell())
                .unlessEmpty("ArgsEscaped", settings.argsEscaped());
    }

    static Doc history(Images.HistoryItem item) {
        return new Doc()
                .with("Id", item.id())
                .with("Created", GoTime.seconds(item.created()))
                .with("CreatedBy", item.createdBy())
                .with("Tags", item.tags().isEmpty() ? null : item.tags())
                .with("Size", item.sizeBytes())
                .with("Comment", item.comment());
    }

    static Doc deleted(Images.Deleted deleted) {
        return switch (deleted) {
            case Images.Deleted.Untagged untagged -> new Doc().with("Untagged", untagged.name());
            case Images.Deleted.Removed removed -> new Doc().with("Deleted", removed.id());
        };
    }
}
