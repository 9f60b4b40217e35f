package dev.priok.server;

import dev.priok.core.Failure;
import dev.priok.engine.ExecSpec;
import dev.priok.engine.Execs;
import dev.priok.engine.Session;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Exec sessions whose processes are {@link FakeProcess}es. */
final class FakeExecs implements Execs {
    private final FakeContainers containers;
    private final Map<String, ExecView> views = new ConcurrentHashMap<>();
    private final AtomicInteger ids = new AtomicInteger();

    FakeExecs(FakeContainers containers) {
        this.containers = containers;
    }

    @Override
    public String create(String containerRef, ExecSpec spec) {
        FakeContainers.Box box = containers.box(containerRef);
        if (box.process == null) {
            throw Failure.conflict("container %s is not running", containerRef);
        }
        String id = "e".repeat(60) + "%04d".formatted(ids.incrementAndGet());
        views.put(id, new ExecView(id, box.id, spec, false, null, 0));
        return id;
    }

    private FakeProcess process(ExecView view) {
        var process = new FakeProcess(
                view.spec().cmd(), view.spec().tty(), view.spec().attachStdin(), (_, _, _, _) -> {});
        set(view, true, null);
        var _ = process.exit.thenAccept(code -> set(view, false, code));
        return process;
    }

    private void set(ExecView view, boolean running, @Nullable Integer code) {
        views.put(view.id(), new ExecView(view.id(), view.containerId(), view.spec(), running, code, 77));
    }

    @Override
    public Session start(String id, int consoleHeight, int consoleWidth) {
        ExecView view = inspect(id);
        if (view.pid() != 0) {
            throw Failure.conflict("exec command %s has already run", id);
        }
        return new FakeSession(view.spec().tty(), session -> {
            FakeProcess process = process(view);
            session.processIs(process);
            process.start();
        });
    }

    @Override
    public void startDetached(String id) {
        process(inspect(id)).start();
    }

    @Override
    public void resize(String id, int height, int width) {
        inspect(id);
    }

    @Override
    public ExecView inspect(String id) {
        return Optional.ofNullable(views.get(id)).orElseThrow(() -> Failure.notFound("No such exec instance: %s", id));
    }
}
