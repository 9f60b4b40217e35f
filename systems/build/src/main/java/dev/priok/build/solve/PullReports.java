package dev.priok.build.solve;

import dev.priok.build.BuildEvent;
import dev.priok.build.BuildObserver;
import dev.priok.build.BuildStatus;
import dev.priok.core.Digest;
import dev.priok.image.ImageSource;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** Shows pulls of base images: each as a step of the build, and as docker's lines. Safe from any thread. */
final class PullReports implements BiConsumer<String, ImageSource.Progress> {
    private final Consumer<BuildEvent> events;
    private final BuildObserver observer;
    private final InstantSource clock;
    private final Map<String, Instant> started = new LinkedHashMap<>();

    PullReports(Consumer<BuildEvent> events, BuildObserver observer, InstantSource clock) {
        this.events = events;
        this.observer = observer;
        this.clock = clock;
    }

    @Override
    public synchronized void accept(String image, ImageSource.Progress progress) {
        if (!started.containsKey(image)) {
            started.put(image, clock.instant());
            vertex(image, Optional.empty());
        }
        events.accept(new BuildEvent.Pulling(progress.id(), progress.status(), progress.current(), progress.total()));
        observer.happened(new BuildStatus.Progress(
                digest(image), progress.id(), progress.status(), progress.current(), progress.total()));
    }

    private static Digest digest(String image) {
        return Digest.sha256(("pull " + image).getBytes(StandardCharsets.UTF_8));
    }

    private void vertex(String image, Optional<Instant> completed) {
        observer.happened(new BuildStatus.Vertex(
                digest(image),
                List.of(),
                "pulling " + image,
                Optional.ofNullable(started.get(image)),
                completed,
                false,
                ""));
    }

    /** All pulls are done. */
    synchronized void close() {
        started.keySet().forEach(image -> vertex(image, Optional.of(clock.instant())));
    }
}
