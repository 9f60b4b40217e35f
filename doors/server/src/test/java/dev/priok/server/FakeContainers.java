package dev.priok.server;

import dev.priok.core.Failure;
import dev.priok.core.Platform;
import dev.priok.engine.ContainerSpec;
import dev.priok.engine.ContainerState;
import dev.priok.engine.ContainerView;
import dev.priok.engine.Containers;
import dev.priok.engine.Cursor;
import dev.priok.engine.Filters;
import dev.priok.engine.Limits;
import dev.priok.engine.OutputSink;
import dev.priok.engine.PruneResult;
import dev.priok.engine.RestartPolicy;
import dev.priok.engine.Session;
import dev.priok.engine.Stats;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Containers whose processes are {@link FakeProcess}es. */
final class FakeContainers implements Containers {
    static final Instant CREATED = Instant.parse("2026-01-02T03:04:05.6789Z");

    /** One container. */
    static final class Box {
        final String id;
        String name;
        final ContainerSpec spec;

        @Nullable
        FakeProcess process;

        ContainerState.Status status = ContainerState.Status.CREATED;
        final List<LogLine> log = new ArrayList<>();
        final List<FakeSession> waiting = new ArrayList<>();
        final List<FakeCursor<LogLine>> followers = new ArrayList<>();
        CompletableFuture<ExitStatus> nextExit = new CompletableFuture<>();
        final CompletableFuture<ExitStatus> removed = new CompletableFuture<>();
        int exitCode;

        Box(String id, String name, ContainerSpec spec) {
            this.id = id;
            this.name = name;
            this.spec = spec;
        }
    }

    final Map<String, Box> boxes = new ConcurrentHashMap<>();
    final AtomicInteger waits = new AtomicInteger();
    final AtomicInteger cancelledWaits = new AtomicInteger();
    final Map<String, byte[]> copiedIn = new ConcurrentHashMap<>();
    private final AtomicInteger ids = new AtomicInteger();

    Box box(String ref) {
        String name = ref.startsWith("/") ? ref.substring(1) : ref;
        return boxes.values().stream()
                .filter(b -> b.id.equals(ref) || b.name.equals(name) || (ref.length() >= 6 && b.id.startsWith(ref)))
                .findFirst()
                .orElseThrow(() -> Failure.notFound("No such container: %s", ref));
    }

    @Override
    public Created create(ContainerSpec spec, Optional<Platform> platform) {
        if (!spec.image().equals("fake") && !spec.image().startsWith("sha256:")) {
            throw Failure.notFound("No such image: %s", spec.image());
        }
        if (spec.limits().memory() != 0 && spec.limits().memory() < 6 << 20) {
            throw Failure.invalid("Minimum memory limit allowed is 6MB");
        }
        int number = ids.incrementAndGet();
        String id = "%08x".formatted((int) (number * 0x9E3779B1L)).repeat(8);
        String name = spec.name().isEmpty() ? "fake_" + number : spec.name();
        if (boxes.values().stream().anyMatch(b -> b.name.equals(name))) {
            throw Failure.conflict(
                    "Conflict. The container name \"/%s\" is already in use by container \"%s\".", name, id);
        }
        boxes.put(id, new Box(id, name, spec));
        return new Created(id, List.of());
    }

    @Override
    public void start(String ref) {
        Box box = box(ref);
        synchronized (box) {
            if (box.status == ContainerState.Status.RUNNING) {
                throw Failure.notModified("container %s runs", ref);
            }
            List<String> command = Optional.ofNullable(box.spec.process().cmd()).orElse(List.of("sleep"));
            OutputSink log = (channel, bytes, offset, length) -> log(box, channel, bytes, offset, length);
            var process = new FakeProcess(
                    command, box.spec.process().tty(), box.spec.process().openStdin(), log);
            box.process = process;
            box.status = ContainerState.Status.RUNNING;
            var _ = process.exit.thenAccept(code -> exited(box, code));
            box.waiting.forEach(s -> s.processIs(process));
            process.start();
        }
    }

    private void exited(Box box, int code) {
        CompletableFuture<ExitStatus> exit;
        synchronized (box) {
            box.status = ContainerState.Status.EXITED;
            box.exitCode = code;
            exit = box.nextExit;
            box.nextExit = new CompletableFuture<>();
            box.followers.forEach(FakeCursor::end);
        }
        exit.complete(new ExitStatus(code, null));
        if (box.spec.host().autoRemove()) {
            boxes.remove(box.id);
            box.removed.complete(new ExitStatus(code, null));
        }
    }

    private static void log(Box box, OutputSink.Channel channel, byte[] bytes, int offset, int length) {
        var line = new LogLine(
                CREATED, channel, java.util.Arrays.copyOfRange(bytes, offset, offset + length), Map.of("tag", "t"));
        synchronized (box) {
            box.log.add(line);
            box.followers.forEach(f -> f.add(line));
        }
    }

    @Override
    public void stop(String ref, StopOptions options) {
        kill(ref, "SIGTERM");
    }

    @Override
    public void restart(String ref, StopOptions options) {
        kill(ref, "SIGTERM");
        start(ref);
    }

    @Override
    public void kill(String ref, String signal) {
        Box box = box(ref);
        FakeProcess process = box.process;
        if (process == null || process.exit.isDone()) {
            throw Failure.conflict("cannot kill container: %s: container %s is not running", ref, box.id);
        }
        process.kill(signal.isEmpty() || signal.endsWith("KILL") || signal.equals("9") ? 9 : 15);
    }

    @Override
    public void pause(String ref) {
        box(ref).status = ContainerState.Status.PAUSED;
    }

    @Override
    public void unpause(String ref) {
        box(ref).status = ContainerState.Status.RUNNING;
    }

    @Override
    public void rename(String ref, String newName) {
        if (newName.isEmpty()) {
            throw Failure.invalid("Neither old nor new names may be empty");
        }
        box(ref).name = newName;
    }

    @Override
    public List<String> update(String ref, Limits limits, @Nullable RestartPolicy restart) {
        box(ref);
        if (restart != null) {
            restart.validate();
        }
        return List.of("memory " + limits.memory());
    }

    @Override
    public void remove(String ref, RemoveOptions options) {
        Box box = box(ref);
        if (box.status == ContainerState.Status.RUNNING) {
            if (!options.force()) {
                throw Failure.conflict(
                        "cannot remove container \"%s\": container is running: stop the container before removing or force remove",
                        box.name);
            }
            kill(ref, "");
        }
        boxes.remove(box.id);
        box.removed.complete(new ExitStatus(box.exitCode, null));
    }

    @Override
    public CompletableFuture<ExitStatus> wait(String ref, WaitCondition condition) {
        Box box = box(ref);
        CompletableFuture<ExitStatus> result;
        synchronized (box) {
            result = switch (condition) {
                case NOT_RUNNING ->
                    box.status == ContainerState.Status.RUNNING
                            ? box.nextExit.copy()
                            : CompletableFuture.completedFuture(new ExitStatus(box.exitCode, null));
                case NEXT_EXIT -> box.nextExit.copy();
                case REMOVED -> box.removed.copy();
            };
        }
        waits.incrementAndGet();
        var _ = result.handle((_, _) -> {
            if (result.isCancelled()) {
                cancelledWaits.incrementAndGet();
            }
            return null;
        });
        return result;
    }

    /** The first client that attached. */
    final java.util.concurrent.CompletableFuture<FakeSession> attached = new java.util.concurrent.CompletableFuture<>();

    @Override
    public Session attach(String ref, AttachRequest request) {
        Box box = box(ref);
        return new FakeSession(box.spec.process().tty(), session -> {
            attached.complete(session);
            synchronized (box) {
                FakeProcess process = box.process;
                if (process != null) {
                    session.processIs(process);
                } else {
                    box.waiting.add(session);
                }
            }
        });
    }

    @Override
    public Cursor<LogLine> logs(String ref, LogQuery query) {
        Box box = box(ref);
        var cursor = new FakeCursor<LogLine>();
        synchronized (box) {
            long skip = query.tail() < 0 ? 0 : Math.max(0, box.log.size() - query.tail());
            box.log.stream().skip(skip).forEach(cursor::add);
            if (query.follow() && box.status == ContainerState.Status.RUNNING) {
                box.followers.add(cursor);
            } else {
                cursor.end();
            }
        }
        return cursor;
    }

    @Override
    public void resize(String ref, int height, int width) {
        if (box(ref).status != ContainerState.Status.RUNNING) {
            throw Failure.conflict("container %s is not running", ref);
        }
    }

    @Override
    public ProcessTable top(String ref, String psArguments) {
        box(ref);
        return new ProcessTable(List.of("PID", "CMD"), List.of(List.of("1", psArguments)));
    }

    @Override
    public Cursor<Stats> stats(String ref, boolean stream, boolean oneShot) {
        Box box = box(ref);
        var cursor = new FakeCursor<Stats>();
        var cpu = new Stats.Cpu(100, 60, 40, 1000, 2, List.of(), 0, 0, 0);
        cursor.add(new Stats(
                box.id,
                box.name,
                CREATED,
                CREATED,
                cpu,
                cpu,
                new Stats.Memory(1 << 20, 0, 0, 1 << 30, Map.of("cache", 7L)),
                new Stats.Pids(3, 0),
                new Stats.Block(List.of(new Stats.BlockEntry(8, 0, "read", 4096)), List.of()),
                Map.of()));
        if (!stream) {
            cursor.end();
        }
        return cursor;
    }

    @Override
    public List<Change> changes(String ref) {
        box(ref);
        return List.of(new Change("/a", Change.Kind.MODIFIED), new Change("/b", Change.Kind.DELETED));
    }

    @Override
    public void export(String ref, OutputStream out) throws IOException {
        String megabytes = box(ref).spec.labels().get("export-megabytes");
        byte[] piece = new byte[64 << 10];
        for (int i = 0; megabytes != null && i < 16 * Integer.parseInt(megabytes); i++) {
            out.write(piece);
        }
        out.write("a tar".getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public PathStat statPath(String ref, String path) {
        box(ref);
        if (path.contains("missing")) {
            throw Failure.notFound("Could not find the file %s in container %s", path, ref);
        }
        return new PathStat(
                path.substring(path.lastIndexOf('/') + 1),
                3,
                path.startsWith("/etc") ? 0x800001edL : 0644,
                CREATED,
                "");
    }

    @Override
    public void copyOut(String ref, String path, OutputStream out) throws IOException {
        out.write("a tar of ".getBytes(StandardCharsets.UTF_8));
        out.write(path.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void copyIn(String ref, String path, InputStream tar, boolean noOverwriteDirNonDir, boolean copyOwner)
            throws IOException {
        copiedIn.put(path, tar.readNBytes(2048));
        tar.close();
    }

    @Override
    public String commit(String ref, CommitRequest request) {
        box(ref);
        return "sha256:" + "c".repeat(64);
    }

    @Override
    public PruneResult prune(Filters filters) {
        filters.onlyKnowing("label", "label!", "until");
        return new PruneResult(List.of("gone"), 42);
    }

    @Override
    public List<ContainerView> list(ListQuery query) {
        query.filters().onlyKnowing("name", "label", "status", "id");
        return boxes.values().stream()
                .filter(b -> query.all() || b.status == ContainerState.Status.RUNNING)
                .filter(b -> query.filters().match("name", b.name))
                .map(FakeContainers::view)
                .toList();
    }

    @Override
    public ContainerView inspect(String ref, boolean size) {
        return switch (ref) {
            case "bug" -> throw new IllegalStateException("a bug in the engine");
            case "deep" -> throw new StackOverflowError();
            default -> view(box(ref));
        };
    }

    @Override
    public String stepsText(String ref) {
        return "0 unshare(CLONE_NEWNS)\n" + box(ref).id + "\n";
    }

    private static ContainerView view(Box box) {
        List<String> command = Optional.ofNullable(box.spec.process().cmd()).orElse(List.of("sleep"));
        return new ContainerView(
                box.id,
                box.name,
                List.of(),
                CREATED,
                box.spec,
                command.getFirst(),
                command.subList(1, command.size()),
                new ContainerState(
                        box.status,
                        box.status == ContainerState.Status.RUNNING ? 4711 : 0,
                        box.exitCode,
                        "",
                        false,
                        box.status == ContainerState.Status.CREATED ? null : CREATED,
                        box.status == ContainerState.Status.EXITED ? CREATED : null,
                        null),
                "sha256:" + "1".repeat(64),
                "",
                "linux/amd64",
                0,
                List.of(),
                List.of(),
                new ContainerView.Files("", "", "", ""),
                new ContainerView.Snapshot("overlay2", Map.of("MergedDir", "/m")),
                ContainerView.Connected.NOWHERE,
                box.spec.logging().options().containsKey("mode") ? new ContainerView.Dropped(3, 40) : null,
                null);
    }
}
