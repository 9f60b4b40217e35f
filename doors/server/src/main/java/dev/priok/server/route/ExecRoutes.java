package dev.priok.server.route;

import dev.priok.api.ExecConfig;
import dev.priok.api.ExecStartConfig;
import dev.priok.core.Failure;
import dev.priok.engine.ExecSpec;
import dev.priok.engine.Execs;
import dev.priok.engine.Session;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Further processes in containers. */
final class ExecRoutes {
    private final Execs execs;

    private ExecRoutes(Execs execs) {
        this.execs = execs;
    }

    static void add(RouteTable table, Execs execs) {
        var routes = new ExecRoutes(execs);
        table.add("POST", "/containers/{id}/exec", routes::create)
                .add("POST", "/exec/{id}/start", routes::start)
                .add("POST", "/exec/{id}/resize", routes::resize)
                .add("GET", "/exec/{id}/json", routes::inspect);
    }

    private void create(Call call) throws IOException {
        ExecConfig config = call.document(ExecConfig.class);
        if (config.cmd().isEmpty()) {
            throw Failure.invalid("no exec command specified");
        }
        String detachKeys = config.detachKeys();
        String id = execs.create(
                call.name("id"),
                new ExecSpec(
                        config.cmd(),
                        config.env(),
                        config.workingDir(),
                        config.user(),
                        config.privileged(),
                        config.tty(),
                        config.attachStdin(),
                        config.attachStdout(),
                        config.attachStderr(),
                        detachKeys == null || detachKeys.isEmpty() ? null : detachKeys,
                        height(config.consoleSize()),
                        width(config.consoleSize())));
        call.answer(201, new Doc().with("Id", id));
    }

    private static int height(List<Integer> size) {
        return size.size() == 2 ? size.get(0) : 0;
    }

    private static int width(List<Integer> size) {
        return size.size() == 2 ? size.get(1) : 0;
    }

    private void start(Call call) throws IOException, InterruptedException {
        ExecStartConfig config = call.document(ExecStartConfig.class);
        if (config.detach()) {
            execs.startDetached(call.name("id"));
            call.exchange().send(200);
            return;
        }
        Session session = execs.start(call.name("id"), height(config.consoleSize()), width(config.consoleSize()));
        SessionStreams.start(session, call, config.tty());
    }

    private void resize(Call call) throws IOException {
        execs.resize(
                call.name("id"), call.requiredNumber("h", "resize height"), call.requiredNumber("w", "resize width"));
        call.exchange().send(200);
    }

    private void inspect(Call call) throws IOException {
        Execs.ExecView view = execs.inspect(call.name("id"));
        ExecSpec spec = view.spec();
        String keys = spec.detachKeys();
        call.answer(new Doc()
                .with("ID", view.id())
                .with("Running", view.running())
                .with("ExitCode", view.exitCode())
                .with(
                        "ProcessConfig",
                        new Doc()
                                .with("tty", spec.tty())
                                .with("entrypoint", view.entrypoint())
                                .with("arguments", view.arguments())
                                .with("privileged", spec.privileged())
                                .unlessEmpty("user", spec.user()))
                .with("OpenStdin", spec.attachStdin())
                .with("OpenStderr", spec.attachStderr())
                .with("OpenStdout", spec.attachStdout())
                .with("CanRemove", view.exitCode() != null)
                .with("ContainerID", view.containerId())
                .with("DetachKeys", keys == null ? "" : keys.getBytes(StandardCharsets.UTF_8))
                .with("Pid", view.pid()));
    }
}
