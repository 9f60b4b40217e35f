package dev.priok.server.route;

import dev.priok.api.ApiVersion;
import dev.priok.build.Builder;
import dev.priok.core.Event;
import dev.priok.core.Failure;
import dev.priok.engine.Cursor;
import dev.priok.engine.Engine;
import dev.priok.engine.Filters;
import dev.priok.engine.SystemInfo;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;

/** Ping, version, info, disk usage, events, metrics. */
final class SystemRoutes {
    private final Engine engine;
    private final Builder builder;
    private final InstantSource clock;
    private final MetricsPage metrics;
    private final Requests requests;

    private SystemRoutes(Engine engine, Builder builder, InstantSource clock, MetricsPage metrics, Requests requests) {
        this.requests = requests;
        this.engine = engine;
        this.builder = builder;
        this.clock = clock;
        this.metrics = metrics;
    }

    static void add(
            RouteTable table,
            Engine engine,
            Builder builder,
            InstantSource clock,
            MetricsPage metrics,
            Requests requests) {
        var routes = new SystemRoutes(engine, builder, clock, metrics, requests);
        table.add("GET|HEAD", "/_ping", routes::ping)
                .add("GET", "/version", routes::version)
                .add("GET", "/info", routes::info)
                .add("GET", "/system/df", routes::diskUsage)
                .add("GET", "/events", routes::events)
                .add("GET", "/metrics", routes::metrics);
    }

    private void ping(Call call) throws IOException {
        var exchange = call.exchange();
        exchange.setHeader("Cache-Control", "no-cache, no-store, must-revalidate");
        exchange.setHeader("Pragma", "no-cache");
        // 1 is the classic builder: it makes clients that can choose use POST /build without BuildKit.
        exchange.setHeader("Builder-Version", "1");
        // Ours alone: contexts may be sent as a list, and files when they are asked for.
        exchange.setHeader("Priok-Build-Context", "2");
        exchange.setHeader("Swarm", "inactive");
        exchange.send(200, "text/plain; charset=utf-8", "OK".getBytes(StandardCharsets.US_ASCII));
    }

    private void version(Call call) throws IOException {
        SystemInfo.Version version = engine.system().version();
        var details = new Doc()
                .with("ApiVersion", ApiVersion.CURRENT.toString())
                .with("Arch", version.architecture())
                .with("BuildTime", version.built())
                .with("Experimental", "false")
                .with("GitCommit", version.commit())
                .with("GoVersion", version.javaVersion())
                .with("KernelVersion", version.kernelVersion())
                .with("MinAPIVersion", ApiVersion.MINIMUM.toString())
                .with("Os", version.os());
        var components = new java.util.ArrayList<Doc>();
        components.add(new Doc()
                .with("Name", "Engine")
                .with("Version", ApiVersion.dockerRelease(version.version()))
                .with("Details", details));
        components.add(new Doc()
                .with("Name", "priok")
                .with("Version", version.version())
                .with("Details", new Doc()));
        engine.system()
                .components()
                .forEach((name, number) -> components.add(
                        new Doc().with("Name", name).with("Version", number).with("Details", new Doc())));
        call.answer(new Doc()
                .with("Platform", new Doc().with("Name", "Priok"))
                .with("Components", components)
                .with("Version", ApiVersion.dockerRelease(version.version()))
                .with("ApiVersion", ApiVersion.CURRENT.toString())
                .with("MinAPIVersion", ApiVersion.MINIMUM.toString())
                .with("GitCommit", version.commit())
                .with("GoVersion", version.javaVersion())
                .with("Os", version.os())
                .with("Arch", version.architecture())
                .with("KernelVersion", version.kernelVersion())
                .with("BuildTime", version.built()));
    }

    private void info(Call call) throws IOException {
        call.answer(InfoDocs.of(engine.system().info(), requests.open(), call.version()));
    }

    private void diskUsage(Call call) throws IOException {
        List<String> types = call.exchange().queryAll("type");
        for (String type : types) {
            if (!Set.of("container", "image", "volume", "build-cache").contains(type)) {
                throw Failure.invalid("unknown object type: %s", type);
            }
        }
        boolean all = types.isEmpty();
        boolean containers = all || types.contains("container");
        boolean images = all || types.contains("image");
        boolean volumes = all || types.contains("volume");
        SystemInfo.DiskUsage usage = engine.system().diskUsage(containers, images, volumes);
        var answer = new Doc();
        if (images) {
            answer.with("LayersSize", usage.layersBytes());
            answer.with(
                    "Images",
                    usage.images().stream()
                            .map(i -> ImageDocs.summary(i, call.version()))
                            .toList());
        }
        if (containers) {
            answer.with(
                    "Containers",
                    usage.containers().stream()
                            .map(c -> ContainerDocs.summary(c, clock.instant(), call.version()))
                            .toList());
        }
        if (volumes) {
            answer.with(
                    "Volumes",
                    usage.volumes().stream().map(VolumeRoutes::document).toList());
        }
        if (all || types.contains("build-cache")) {
            answer.with("BuildCache", BuildRoutes.documents(builder));
        }
        call.answer(answer);
    }

    private void events(Call call) throws IOException, InterruptedException {
        Instant now = clock.instant();
        Instant since = GoTime.moment("since", call.query("since"), now);
        Instant until = GoTime.moment("until", call.query("until"), now);
        if (since != null && until != null && since.isAfter(until)) {
            throw Failure.invalid(
                    "`since` time (%s) cannot be after `until` time (%s)", call.query("since"), call.query("until"));
        }
        Filters filters = call.filters();
        try (Cursor<Event> cursor = engine.events().subscribe(since, until, filters);
                var _ = call.exchange().whenClientGoes(cursor::close)) {
            OutputStream out = call.exchange().stream(200, Call.JSON);
            out.flush();
            for (Event event = cursor.next(); event != null; event = cursor.next()) {
                out.write(line(event));
            }
        }
    }

    private static byte[] line(Event event) {
        var document = new Doc();
        boolean old = event.type().equals("container") || event.type().equals("image");
        if (old) {
            document.with("status", event.action()).with("id", event.actorId());
            if (event.type().equals("container")) {
                document.with("from", event.attributes().getOrDefault("image", ""));
            }
        }
        document.with("Type", event.type())
                .with("Action", event.action())
                .with("Actor", new Doc().with("ID", event.actorId()).with("Attributes", event.attributes()))
                .with("scope", "local")
                .with("time", event.time().getEpochSecond())
                .with("timeNano", GoTime.nanos(event.time()));
        byte[] json = document.bytes();
        byte[] line = java.util.Arrays.copyOf(json, json.length + 1);
        line[json.length] = '\n';
        return line;
    }

    private void metrics(Call call) throws IOException, InterruptedException {
        call.exchange().send(200, MetricsText.CONTENT_TYPE, metrics.text().getBytes(StandardCharsets.UTF_8));
    }
}
