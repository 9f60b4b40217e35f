package dev.priok.engine.internal;

import dev.priok.core.Digest;
import dev.priok.core.Failure;
import dev.priok.core.Platform;
import dev.priok.engine.ContainerSpec;
import dev.priok.engine.ContainerView;
import dev.priok.engine.Containers;
import dev.priok.engine.Cursor;
import dev.priok.engine.Filters;
import dev.priok.engine.Limits;
import dev.priok.engine.PruneResult;
import dev.priok.engine.RestartPolicy;
import dev.priok.engine.Session;
import dev.priok.engine.Stats;
import dev.priok.engine.lifecycle.Container;
import dev.priok.engine.lifecycle.Lifecycles;
import dev.priok.engine.lifecycle.Machine;
import dev.priok.engine.lifecycle.Registry;
import dev.priok.engine.spec.Cause;
import dev.priok.engine.spec.Signals;
import dev.priok.image.Image;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** The engine's containers behind their interface: finds the one that is meant, and hands over. */
final class ContainersOfEngine implements Containers {
    private final Machine machine;
    private final Lifecycles machinery;
    private final Registry registry;
    private final ContainerViews views;
    private final ContainerFiles files;
    private final Commits commits;
    private final AtomicBoolean pruning = new AtomicBoolean();

    ContainersOfEngine(Machine machine, Lifecycles machinery) {
        this.machine = machine;
        this.machinery = machinery;
        this.registry = machinery.registry();
        this.views = new ContainerViews(machine.parts().snapshotter(), machinery);
        this.files = new ContainerFiles(machine, machinery);
        this.commits = new Commits(machine, machinery);
    }

    @Override
    public Created create(ContainerSpec spec, Optional<Platform> platform) {
        return machinery.creator().create(spec, platform);
    }

    @Override
    public void start(String ref) {
        machinery.lifecycle().start(registry.get(ref));
    }

    @Override
    public void stop(String ref, StopOptions options) {
        machinery.signalling().stop(registry.get(ref), options);
    }

    @Override
    public void restart(String ref, StopOptions options) {
        machinery.signalling().restart(registry.get(ref), options);
    }

    @Override
    public void kill(String ref, String signal) {
        if (!signal.isEmpty()) {
            // Docker too looks at the signal before it looks for the container.
            int _ = Signals.parse(signal);
        }
        machinery.signalling().kill(registry.get(ref), signal);
    }

    @Override
    public void pause(String ref) {
        machinery.signalling().pause(registry.get(ref));
    }

    @Override
    public void unpause(String ref) {
        machinery.signalling().unpause(registry.get(ref));
    }

    @Override
    public void rename(String ref, String newName) {
        machinery.updates().rename(registry.get(ref), newName);
    }

    @Override
    public List<String> update(String ref, Limits limits, @Nullable RestartPolicy restart) {
        return machinery.updates().update(registry.get(ref), limits, restart);
    }

    @Override
    public void remove(String ref, RemoveOptions options) {
        if (options.link()) {
            machinery.updates().unlink(ref);
            return;
        }
        machinery.remover().remove(registry.get(ref), options, machinery.signalling());
    }

    @Override
    public CompletableFuture<ExitStatus> wait(String ref, WaitCondition condition) {
        return registry.get(ref).await(condition);
    }

    @Override
    public Session attach(String ref, AttachRequest request) {
        return machinery.attaching().attach(registry.get(ref), request);
    }

    @Override
    public Cursor<LogLine> logs(String ref, LogQuery query) {
        return LogLines.open(registry.get(ref), query);
    }

    @Override
    public void resize(String ref, int height, int width) {
        machinery.signalling().resize(registry.get(ref), height, width);
    }

    @Override
    public ProcessTable top(String ref, String psArguments) {
        Container container = registry.get(ref);
        if (container.state().restarting()) {
            throw Failure.conflict("container %s is restarting, wait until the container is running", container.id());
        }
        if (!container.state().live()) {
            throw Failure.conflict("container %s is not running", container.id());
        }
        try {
            ProcessTable table = ProcessTables.of(machinery.pids(container), psArguments, machine.now());
            machine.publish("container", "top", container.id(), machinery.attributes(container));
            return table;
        } catch (IOException e) {
            throw Failure.internal(e, "listing the processes of container %s: %s", container.id(), Cause.text(e));
        }
    }

    @Override
    public Cursor<Stats> stats(String ref, boolean stream, boolean oneShot) {
        return new StatsCursor(machine, machinery, registry.get(ref), stream, oneShot);
    }

    @Override
    public List<Change> changes(String ref) {
        return files.changes(registry.get(ref));
    }

    @Override
    public void export(String ref, OutputStream out) throws IOException {
        files.export(registry.get(ref), out);
    }

    @Override
    public PathStat statPath(String ref, String path) {
        return files.stat(registry.get(ref), path);
    }

    @Override
    public void copyOut(String ref, String path, OutputStream out) throws IOException {
        files.copyOut(registry.get(ref), path, out);
    }

    @Override
    public void copyIn(String ref, String path, InputStream tar, boolean noOverwriteDirNonDir, boolean copyOwner)
            throws IOException {
        files.copyIn(registry.get(ref), path, tar, noOverwriteDirNonDir, copyOwner);
    }

    @Override
    public String commit(String ref, CommitRequest request) throws IOException {
        return commits.commit(registry.get(ref), request);
    }

    @Override
    public PruneResult prune(Filters filters) {
        filters.onlyKnowing("label", "label!", "until");
        Instant until =
                filters.has("until") ? TimeText.parse(filters.get("until").getFirst(), machine.now()) : null;
        if (!pruning.compareAndSet(false, true)) {
            throw Failure.conflict("a prune operation is already running");
        }
        try {
            List<String> deleted = new ArrayList<>();
            long reclaimed = 0;
            for (Container container : List.copyOf(registry.all())) {
                Map<String, String> labels = container.definition().spec().labels();
                boolean wanted = !container.state().running()
                        && (until == null || container.definition().created().isBefore(until))
                        && filters.labels("label", labels)
                        && filters.lacksLabels("label!", labels);
                if (wanted) {
                    long bytes = views.size(container, 0).writableBytes();
                    try {
                        machinery
                                .remover()
                                .remove(container, new RemoveOptions(false, false, false), machinery.signalling());
                        deleted.add(container.id());
                        reclaimed += bytes;
                    } catch (Failure e) {
                        if (e.kind() != Failure.Kind.CONFLICT) {
                            throw e;
                        }
                    }
                }
            }
            machine.publish("container", "prune", "", Map.of("reclaimed", Long.toString(reclaimed)));
            return new PruneResult(deleted, reclaimed);
        } finally {
            pruning.set(false);
        }
    }

    @Override
    public List<ContainerView> list(ListQuery query) {
        ContainerFilter filter =
                new ContainerFilter(query.filters(), registry, machine.parts().images());
        Map<String, List<String>> links = machinery.linkNames();
        boolean all = query.all() || query.limit() > 0 || filter.wantsStopped();
        return registry.all().stream()
                .filter(container -> all || container.state().running())
                .filter(filter::passes)
                .sorted(Comparator.comparing((Container c) -> c.definition().created())
                        .reversed())
                .limit(query.limit() > 0 ? query.limit() : Long.MAX_VALUE)
                .map(container -> views.row(
                        container,
                        links.getOrDefault(container.id(), List.of()),
                        query.size() ? size(container) : null))
                .toList();
    }

    List<ContainerView> allWithSizes() {
        return list(new ListQuery(true, 0, true, Filters.NONE));
    }

    private ContainerView.Size size(Container container) {
        long image = machine.parts()
                .images()
                .find(Digest.parse(container.definition().imageId()))
                .map(Image::size)
                .orElse(0L);
        return views.size(container, image);
    }

    @Override
    public ContainerView inspect(String ref, boolean size) {
        Container container = registry.get(ref);
        return views.whole(container, size ? size(container) : null);
    }

    @Override
    public String stepsText(String ref) {
        Container container = registry.get(ref);
        try {
            return String.join("\n", machinery.steps(container)) + "\n";
        } catch (IOException e) {
            throw Failure.internal(e, "the steps of container %s: %s", container.id(), Cause.text(e));
        }
    }
}
