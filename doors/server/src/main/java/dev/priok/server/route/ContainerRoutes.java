package dev.priok.server.route;

import dev.priok.api.ApiJson;
import dev.priok.api.ContainerConfig;
import dev.priok.api.CreateExtras;
import dev.priok.api.HostConfig;
import dev.priok.core.Failure;
import dev.priok.engine.ContainerSpec;
import dev.priok.engine.Containers;
import dev.priok.engine.Engine;
import dev.priok.engine.PruneResult;
import dev.priok.engine.RestartPolicy;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** The life of containers: create, list, inspect, start to remove, wait. */
final class ContainerRoutes {
    /** What a start request of long ago may carry: an empty object and white space. */
    private static final int MAX_START_BODY_BYTES = 7;

    private final Containers containers;
    private final BooleanSupplier cgroup2;
    private final InstantSource clock;

    private ContainerRoutes(Containers containers, BooleanSupplier cgroup2, InstantSource clock) {
        this.containers = containers;
        this.cgroup2 = cgroup2;
        this.clock = clock;
    }

    static void add(RouteTable table, Engine engine, InstantSource clock) {
        Containers containers = engine.containers();
        var routes = new ContainerRoutes(
                containers, () -> engine.system().info().cgroupVersion().equals("2"), clock);
        table.add("GET", "/containers/json", routes::list)
                .add("POST", "/containers/create", routes::create)
                .add("POST", "/containers/prune", routes::prune)
                .add("POST", "/containers/{id}/start", routes::start)
                .add("POST", "/containers/{id}/stop", routes::stop)
                .add("POST", "/containers/{id}/restart", routes::restart)
                .add("POST", "/containers/{id}/kill", routes::kill)
                .add("POST", "/containers/{id}/pause", routes.simple(containers::pause))
                .add("POST", "/containers/{id}/unpause", routes.simple(containers::unpause))
                .add("POST", "/containers/{id}/rename", routes::rename)
                .add("POST", "/containers/{id}/update", routes::update)
                .add("POST", "/containers/{id}/resize", routes::resize)
                .add("POST", "/containers/{id}/wait", routes::await)
                .add("GET", "/containers/{id}/top", routes::top)
                .add("GET", "/containers/{id}/json", call -> routes.inspect(call, call.name("id")))
                .add("DELETE", "/containers/{id}", call -> routes.remove(call, call.name("id")))
                .add("GET", "/containers/{parent}/{alias}/json", call -> routes.inspect(call, linkName(call)))
                .add("DELETE", "/containers/{parent}/{alias}", call -> routes.remove(call, linkName(call)))
                // A name that begins with a slash, as clients take it from inspect.
                .add("DELETE", "/containers//{id}", call -> routes.remove(call, call.name("id")))
                .add("DELETE", "/containers//{parent}/{alias}", call -> routes.remove(call, linkName(call)))
                .add("GET", "/priok/containers/{id}/steps", routes::steps);
    }

    private RouteTable.Action simple(Consumer<String> operation) {
        return call -> {
            operation.accept(call.name("id"));
            call.done();
        };
    }

    private void list(Call call) throws IOException {
        long limit = call.number("limit", 0);
        var query = new Containers.ListQuery(
                call.flag("all"),
                Math.clamp(limit, Integer.MIN_VALUE, Integer.MAX_VALUE),
                call.flag("size"),
                call.filters());
        var now = clock.instant();
        call.answer(containers.list(query).stream()
                .map(view -> ContainerDocs.summary(view, now, call.version()))
                .toList());
    }

    private void create(Call call) throws IOException {
        byte[] json = call.document();
        if (json.length == 0) {
            throw Failure.invalid("invalid JSON: got EOF while reading request body");
        }
        ContainerConfig config = ApiJson.read(json, ContainerConfig.class);
        if (config.image().isEmpty()) {
            throw Failure.invalid("config cannot be empty in order to create a container");
        }
        CreateExtras extras = ApiJson.read(json, CreateExtras.class);
        String name = call.query("name");
        ContainerSpec spec =
                ContainerSpecs.of(name.startsWith("/") ? name.substring(1) : name, config, extras, call.version());
        if (spec.namespaces().cgroup().isEmpty() && !call.version().atLeast(41) && !cgroup2.getAsBoolean()) {
            // The mode is younger than those clients.
            spec = spec.withNamespaces(spec.namespaces().withCgroup("host"));
        }
        Containers.Created created = containers.create(spec, call.platform());
        List<String> warnings = new ArrayList<>(created.warnings());
        if (config.argsEscaped()) {
            warnings.add("ArgsEscaped has no effect: it is for Windows containers alone");
        }
        call.answer(201, new Doc().with("Id", created.id()).with("Warnings", warnings));
    }

    /** The name that a legacy link gives. */
    private static String linkName(Call call) {
        return call.name("parent") + "/" + call.name("alias");
    }

    private void inspect(Call call, String ref) throws IOException {
        call.answer(ContainerDocs.inspect(containers.inspect(ref, call.flag("size")), call.version()));
    }

    private void start(Call call) throws IOException {
        if (call.exchange().hasBody()
                && call.exchange().readBody(MAX_START_BODY_BYTES).isEmpty()) {
            throw Failure.invalid(
                    "starting container with non-empty request body was deprecated since API v1.22 and removed in v1.24");
        }
        if (!call.query("checkpoint").isEmpty()) {
            throw Failure.notImplemented("this version of priok does not have checkpoints");
        }
        containers.start(call.name("id"));
        call.done();
    }

    private static Containers.StopOptions stopOptions(Call call) {
        String signal = call.version().atLeast(42) ? call.query("signal") : "";
        return new Containers.StopOptions(signal.isEmpty() ? null : signal, call.optionalNumber("t"));
    }

    private void stop(Call call) throws IOException {
        containers.stop(call.name("id"), stopOptions(call));
        call.done();
    }

    private void restart(Call call) throws IOException {
        containers.restart(call.name("id"), stopOptions(call));
        call.done();
    }

    private void kill(Call call) throws IOException {
        containers.kill(call.name("id"), call.query("signal"));
        call.done();
    }

    private void rename(Call call) throws IOException {
        containers.rename(call.name("id"), call.query("name"));
        call.done();
    }

    private void update(Call call) throws IOException {
        HostConfig changes = call.document(HostConfig.class);
        UnsupportedFields.refuseInUpdate(changes);
        HostConfig.Restart restart = changes.restartPolicy();
        var warnings = containers.update(
                call.name("id"),
                // Clients before 1.40 send a zero that they do not mean.
                LimitSpecs.of(changes, call.version().atLeast(40) ? changes.pidsLimit() : null),
                restart == null || restart.name().isEmpty()
                        ? null
                        : new RestartPolicy(restart.name(), restart.maximumRetryCount()));
        call.answer(new Doc().with("Warnings", warnings));
    }

    private void resize(Call call) throws IOException {
        containers.resize(
                call.name("id"), call.requiredNumber("h", "resize height"), call.requiredNumber("w", "resize width"));
        call.exchange().send(200);
    }

    private void top(Call call) throws IOException {
        String arguments = call.query("ps_args");
        Containers.ProcessTable table = containers.top(call.name("id"), arguments.isEmpty() ? "-ef" : arguments);
        call.answer(new Doc().with("Titles", table.titles()).with("Processes", table.rows()));
    }

    private void remove(Call call, String ref) throws IOException {
        containers.remove(ref, new Containers.RemoveOptions(call.flag("force"), call.flag("v"), call.flag("link")));
        call.done();
    }

    private void prune(Call call) throws IOException {
        PruneResult result = containers.prune(call.filters());
        call.answer(
                new Doc().with("ContainersDeleted", result.deleted()).with("SpaceReclaimed", result.reclaimedBytes()));
    }

    private void steps(Call call) throws IOException {
        String text = containers.stepsText(call.name("id"));
        call.exchange().send(200, "text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
    }

    /** The head goes out at once: a client waits for it before it starts the container that it waits for. */
    private void await(Call call) throws IOException, InterruptedException {
        CompletableFuture<Containers.ExitStatus> exit = containers.wait(call.name("id"), condition(call));
        if (exit.isDone()) {
            call.answer(exitDocument(exit));
            return;
        }
        try (var _ = call.exchange().whenClientGoes(() -> exit.cancel(false))) {
            OutputStream out = call.exchange().stream(200, Call.JSON);
            out.flush();
            out.write(exitDocument(exit).bytes());
        }
    }

    private static Containers.WaitCondition condition(Call call) {
        String condition = call.query("condition");
        return switch (condition) {
            case "", "not-running" -> Containers.WaitCondition.NOT_RUNNING;
            case "next-exit" -> Containers.WaitCondition.NEXT_EXIT;
            case "removed" -> Containers.WaitCondition.REMOVED;
            default -> throw Failure.invalid("invalid condition: \"%s\"", condition);
        };
    }

    private static Doc exitDocument(CompletableFuture<Containers.ExitStatus> exit)
            throws IOException, InterruptedException {
        try {
            Containers.ExitStatus status = exit.get();
            var document = new Doc().with("StatusCode", status.exitCode());
            String error = status.error();
            return error == null ? document : document.with("Error", new Doc().with("Message", error));
        } catch (CancellationException e) {
            throw new IOException("the client stopped waiting", e);
        } catch (ExecutionException e) {
            String message = String.valueOf(
                    e.getCause() == null ? e.getMessage() : e.getCause().getMessage());
            return new Doc().with("StatusCode", -1).with("Error", new Doc().with("Message", message));
        }
    }
}
