package dev.priok.build.solve;

import dev.priok.build.BuildObserver;
import dev.priok.build.BuildRequest;
import dev.priok.build.BuildStatus;
import dev.priok.build.CacheExchange;
import dev.priok.build.CacheExchange.Place;
import dev.priok.build.CacheExchange.Source;
import dev.priok.build.CacheExchange.Target;
import dev.priok.build.exchange.CacheExporter;
import dev.priok.build.exchange.CachePlace;
import dev.priok.build.exchange.CachedStep;
import dev.priok.build.exchange.FolderPlace;
import dev.priok.build.exchange.ImportedCache;
import dev.priok.build.exchange.RegistryPlace;
import dev.priok.build.plan.Chain;
import dev.priok.core.Credentials;
import dev.priok.core.Digest;
import dev.priok.core.Failure;
import dev.priok.core.ImageReference;
import dev.priok.core.Platform;
import dev.priok.distribution.Registries;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** Takes a build's results from other caches before it, and gives them to others after it. */
final class Exchange {
    private final Optional<Registries> registries;
    private final InstantSource clock;
    private final BuildRequest request;
    private final LayerStore store;

    Exchange(Optional<Registries> registries, InstantSource clock, BuildRequest request, LayerStore store) {
        this.registries = registries;
        this.clock = clock;
        this.request = request;
        this.store = store;
    }

    private CacheExchange wanted() {
        return request.extras().exchange();
    }

    /** All that can be read; a cache that is not there yet, as before the first build, is only warned of. */
    ImportedCache read() {
        ImportedCache imported = new ImportedCache();
        if (!request.noCache()) {
            for (Source source : wanted().from()) {
                String name = name(source);
                try {
                    shown("importing cache from " + name, () -> read(source, imported));
                } catch (IOException | Failure e) {
                    String reason = e.getMessage();
                    request.extras()
                            .observer()
                            .happened(new BuildStatus.Warning("cache of %s is not used: %s".formatted(name, reason)));
                }
            }
        }
        return imported;
    }

    private static String name(Source source) {
        return switch (source) {
            case Source.OfImage(ImageReference image) -> image.familiar();
            case Source.OfRegistry(ImageReference image) -> image.familiar();
            case Source.OfFolder(var folder, var _) -> folder.toString();
        };
    }

    private void read(Source source, ImportedCache imported) throws IOException {
        Platform platform = request.platform().orElseGet(Platform::current);
        switch (source) {
            case Source.OfImage(ImageReference image) -> {
                if (!store.addTo(imported, image.familiar())) {
                    imported.read(RegistryPlace.reading(registries(), image, credentials(image)), platform);
                }
            }
            case Source.OfRegistry(ImageReference image) ->
                imported.read(RegistryPlace.reading(registries(), image, credentials(image)), platform);
            case Source.OfFolder(var folder, String tag) -> imported.read(new FolderPlace(folder, tag), platform);
        }
    }

    private Registries registries() {
        return registries.orElseThrow(() -> Failure.invalid("this builder reaches no registries"));
    }

    private Credentials credentials(ImageReference image) {
        return request.extras().credentials().apply(image.domain());
    }

    /** Whether the image is to tell of its own steps. */
    boolean isInline() {
        return request.buildArgs().getOrDefault("BUILDKIT_INLINE_CACHE", "").equals("1")
                || wanted().to().stream().anyMatch(target -> target.place() instanceof Place.InImage);
    }

    /** Gives the steps of a build that succeeded to where they are wanted. */
    void write(List<CachedStep> steps, Chain image) throws IOException {
        List<CachedStep> ofImage = CacheExporter.within(steps, image.diffIds());
        for (Target target : wanted().to()) {
            Optional<CachePlace> place = place(target.place());
            if (place.isPresent()) {
                write(target.everything() ? steps : ofImage, target, place.get());
            }
        }
    }

    private void write(List<CachedStep> steps, Target target, CachePlace place) throws IOException {
        try {
            shown("exporting cache to " + place.name(), () -> new CacheExporter(store::blob).export(steps, place));
        } catch (IOException | Failure e) {
            String message = "cannot export the cache to %s: %s".formatted(place.name(), e.getMessage());
            if (!target.mayFail()) {
                throw new Failure(e instanceof Failure failure ? failure.kind() : Failure.Kind.INTERNAL, message, e);
            }
            request.extras().observer().happened(new BuildStatus.Warning(message));
        }
    }

    private Optional<CachePlace> place(Place place) throws IOException {
        return switch (place) {
            case Place.InImage _ -> Optional.empty();
            case Place.InRegistry(ImageReference name) ->
                Optional.of(RegistryPlace.writing(registries(), name, credentials(name)));
            case Place.InFolder(var folder, String tag) -> Optional.of(new FolderPlace(folder, tag));
        };
    }

    private interface Work {
        void run() throws IOException;
    }

    /** Does something that is shown as a step of the build is. */
    private void shown(String name, Work work) throws IOException {
        BuildObserver observer = request.extras().observer();
        Digest digest = Digest.sha256(name.getBytes(StandardCharsets.UTF_8));
        Instant start = clock.instant();
        observer.happened(
                new BuildStatus.Vertex(digest, List.of(), name, Optional.of(start), Optional.empty(), false, ""));
        String error = "";
        try {
            work.run();
        } catch (IOException | RuntimeException e) {
            error = String.valueOf(e.getMessage());
            throw e;
        } finally {
            observer.happened(new BuildStatus.Vertex(
                    digest, List.of(), name, Optional.of(start), Optional.of(clock.instant()), false, error));
        }
    }
}
