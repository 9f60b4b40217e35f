package dev.priok.engine.internal;

import dev.priok.core.Digest;
import dev.priok.core.ImageReference;
import dev.priok.core.Leases.Lease;
import dev.priok.core.Platform;
import dev.priok.engine.ContainerSpec;
import dev.priok.engine.Containers.CommitRequest;
import dev.priok.engine.ImageSettings;
import dev.priok.engine.ProcessSpec;
import dev.priok.engine.lifecycle.Container;
import dev.priok.engine.lifecycle.Folders;
import dev.priok.engine.lifecycle.ImageTerms;
import dev.priok.engine.lifecycle.Lifecycles;
import dev.priok.engine.lifecycle.Machine;
import dev.priok.image.ConfigChanges;
import dev.priok.image.Image;
import dev.priok.image.NewImage;
import dev.priok.oci.image.History;
import dev.priok.oci.image.ImageConfig;
import dev.priok.oci.image.RootFs;
import dev.priok.snapshot.Layer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Makes images from containers. */
final class Commits {
    private final Machine machine;
    private final Lifecycles machinery;

    Commits(Machine machine, Lifecycles machinery) {
        this.machine = machine;
        this.machinery = machinery;
    }

    String commit(Container container, CommitRequest request) throws IOException {
        Optional<ImageReference> name = ImagesOfStore.name(request.repository(), request.tag());
        ImageSettings settings = over(request.settings(), settings(container));
        // A bad instruction is refused before anything is copied.
        ImageConfig _ = ConfigChanges.apply(ImageConfig.empty(Platform.current()), request.changes());
        Optional<Image> parent = machine.parts()
                .images()
                .find(Digest.parse(container.definition().imageId()));
        boolean paused = request.pause() && machinery.signalling().pauseForCommit(container);
        Image image;
        try (Lease lease = machine.parts().leases().open()) {
            Layer layer;
            try {
                layer = machine.parts().snapshotter().copy(Folders.snapshotKey(container.id()), lease);
            } finally {
                if (paused) {
                    machinery.signalling().resumeAfterCommit(container);
                }
            }
            machine.parts().snapshotter().makeDurable(layer.chainId());
            ImageConfig config =
                    ConfigChanges.apply(config(container, request, settings, parent, layer), request.changes());
            NewImage made = NewImage.built(config, name.stream().toList());
            image = machine.parts()
                    .images()
                    .create(parent.isPresent() ? made.withParent(parent.get().id()) : made, lease);
        }
        Map<String, String> attributes = new LinkedHashMap<>(machinery.attributes(container));
        attributes.put("comment", request.comment());
        attributes.put("imageID", image.id().toString());
        attributes.put("imageRef", name.map(ImageReference::familiar).orElse(""));
        machine.publish("container", "commit", container.id(), attributes);
        return image.id().toString();
    }

    private ImageConfig config(
            Container container, CommitRequest request, ImageSettings settings, Optional<Image> parent, Layer layer) {
        String now = machine.now().toString();
        ImageConfig base = parent.map(Image::config).orElseGet(() -> ImageConfig.empty(Platform.current()));
        List<Digest> diffIds = new ArrayList<>(base.rootfs().parsedDiffIds());
        diffIds.add(layer.diffId());
        return base.withCreated(now)
                .withAuthor(request.author())
                .withComment(request.comment())
                .withConfig(ImageTerms.document(settings))
                .withRootfs(RootFs.of(diffIds))
                .plusHistory(new History(
                        now,
                        String.join(" ", container.definition().program()),
                        request.author(),
                        request.comment(),
                        false));
    }

    private static ImageSettings settings(Container container) {
        ContainerSpec spec = container.definition().spec();
        ProcessSpec process = spec.process();
        return new ImageSettings(
                process.user(),
                spec.network().exposedPorts(),
                process.env(),
                process.entrypoint(),
                process.cmd(),
                spec.storage().volumes(),
                process.workingDir(),
                spec.labels(),
                process.stopSignal(),
                spec.healthcheck(),
                process.shell(),
                process.onBuild(),
                false);
    }

    /** What the request says wins; the container fills the rest. */
    private static ImageSettings over(@Nullable ImageSettings wanted, ImageSettings container) {
        if (wanted == null) {
            return container;
        }
        Map<String, String> labels = new LinkedHashMap<>(container.labels());
        labels.putAll(wanted.labels());
        return new ImageSettings(
                wanted.user().isEmpty() ? container.user() : wanted.user(),
                wanted.exposedPorts().isEmpty() ? container.exposedPorts() : wanted.exposedPorts(),
                wanted.env().isEmpty() ? container.env() : wanted.env(),
                wanted.entrypoint() == null ? container.entrypoint() : wanted.entrypoint(),
                wanted.cmd() == null ? container.cmd() : wanted.cmd(),
                wanted.volumes().isEmpty() ? container.volumes() : wanted.volumes(),
                wanted.workingDir().isEmpty() ? container.workingDir() : wanted.workingDir(),
                labels,
                wanted.stopSignal().isEmpty() ? container.stopSignal() : wanted.stopSignal(),
                wanted.healthcheck() == null ? container.healthcheck() : wanted.healthcheck(),
                wanted.shell() == null ? container.shell() : wanted.shell(),
                wanted.onBuild().isEmpty() ? container.onBuild() : wanted.onBuild(),
                wanted.argsEscaped());
    }
}
