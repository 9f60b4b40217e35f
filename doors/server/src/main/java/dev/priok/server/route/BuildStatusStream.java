package dev.priok.server.route;

import dev.priok.build.BuildEvent;
import dev.priok.build.BuildObserver;
import dev.priok.build.BuildStatus;
import dev.priok.core.Digest;

/** Tells what happens in the steps of a build as {@code aux} objects, in the words of BuildKit's status messages. */
final class BuildStatusStream implements BuildObserver {
    private final ProgressStream out;

    BuildStatusStream(ProgressStream out) {
        this.out = out;
    }

    @Override
    public void happened(BuildStatus status) {
        Doc document = switch (status) {
            case BuildStatus.Vertex vertex ->
                new Doc()
                        .with(
                                "vertex",
                                new Doc()
                                        .with("digest", vertex.digest().toString())
                                        .with(
                                                "inputs",
                                                vertex.inputs().stream()
                                                        .map(Digest::toString)
                                                        .toList())
                                        .with("name", vertex.name())
                                        .with(
                                                "started",
                                                vertex.started()
                                                        .map(GoTime::text)
                                                        .orElse(""))
                                        .with(
                                                "completed",
                                                vertex.completed()
                                                        .map(GoTime::text)
                                                        .orElse(""))
                                        .with("cached", vertex.cached())
                                        .with("error", vertex.error()));
            case BuildStatus.Progress progress ->
                new Doc()
                        .with(
                                "status",
                                new Doc()
                                        .with("vertex", progress.vertex().toString())
                                        .with("id", progress.id())
                                        .with("name", progress.name())
                                        .with("current", progress.current())
                                        .with("total", progress.total()));
            case BuildStatus.Log log ->
                new Doc()
                        .with(
                                "log",
                                new Doc()
                                        .with("vertex", log.vertex().toString())
                                        .with("stream", log.channel() == BuildEvent.Channel.STDERR ? 2 : 1)
                                        .with("msg", log.text()));
            case BuildStatus.NotCached reason ->
                new Doc()
                        .with(
                                "notcached",
                                new Doc()
                                        .with("vertex", reason.vertex().toString())
                                        .with("reason", reason.reason()));
            case BuildStatus.Warning warning -> new Doc().with("warning", new Doc().with("short", warning.text()));
        };
        out.send(new Doc().with("aux", document));
    }
}
