package dev.priok.engine.internal;

import dev.priok.content.Blob;
import dev.priok.core.Credentials;
import dev.priok.core.Digest;
import dev.priok.core.Failure;
import dev.priok.core.ImageReference;
import dev.priok.core.Platform;
import dev.priok.engine.ContainerView;
import dev.priok.engine.ContainerView.MountPoint;
import dev.priok.engine.EngineParts;
import dev.priok.engine.Filters;
import dev.priok.engine.Images;
import dev.priok.engine.lifecycle.Container;
import dev.priok.engine.lifecycle.ImageTerms;
import dev.priok.engine.lifecycle.Machine;
import dev.priok.engine.lifecycle.MountSources;
import dev.priok.engine.lifecycle.Registry;
import dev.priok.engine.spec.Cause;
import dev.priok.engine.spec.PlannedMount;
import dev.priok.engine.transfer.Puller;
import dev.priok.engine.transfer.Pusher;
import dev.priok.engine.transfer.RemoteImages;
import dev.priok.engine.transfer.Repair;
import dev.priok.image.HistoryEntry;
import dev.priok.image.Image;
import dev.priok.image.ImageSource;
import dev.priok.image.ImageStore;
import dev.priok.image.ImageUsers;
import dev.priok.image.Import;
import dev.priok.image.Loaded;
import dev.priok.image.Removed;
import dev.priok.oci.image.ChainId;
import dev.priok.oci.image.History;
import dev.priok.snapshot.Layer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The image store as the engine's callers see it: with events, and with containers that stand in the way. */
final class ImagesOfStore implements Images {
    private final Machine machine;
    private final Registry registry;
    private final ImageStore store;
    private final Puller puller;
    private final Pusher pusher;
    private final AtomicBoolean pruning = new AtomicBoolean();

    ImagesOfStore(Machine machine, Registry registry) {
        this.machine = machine;
        this.registry = registry;
        this.store = machine.parts().images();
        EngineParts parts = machine.parts();
        this.puller =
                new Puller(parts.registries(), parts.content(), parts.snapshotter(), parts.images(), parts.leases());
        this.pusher = new Pusher(parts.registries(), parts.content(), parts.images(), parts.leases());
    }

    private void publish(String action, String id, String name) {
        Map<String, String> attributes = new LinkedHashMap<>();
        try {
            Digest digest = Digest.parse(id);
            store.find(digest)
                    .ifPresent(i -> attributes.putAll(i.config().config().labels()));
        } catch (Failure e) {
            attributes.clear();
        }
        attributes.put("name", name);
        machine.publish("image", action, id, attributes);
    }

    /** The containers made from an image, and those that mount it. */
    ImageUsers users() {
        return image -> registry.all().stream()
                .filter(c -> c.definition().imageId().equals(image.toString()) || mounts(c, image))
                .map(c -> new ImageUsers.User(c.id(), c.state().running()))
                .toList();
    }

    private boolean mounts(Container container, Digest image) {
        List<String> names = container.definition().mounts().stream()
                .map(PlannedMount::point)
                .filter(point -> point.type().equals("image"))
                .map(MountPoint::name)
                .toList();
        return IntStream.range(0, names.size())
                .anyMatch(i -> machine.parts()
                        .snapshotter()
                        .find(MountSources.imageKey(container.id(), i))
                        .filter(view -> isOf(view.parent(), names.get(i), image))
                        .isPresent());
    }

    /** Whether layers are mounted as those of an image: the name may be another's by now, and others may have the same layers. */
    private boolean isOf(ChainId layers, String name, Digest image) {
        Optional<Image> named = named(name);
        return named.filter(one -> one.config().chainId().equals(layers)).isPresent()
                ? named.get().id().equals(image)
                : store.find(image)
                        .filter(one -> one.config().chainId().equals(layers))
                        .isPresent();
    }

    private Optional<Image> named(String name) {
        try {
            return Optional.of(store.resolve(name));
        } catch (Failure _) {
            return Optional.empty();
        }
    }

    @Override
    public List<Summary> list(boolean all, boolean sharedSize, Filters filters) {
        ImageFilter filter = new ImageFilter(filters, store, machine.now());
        List<Image> images = store.list();
        Map<String, Integer> layerUses = sharedSize ? layerUses(images) : Map.of();
        Map<String, Integer> containers = new HashMap<>();
        for (Container container : registry.all()) {
            containers.merge(container.definition().imageId(), 1, Integer::sum);
        }
        List<Summary> rows = new ArrayList<>();
        for (Image image : images) {
            boolean intermediate = image.dangling() && !image.children().isEmpty();
            if ((all || !intermediate) && filter.passes(image)) {
                rows.add(new Summary(
                        image.id().toString(),
                        image.parent().map(Digest::toString).orElse(""),
                        filter.tags(image),
                        familiar(image.digests()),
                        image.created(),
                        image.size(),
                        sharedSize ? shared(image, layerUses) : -1,
                        sharedSize ? containers.getOrDefault(image.id().toString(), 0) : -1,
                        image.config().config().labels()));
            }
        }
        return rows;
    }

    private Map<String, Integer> layerUses(List<Image> images) {
        Map<String, Integer> uses = new HashMap<>();
        for (Image image : images) {
            for (Layer layer :
                    machine.parts().snapshotter().chain(image.config().chainId())) {
                uses.merge(layer.chainId().toString(), 1, Integer::sum);
            }
        }
        return uses;
    }

    private long shared(Image image, Map<String, Integer> uses) {
        return machine.parts().snapshotter().chain(image.config().chainId()).stream()
                .filter(layer -> uses.getOrDefault(layer.chainId().toString(), 0) > 1)
                .mapToLong(Layer::size)
                .sum();
    }

    static List<String> familiar(List<ImageReference> names) {
        return names.stream().map(ImageReference::familiar).toList();
    }

    @Override
    public Detail inspect(String ref) {
        Image image = store.resolve(ref);
        Map<String, String> data = new LinkedHashMap<>();
        List<Layer> layers = machine.parts().snapshotter().chain(image.config().chainId());
        if (!layers.isEmpty()) {
            data.put(
                    "LowerDir",
                    String.join(
                            ":",
                            layers.reversed().stream()
                                    .map(layer -> layer.folder().toString())
                                    .toList()));
        }
        return new Detail(
                image.id().toString(),
                image.parent().map(Digest::toString).orElse(""),
                store.manifest(image.id()).map(d -> d.digest()).orElse(""),
                familiar(image.tags()),
                familiar(image.digests()),
                image.config().createdAt().orElse(null),
                image.config().comment(),
                image.config().author(),
                ImageTerms.settings(image.config().config()),
                image.config().platform(),
                image.size(),
                image.config().rootfs().parsedDiffIds().stream()
                        .map(Digest::toString)
                        .toList(),
                new ContainerView.Snapshot(ContainerViews.DRIVER, data),
                image.lastTagged().orElse(null));
    }

    @Override
    public List<HistoryItem> history(String ref) {
        List<HistoryItem> items = new ArrayList<>();
        for (HistoryEntry entry : store.history(store.resolve(ref).id())) {
            History step = entry.step();
            items.add(new HistoryItem(
                    entry.image().map(Digest::toString).orElse("<missing>"),
                    time(step.created()),
                    step.createdBy(),
                    familiar(entry.tags()),
                    entry.size(),
                    step.comment()));
        }
        return items;
    }

    private static @Nullable Instant time(String text) {
        try {
            return text.isEmpty() ? null : OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException _) {
            return null;
        }
    }

    @Override
    public void tag(String ref, String repository, String tag) {
        ImageReference name = name(repository, tag)
                .orElseThrow(() -> Failure.invalid("invalid reference format: repository name must not be empty"));
        Image image = store.resolve(ref);
        store.tag(image.id(), name);
        publish("tag", image.id().toString(), name.familiar());
    }

    /** Tells of an image that a build has made. */
    void built(Digest image, List<ImageReference> names) {
        publish("create", image.toString(), image.toString());
        names.forEach(name -> publish("tag", image.toString(), name.familiar()));
    }

    /** {@code repository[:tag]} as a reference with a tag; empty without a repository. */
    static Optional<ImageReference> name(String repository, String tag) {
        if (repository.isEmpty()) {
            return Optional.empty();
        }
        ImageReference parsed = ImageReference.parse(repository);
        if (parsed.digest().isPresent()) {
            throw Failure.invalid("refusing to create a tag with a digest reference");
        }
        return Optional.of(tag.isEmpty() ? parsed.withDefaultTag() : parsed.withTag(tag));
    }

    @Override
    public List<Deleted> remove(String ref, boolean force, boolean noPrune) {
        try {
            return told(store.remove(ref, force, !noPrune, users()));
        } catch (IOException e) {
            throw Failure.internal(e, "removing image %s: %s", ref, Cause.text(e));
        }
    }

    private List<Deleted> told(List<Removed> removed) {
        List<Deleted> deleted = new ArrayList<>();
        for (Removed one : removed) {
            switch (one) {
                case Removed.Untagged untagged -> {
                    deleted.add(new Deleted.Untagged(untagged.name().familiar()));
                    machine.publish(
                            "image",
                            "untag",
                            untagged.image().toString(),
                            Map.of("name", untagged.image().toString()));
                }
                case Removed.Deleted gone -> {
                    deleted.add(new Deleted.Removed(gone.image().toString()));
                    machine.publish(
                            "image",
                            "delete",
                            gone.image().toString(),
                            Map.of("name", gone.image().toString()));
                }
                case Removed.LayerDeleted layer ->
                    deleted.add(new Deleted.Removed(layer.chainId().toString()));
            }
        }
        return deleted;
    }

    @Override
    public Pruned prune(Filters filters) {
        filters.onlyKnowing("dangling", "label", "label!", "until");
        boolean danglingOnly = filters.flag("dangling", true);
        Instant until =
                filters.has("until") ? TimeText.parse(filters.get("until").getFirst(), machine.now()) : null;
        if (!pruning.compareAndSet(false, true)) {
            throw Failure.conflict("a prune operation is already running");
        }
        try {
            long before = storedBytes();
            List<Deleted> deleted = new ArrayList<>();
            for (Image image : store.list()) {
                boolean untagged = image.tags().isEmpty()
                        && (!image.dangling() || image.children().isEmpty());
                boolean wanted = (untagged || (!danglingOnly && !image.dangling()))
                        && filters.labels("label", image.config().config().labels())
                        && filters.lacksLabels("label!", image.config().config().labels())
                        && (until == null || image.created().isBefore(until))
                        && users().of(image.id()).isEmpty();
                if (wanted) {
                    deleted.addAll(removeWhole(image));
                }
            }
            store.collect();
            long reclaimed = Math.max(0, before - storedBytes());
            machine.publish("image", "prune", "", Map.of("reclaimed", Long.toString(reclaimed)));
            return new Pruned(deleted, reclaimed);
        } catch (IOException e) {
            throw Failure.internal(e, "pruning images: %s", Cause.text(e));
        } finally {
            pruning.set(false);
        }
    }

    /** Layers as they are unpacked, and the blobs that brought them. */
    private long storedBytes() throws IOException {
        return machine.parts().snapshotter().layers().stream()
                        .mapToLong(Layer::size)
                        .sum()
                + machine.parts().content().list().stream()
                        .mapToLong(Blob::size)
                        .sum();
    }

    private List<Deleted> removeWhole(Image image) throws IOException {
        try {
            boolean severalNames = image.tags().size() > 1
                    || (image.tags().isEmpty() && image.digests().size() > 1);
            return told(store.remove(image.id().toString(), severalNames, true, users()));
        } catch (Failure e) {
            if (e.kind() == Failure.Kind.CONFLICT || e.kind() == Failure.Kind.NOT_FOUND) {
                // Somebody uses it by now, or it went with another one.
                return List.of();
            }
            throw e;
        }
    }

    @Override
    public String importTar(InputStream tar, ImportRequest request) throws IOException {
        Optional<ImageReference> name = name(request.repository(), request.tag());
        Image image = store.importRoot(
                tar,
                new Import(
                        name,
                        request.changes(),
                        request.message(),
                        request.platform().orElse(Platform.current())));
        publish("import", image.id().toString(), image.id().toString());
        return image.id().toString();
    }

    @Override
    public String importFrom(URI address, ImportRequest request) throws IOException {
        try (InputStream tar = machine.parts().registries().fetch(address)) {
            return importTar(tar, request);
        }
    }

    @Override
    public void load(InputStream tar, Consumer<String> progress) throws IOException {
        for (Loaded loaded : store.load(tar, _ -> {})) {
            if (loaded.tags().isEmpty()) {
                progress.accept("Loaded image ID: " + loaded.image());
            }
            loaded.before()
                    .forEach((name, image) -> progress.accept(
                            "The image %s already exists, renaming the old one with ID %s to empty string"
                                    .formatted(name.familiar(), image)));
            for (ImageReference tag : loaded.tags()) {
                progress.accept("Loaded image: " + tag.familiar());
            }
            publish("load", loaded.image().toString(), loaded.image().toString());
        }
    }

    @Override
    public void save(List<String> refs, OutputStream out) throws IOException {
        store.save(refs, out);
        for (String ref : refs) {
            publish("save", store.resolve(ref).id().toString(), ref);
        }
    }

    ImageSource source() {
        return puller;
    }

    @Override
    public void pull(PullRequest request, Consumer<Progress> progress) throws IOException {
        ImageReference parsed = ImageReference.parse(request.name());
        if (!request.allTags()) {
            pullOne(parsed.withDefaultTag(), request, progress);
            return;
        }
        for (String tag : puller.tags(parsed, request.credentials())) {
            pullOne(parsed.withTag(tag), request, progress);
        }
    }

    private void pullOne(ImageReference name, PullRequest request, Consumer<Progress> progress) throws IOException {
        Puller.Pulled pulled =
                puller.pull(name, request.platform(), request.credentials(), step -> progress.accept(told(step)));
        publish("pull", name.familiar(), name.familiarName());
        progress.accept(new Progress("", "Digest: " + pulled.digest(), 0, 0));
        String what = pulled.fresh() ? "Downloaded newer image for " : "Image is up to date for ";
        progress.accept(new Progress("", "Status: " + what + name.familiar(), 0, 0));
    }

    private static Progress told(ImageSource.Progress step) {
        return new Progress(step.id(), step.status(), step.current(), step.total());
    }

    @Override
    public void push(String name, Credentials credentials, Consumer<Progress> progress) throws IOException {
        ImageReference parsed = ImageReference.parse(name);
        if (parsed.digest().isPresent()) {
            throw Failure.invalid("cannot push a digest reference");
        }
        List<ImageReference> known = store.list().stream()
                .flatMap(image -> image.tags().stream())
                .filter(tagged -> tagged.name().equals(parsed.name()))
                .sorted(Comparator.comparing(ImageReference::toString))
                .toList();
        if (known.isEmpty()) {
            throw Failure.notFound("An image does not exist locally with the tag: %s", parsed.familiarName());
        }
        List<ImageReference> names = parsed.tag().isPresent() ? List.of(parsed) : known;
        for (ImageReference one : names) {
            requireLocal(one);
        }
        progress.accept(new Progress("", "The push refers to repository [" + parsed.name() + "]", 0, 0));
        for (ImageReference one : names) {
            Pusher.Pushed pushed = pusher.push(one, credentials, step -> progress.accept(told(step)));
            publish("push", one.familiar(), one.familiarName());
            progress.accept(new Progress(
                    "",
                    "%s: digest: %s size: %d".formatted(pushed.tag(), pushed.digest(), pushed.size()),
                    0,
                    0,
                    Optional.of(new Pushed(pushed.tag(), pushed.digest().toString(), pushed.size()))));
        }
    }

    private void requireLocal(ImageReference name) {
        try {
            store.resolve(name.toString());
        } catch (Failure e) {
            if (e.kind() == Failure.Kind.NOT_FOUND) {
                throw new Failure(Failure.Kind.NOT_FOUND, "tag does not exist: " + name.familiar(), e);
            }
            throw e;
        }
    }

    @Override
    public String login(String registry, Credentials credentials) throws IOException {
        String host = registry.replaceFirst("^https?://", "").replaceFirst("/.*$", "");
        String domain = host.isEmpty() || host.equals("index.docker.io") || host.equals("registry-1.docker.io")
                ? ImageReference.DEFAULT_DOMAIN
                : host;
        return machine.parts().registries().login(domain, credentials).identityToken();
    }

    @Override
    public List<SearchResult> search(String term, int limit, Filters filters) throws IOException {
        filters.onlyKnowing("is-official", "is-automated", "stars");
        int stars = 0;
        for (String text : filters.has("stars") ? filters.get("stars") : List.<String>of()) {
            if (!text.matches("[0-9]{1,9}")) {
                throw Failure.invalid("invalid filter 'stars=%s'", text);
            }
            stars = Math.max(stars, Integer.parseInt(text));
        }
        // Before anybody is asked: a filter that means nothing is not worth a search.
        boolean official = filters.flag("is-official", true);
        boolean automated = filters.flag("is-automated", true);
        int fewest = stars;
        return machine.parts().registries().search(term, limit).stream()
                .filter(found -> found.stars() >= fewest
                        && (!filters.has("is-official") || official == found.official())
                        && (!filters.has("is-automated") || automated == found.automated()))
                .limit(limit)
                .map(found -> new SearchResult(
                        found.name(), found.description(), found.stars(), found.official(), found.automated()))
                .toList();
    }

    @Override
    public Remote remote(String name, Credentials credentials) throws IOException {
        return RemoteImages.look(
                machine.parts().registries(), ImageReference.parse(name).withDefaultTag(), credentials);
    }

    @Override
    public List<String> verify(String ref, boolean repair, Credentials credentials, Consumer<String> progress)
            throws IOException {
        Image image = store.resolve(ref);
        progress.accept("checking " + image.id());
        List<String> wrong = store.verify(image.id());
        if (wrong.isEmpty() || !repair) {
            return wrong;
        }
        wrong.forEach(progress);
        new Repair(machine.parts()).run(image, credentials, progress);
        return store.verify(image.id());
    }
}
