package dev.priok.server.route;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.priok.api.ApiJson;
import dev.priok.api.HostConfig;
import dev.priok.build.BuildCache;
import dev.priok.build.BuildEvent;
import dev.priok.build.BuildExtras;
import dev.priok.build.BuildHistory;
import dev.priok.build.BuildObserver;
import dev.priok.build.BuildRequest;
import dev.priok.build.Builder;
import dev.priok.build.CacheExchange;
import dev.priok.build.CancelSignal;
import dev.priok.build.CheckReport;
import dev.priok.build.ImageAnalysis;
import dev.priok.build.RunSettings;
import dev.priok.core.Digest;
import dev.priok.core.Failure;
import dev.priok.core.ImageReference;
import dev.priok.engine.Filters;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The classic builder: a tar goes in, text comes out, on the same connection at the same time. */
final class BuildRoutes {
    /**
     * What is read of a context after its build ended. A client that still sends would otherwise find its connection closed, and
     * tell its user of that and not of the reason.
     */
    static final long MAX_UNREAD_BYTES = 256L << 20;

    /** A context with secrets and named contexts beside it. */
    private static final String PACKED = "application/vnd.priok.build.v1+tar";

    /** The same with a list of files in place of the context; they are sent when they are asked for. */
    private static final String ASKED = "application/vnd.priok.build.v2+tar";

    private final Builder builder;
    private final InstantSource clock;

    private BuildRoutes(Builder builder, InstantSource clock) {
        this.builder = builder;
        this.clock = clock;
    }

    static void add(RouteTable table, Builder builder, InstantSource clock) {
        var routes = new BuildRoutes(builder, clock);
        table.add("POST", "/build", routes::build)
                .add("POST", "/build/prune", routes::prune)
                .add("POST", "/priok/build/check", routes::check)
                .add("GET", "/priok/images/{name*}/analysis", routes::analyze)
                .add("GET", "/priok/builds", routes::list)
                .add("GET", "/priok/builds/{id}", routes::inspect)
                .add("GET", "/priok/builds/{id}/log", routes::log)
                .add("POST", "/build/cancel", RefusedRoutes.missing("cancelling builds by id; hang up to cancel one"));
    }

    private void analyze(Call call) throws IOException {
        ImageAnalysis analysis = builder.analyze(call.name("name"));
        call.answer(new Doc()
                .with("Image", analysis.image())
                .with("Size", analysis.bytes())
                .with("Wasted", analysis.wastedBytes())
                .with("Score", analysis.score())
                .with(
                        "Layers",
                        analysis.layers().stream()
                                .map(l -> new Doc()
                                        .with("Digest", l.digest())
                                        .with("CreatedBy", l.createdBy())
                                        .with("Size", l.bytes())
                                        .with("Added", l.added())
                                        .with("Overwritten", l.overwritten())
                                        .with("Removed", l.removed())
                                        .with("Largest", l.largest()))
                                .toList())
                .with(
                        "WastedPaths",
                        analysis.wasted().stream()
                                .map(w -> new Doc()
                                        .with("Path", w.path())
                                        .with("Size", w.bytes())
                                        .with("Times", w.times()))
                                .toList())
                .with(
                        "Leftovers",
                        analysis.leftovers().stream()
                                .map(l -> new Doc()
                                        .with("Kind", l.kind())
                                        .with("Path", l.path())
                                        .with("Size", l.bytes()))
                                .toList())
                .with("Advice", analysis.advice()));
    }

    private void check(Call call) throws IOException {
        CheckReport report = builder.check(request(call, new CancelSignal(), new ProgressStream(call.exchange())));
        call.answer(new Doc()
                .with("File", report.file())
                .with("Error", report.isError())
                .with(
                        "Findings",
                        report.findings().stream()
                                .map(f -> new Doc()
                                        .with("Code", f.code())
                                        .with("Rule", f.rule())
                                        .with("Title", f.title())
                                        .with("Message", f.message())
                                        .with("FirstLine", f.firstLine())
                                        .with("LastLine", f.lastLine()))
                                .toList()));
    }

    private void list(Call call) throws IOException {
        call.answer(builder.history().list().stream().map(BuildRoutes::document).toList());
    }

    private void inspect(Call call) throws IOException {
        BuildHistory.Build build = builder.history().find(call.name("id"));
        call.answer(document(build)
                .with("Steps", build.steps().stream().map(BuildRoutes::document).toList()));
    }

    private void log(Call call) throws IOException {
        try (InputStream log = builder.history().log(call.name("id"));
                OutputStream out = call.exchange().stream(200, "text/plain; charset=utf-8")) {
            log.transferTo(out);
        }
    }

    private static Doc document(BuildHistory.Build build) {
        return new Doc()
                .with("ID", build.id())
                .with("Name", build.name())
                .with("Status", build.status())
                .with("StartedAt", GoTime.text(build.started()))
                .with("EndedAt", build.ended().map(GoTime::text).orElse(""))
                .with("Image", build.image().map(Digest::toString).orElse(""))
                .with("Error", build.error());
    }

    private static Doc document(BuildHistory.StepRecord step) {
        return new Doc()
                .with("Digest", step.digest().toString())
                .with("Name", step.name())
                .with("StartedAt", step.started().map(GoTime::text).orElse(""))
                .with("CompletedAt", step.completed().map(GoTime::text).orElse(""))
                .with("Cached", step.cached())
                .with("Error", step.error())
                .with("Why", step.why());
    }

    private void prune(Call call) throws IOException {
        // A filter that were ignored would delete what it should have spared.
        Filters filters = call.filters()
                .onlyKnowing("until", "unused-for", "id", "description", "type", "inuse", "shared", "private");
        List<String> limits = filters.has("until") ? filters.get("until") : filters.get("unused-for");
        Instant usedBefore = limits.isEmpty() ? null : GoTime.moment("until", limits.getFirst(), clock.instant());
        boolean all = call.flag("all");
        Predicate<BuildCache.Entry> which = entry -> (all || !entry.inImage())
                && !entry.inUse()
                && (usedBefore == null || entry.lastUsed().isBefore(usedBefore))
                && filters.exact("id", entry.key().hex())
                && filters.exact("type", entry.type())
                && filters.exact("inuse", Boolean.toString(entry.inUse()))
                && filters.exact("shared", Boolean.toString(entry.inImage()))
                && filters.exact("private", Boolean.toString(!entry.inImage()))
                && filters.match("description", entry.description());
        long keep = Math.max(
                Math.max(call.number("keep-storage", 0), call.number("reserved-space", 0)),
                call.number("max-used-space", 0));
        BuildCache.Pruned pruned =
                keep > 0 ? builder.cache().shrink(which, keep) : builder.cache().prune(which);
        call.answer(new Doc()
                .with("CachesDeleted", pruned.keys().stream().map(Digest::hex).toList())
                .with("SpaceReclaimed", pruned.bytes()));
    }

    /** The build cache in {@code docker system df}. */
    static List<Doc> documents(Builder builder) {
        return builder.cache().entries().stream()
                .map(entry -> new Doc()
                        .with("ID", entry.key().hex())
                        .with("Type", entry.type())
                        .with("Description", entry.description())
                        .with("InUse", entry.inUse())
                        .with("Shared", entry.inImage())
                        .with("Size", entry.bytes())
                        .with("CreatedAt", GoTime.text(entry.created()))
                        .with("LastUsedAt", GoTime.text(entry.lastUsed()))
                        .with("UsageCount", entry.uses()))
                .toList();
    }

    private void build(Call call) throws IOException {
        refuseWhatIsNotThere(call);
        var cancel = new CancelSignal();
        var stream = new ProgressStream(call.exchange());
        BuildRequest request = request(call, cancel, stream);
        if (call.query("progress").equals("status")) {
            request = request.withObserver(new BuildStatusStream(stream));
        }
        var text = new BuildText(stream, call.flag("q"));
        try (var _ = call.exchange().whenClientGoes(cancel::cancel)) {
            BuildEvent.Ended ended = builder.build(request, text::accept);
            if (!call.exchange().drain(MAX_UNREAD_BYTES)) {
                throw new IOException(
                        "a build context of more than %d bytes was left unread".formatted(MAX_UNREAD_BYTES));
            }
            text.end(ended);
        } catch (UncheckedIOException e) {
            throw new IOException(e);
        }
    }

    private static void refuseWhatIsNotThere(Call call) {
        if (call.query("version").equals("2")) {
            throw Failure.invalid("this daemon builds without BuildKit's protocol:"
                    + " set DOCKER_BUILDKIT=0, or build with 'priok build'");
        }
        if (call.flag("squash")) {
            throw Failure.invalid("squash is only supported with experimental mode");
        }
    }

    private static BuildRequest request(Call call, CancelSignal cancel, ProgressStream stream) {
        String dockerfile = call.query("dockerfile");
        String target = call.query("target");
        var args = new HashMap<String, String>();
        json(call, "buildargs", new TypeReference<Map<String, @Nullable String>>() {}, Map.of())
                .forEach((name, value) -> {
                    if (value != null) {
                        args.put(name, value);
                    }
                });
        return new BuildRequest(
                call.exchange().body(),
                dockerfile.isEmpty() ? BuildRequest.DEFAULT_DOCKERFILE : dockerfile,
                target.isEmpty() ? Optional.empty() : Optional.of(target),
                args,
                json(call, "labels", new TypeReference<Map<String, String>>() {}, Map.of()),
                tags(call),
                call.platform(),
                call.flag("nocache"),
                call.flag("pull"),
                Map.of(),
                settings(call),
                cancel,
                extras(call, cancel, stream));
    }

    /** What docker's clients never ask for: parameters of our own. */
    private static BuildExtras extras(Call call, CancelSignal cancel, ProgressStream stream) {
        String times = call.query("timestamps");
        if (!times.isEmpty() && !times.equals("keep") && !times.equals("clamp")) {
            throw Failure.invalid("invalid timestamps %s: clamp or keep", times);
        }
        Set<BuildExtras.Entitlement> allowed = EnumSet.noneOf(BuildExtras.Entitlement.class);
        for (String name : call.exchange().queryAll("allow")) {
            allowed.add(
                    switch (name) {
                        case "network.host" -> BuildExtras.Entitlement.NETWORK_HOST;
                        case "security.insecure" -> BuildExtras.Entitlement.SECURITY_INSECURE;
                        default -> throw Failure.invalid("invalid entitlement \"%s\"", name);
                    });
        }
        String type = call.exchange().header("Content-Type").orElse("");
        return new BuildExtras(
                call.query("buildid"),
                times.equals("keep"),
                call.flag("keepfailure"),
                type.equals(PACKED) || type.equals(ASKED),
                json(call, "contexts", new TypeReference<Map<String, String>>() {}, Map.of()),
                allowed,
                RegistryAuth.ofAll(call),
                exchange(call),
                call.query("remote"),
                BuildObserver.NOBODY,
                type.equals(ASKED) ? Optional.of(new BuildContextClient(stream, cancel)) : Optional.empty());
    }

    private static CacheExchange exchange(Call call) {
        TypeReference<List<String>> texts = new TypeReference<>() {};
        return new CacheExchange(
                json(call, "cachefrom", texts, List.of()).stream()
                        .filter(text -> !text.isEmpty())
                        .map(CacheExchange::source)
                        .toList(),
                json(call, "cacheto", texts, List.of()).stream()
                        .map(CacheExchange::target)
                        .toList());
    }

    private static List<ImageReference> tags(Call call) {
        return call.exchange().queryAll("t").stream()
                .filter(text -> !text.isEmpty())
                .map(ImageReference::parse)
                .toList();
    }

    private static RunSettings settings(Call call) {
        String network = call.query("networkmode");
        List<HostConfig.Ulimit> ulimits =
                json(call, "ulimits", new TypeReference<List<HostConfig.Ulimit>>() {}, List.of());
        return new RunSettings(
                network.isEmpty() ? "default" : network,
                call.exchange().queryAll("extrahosts"),
                call.number("memory", 0),
                call.number("memswap", 0),
                call.number("cpushares", 0),
                call.number("cpuperiod", 0),
                call.number("cpuquota", 0),
                call.query("cpusetcpus"),
                call.query("cpusetmems"),
                call.query("cgroupparent"),
                call.number("shmsize", 0),
                ulimits.stream()
                        .map(u -> new RunSettings.Ulimit(u.name(), u.soft(), u.hard()))
                        .toList());
    }

    private static <T> T json(Call call, String name, TypeReference<T> type, T otherwise) {
        String text = call.query(name);
        if (text.isEmpty()) {
            return otherwise;
        }
        T value = ApiJson.read(text, type, name);
        return value == null ? otherwise : value;
    }
}
