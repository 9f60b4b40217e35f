package dev.priok.registryserver;

import dev.priok.core.Digest;
import dev.priok.registry.Catalog.Referrer;
import dev.priok.registry.Origin;
import dev.priok.registry.Reference;
import dev.priok.registry.Registry;
import dev.priok.registry.RegistryError;
import dev.priok.registry.RepositoryName;
import dev.priok.registry.access.AccessControl;
import dev.priok.registry.access.Action;
import dev.priok.registry.access.Caller;
import dev.priok.registryserver.http.Exchange;
import dev.priok.registryserver.http.HttpFront.ExchangeHandler;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds what a path means, checks that the caller may have it, and answers; errors become documents here.
 *
 * @see <a href="https://github.com/opencontainers/distribution-spec/blob/main/spec.md#endpoints">distribution spec, endpoints</a>
 */
final class RegistryHandler implements ExchangeHandler {
    private static final Logger LOG = LoggerFactory.getLogger(RegistryHandler.class);
    static final String JSON = "application/json";
    private static final String OCI_INDEX = "application/vnd.oci.image.index.v1+json";
    /** Names in one answer when the client sets no number; also the most. */
    private static final int PAGE = 1000;

    private final Registry registry;
    private final AccessControl access;
    private final ServedRegistry served;
    private final ManifestRoutes manifests;
    private final BlobRoutes blobs;
    private final TokenRoutes tokens;
    private final KeyRoutes keys;
    private final PageRoutes pages;
    private final Auditor auditor;
    private final Health health;
    private final Metrics metrics = new Metrics();
    private final Gauges gauges;

    RegistryHandler(ServedRegistry served) {
        this.registry = served.registry();
        this.access = served.access();
        this.served = served;
        this.manifests = new ManifestRoutes(served);
        this.blobs = new BlobRoutes(served);
        this.tokens = new TokenRoutes(access);
        this.keys = new KeyRoutes(access);
        this.gauges = new Gauges(served);
        this.pages = new PageRoutes(served, gauges);
        this.auditor = new Auditor(served.audit());
        this.health = new Health(served);
        registry.listen(auditor::happened);
    }

    @Override
    public void handle(Exchange exchange) throws IOException {
        long start = System.nanoTime();
        var visit = new Visit(exchange);
        exchange.beforeAnswer(status -> auditor.answering(visit, status));
        metrics.begun();
        try {
            answer(visit);
        } finally {
            metrics.ended();
            metrics.count(
                    kind(exchange.path(), visit.target()),
                    exchange.method(),
                    exchange.status(),
                    exchange.sent(),
                    exchange.received(),
                    System.nanoTime() - start);
        }
    }

    private static String kind(String path, Optional<Target> target) {
        if (!path.startsWith("/v2/")) {
            return path.equals("/token") ? "token" : "other";
        }
        return target.map(Target::kind).orElse("base");
    }

    private void answer(Visit visit) throws IOException {
        Exchange exchange = visit.exchange();
        try {
            route(visit);
        } catch (RegistryError e) {
            visit.refused(e.message());
            refuse(visit, e);
        } catch (dev.priok.core.Failure e) {
            LOG.warn("{} {}: {}", exchange.method(), exchange.path(), e.message());
            if (!exchange.isCommitted()) {
                exchange.send(
                        500,
                        JSON,
                        ErrorBodies.body(RegistryError.Code.UNAVAILABLE, "the registry failed: see its log"));
            }
        }
    }

    private void refuse(Visit visit, RegistryError e) throws IOException {
        Exchange exchange = visit.exchange();
        if (exchange.isCommitted()) {
            throw new IOException("refused too late", e);
        }
        if (e.code() == RegistryError.Code.TOOMANYREQUESTS || e.code() == RegistryError.Code.UNAVAILABLE) {
            exchange.set("Retry-After", String.valueOf(e.retryAfter().toSeconds()));
        }
        if (e.code() == RegistryError.Code.UNAUTHORIZED) {
            exchange.set("WWW-Authenticate", challenge(visit));
        }
        exchange.send(ErrorBodies.status(e.code()), JSON, ErrorBodies.body(e.code(), e.message()));
    }

    private String challenge(Visit visit) {
        Exchange exchange = visit.exchange();
        if (access.tokens().isEmpty() || !exchange.path().startsWith("/v2/")) {
            return "Basic realm=\"Priok registry\", charset=\"UTF-8\"";
        }
        String scope = scope(visit);
        return "Bearer realm=\"%s://%s/token\",service=\"%s\"%s"
                .formatted(
                        exchange.isSecure() ? "https" : "http",
                        exchange.host(),
                        access.tokens().get().service(),
                        scope.isEmpty() ? "" : ",scope=\"" + scope + "\"");
    }

    private static String scope(Visit visit) {
        return visit.target()
                .map(target -> "repository:" + target.name() + ":"
                        + switch (visit.exchange().method()) {
                            case "GET", "HEAD" -> "pull";
                            case "DELETE" -> target.kind().equals("uploads") ? "pull,push" : "delete";
                            default -> "pull,push";
                        })
                .orElse("");
    }

    private void route(Visit visit) throws IOException {
        Exchange exchange = visit.exchange();
        String path = exchange.path();
        if (path.equals("/healthz") || path.equals("/readyz")) {
            Health.Report report = path.equals("/healthz") ? health.alive() : health.ready();
            exchange.send(report.ready() ? 200 : 503, JSON, report.json());
            return;
        }
        served.limits().checkAddress(exchange.remoteAddress());
        if (path.equals("/token")) {
            tokens.answer(visit);
            return;
        }
        if (path.equals("/") || path.equals("/ui")) {
            exchange.set("Location", "/ui/");
            exchange.send(302);
            return;
        }
        if (path.startsWith("/ui/") && pages.file(exchange, path.substring("/ui/".length()))) {
            return;
        }
        if (exchange.header("Sec-Fetch-Site").orElse("").equals("cross-site")
                && !exchange.method().equals("GET")
                && !exchange.isHead()) {
            throw new RegistryError(RegistryError.Code.DENIED, "another site's page may change nothing here");
        }
        visit.identified(
                access.identify(exchange.header("Authorization"), exchange.certificate(), exchange.remoteAddress()));
        served.limits().checkUser(visit.caller());
        try {
            ScopedValue.where(Origin.CURRENT, visit.origin()).call(() -> {
                routeKnown(visit, path);
                return null;
            });
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private void routeKnown(Visit visit, String path) throws IOException {
        Exchange exchange = visit.exchange();
        Caller caller = visit.caller();
        if (path.equals("/metrics") && (exchange.isLocal() || !caller.isAnonymous())) {
            exchange.send(
                    200,
                    "text/plain; version=0.0.4",
                    (metrics.text() + gauges.text()).getBytes(StandardCharsets.UTF_8));
            return;
        }
        if (path.equals("/registry/keys") || path.startsWith("/registry/keys/")) {
            keys.answer(exchange, caller, path.substring(Math.min(path.length(), "/registry/keys/".length())));
            return;
        }
        if (path.startsWith("/registry/")) {
            pages.data(exchange, caller, path.substring("/registry/".length()));
            return;
        }
        if (!path.startsWith("/v2")) {
            exchange.send(404, "text/plain", "not found\n".getBytes(StandardCharsets.US_ASCII));
            return;
        }
        exchange.set("Docker-Distribution-Api-Version", "registry/2.0");
        if (path.equals("/v2/") || path.equals("/v2")) {
            if (caller.isAnonymous() && !access.knowsAnonymous()) {
                throw new RegistryError(RegistryError.Code.UNAUTHORIZED, "authentication required");
            }
            exchange.send(200, JSON, "{}".getBytes(StandardCharsets.US_ASCII));
        } else if (path.equals("/v2/_catalog")) {
            catalog(exchange, caller);
        } else if (visit.target().isPresent()) {
            answer(exchange, caller, visit.target().get());
        } else {
            exchange.send(404, JSON, ErrorBodies.body(RegistryError.Code.NAME_UNKNOWN, "no such path: " + path));
        }
    }

    private void answer(Exchange exchange, Caller caller, Target target) throws IOException {
        var repository = new RepositoryName(target.name());
        Action action = switch (exchange.method()) {
            case "GET", "HEAD" -> target.kind().equals("uploads") ? Action.PUSH : Action.PULL;
            case "DELETE" -> target.kind().equals("uploads") ? Action.PUSH : Action.DELETE;
            default -> Action.PUSH;
        };
        require(caller, repository, action);
        if (action == Action.PUSH
                && served.copies().map(copies -> copies.isCopy(repository)).orElse(false)) {
            throw new RegistryError(
                    RegistryError.Code.UNSUPPORTED,
                    "%s is a copy of another registry's repository: push there",
                    repository);
        }
        switch (target.kind()) {
            case "manifests" -> manifests.answer(exchange, repository, Reference.parse(target.rest()));
            case "blobs" -> blobs.answer(exchange, repository, Reference.digest(target.rest()));
            case "uploads" -> blobs.upload(exchange, caller, repository, target.rest());
            case "tags" -> tags(exchange, repository);
            default -> referrers(exchange, repository, target.rest());
        }
    }

    private void require(Caller caller, RepositoryName repository, Action action) {
        if (!access.allows(caller, repository, action)) {
            throw caller.isAnonymous() || caller.granted().isPresent()
                    ? new RegistryError(
                            RegistryError.Code.UNAUTHORIZED, "%s of %s needs authentication", action.text(), repository)
                    : new RegistryError(
                            RegistryError.Code.DENIED, "%s may not %s %s", caller.name(), action.text(), repository);
        }
    }

    private static void requireReading(Exchange exchange) {
        if (!exchange.method().equals("GET") && !exchange.isHead()) {
            throw new RegistryError(RegistryError.Code.UNSUPPORTED, "%s is not supported here", exchange.method());
        }
    }

    private static int page(Exchange exchange) {
        Optional<String> n = exchange.query("n");
        if (n.isEmpty()) {
            return PAGE;
        }
        try {
            int number = Integer.parseInt(n.get());
            if (number >= 0) {
                return Math.min(number, PAGE);
            }
        } catch (NumberFormatException e) {
            LOG.debug("not a number: {}", n.get(), e);
        }
        throw new RegistryError(RegistryError.Code.UNSUPPORTED, "n is not a number of names: %s", n.get());
    }

    private void tags(Exchange exchange, RepositoryName repository) throws IOException {
        requireReading(exchange);
        int n = page(exchange);
        String last = exchange.query("last").orElse("");
        List<String> found = served.copies()
                .flatMap(copies -> copies.tags(repository))
                .map(all -> all.stream()
                        .filter(tag -> tag.compareTo(last) > 0)
                        .limit(n + 1L)
                        .toList())
                .orElseGet(() -> registry.tags(repository, last, n + 1));
        List<String> shown = found.size() > n ? found.subList(0, n) : found;
        if (found.size() > n && n > 0) {
            next(exchange, "n=" + n + "&last=" + encoded(shown.getLast()));
        }
        exchange.send(200, JSON, ErrorBodies.json(ordered("name", repository.text(), "tags", shown)));
    }

    private void catalog(Exchange exchange, Caller caller) throws IOException {
        requireReading(exchange);
        if (caller.isAnonymous() && !access.knowsAnonymous()) {
            throw new RegistryError(RegistryError.Code.UNAUTHORIZED, "authentication required");
        }
        int n = page(exchange);
        List<String> shown = new ArrayList<>();
        String last = exchange.query("last").orElse("");
        boolean more = n > 0;
        // Most callers may see all that is read first; for others the rest is read in long steps.
        for (int step = n + 1; more && shown.size() <= n; step = PAGE) {
            List<RepositoryName> part = registry.catalog().repositories(last, step);
            more = part.size() == step;
            for (RepositoryName name : part) {
                if (shown.size() <= n && access.allows(caller, name, Action.PULL)) {
                    shown.add(name.text());
                }
                last = name.text();
            }
        }
        if (shown.size() > n) {
            shown.removeLast();
            if (n > 0) {
                next(exchange, "n=" + n + "&last=" + encoded(shown.getLast()));
            }
        }
        exchange.send(200, JSON, ErrorBodies.json(Map.of("repositories", shown)));
    }

    private void referrers(Exchange exchange, RepositoryName repository, String subject) throws IOException {
        requireReading(exchange);
        Optional<String> type = exchange.query("artifactType").filter(text -> !text.isEmpty());
        Digest about = Reference.digest(subject);
        served.copies().ifPresent(copies -> copies.bringReferrers(repository, about));
        List<Referrer> found = registry.catalog()
                .referrers(repository, about, type, exchange.query("last").orElse(""), PAGE + 1);
        List<Referrer> shown = found.size() > PAGE ? found.subList(0, PAGE) : found;
        if (found.size() > PAGE) {
            next(
                    exchange,
                    "last=" + encoded(shown.getLast().digest().toString())
                            + type.map(t -> "&artifactType=" + encoded(t)).orElse(""));
        }
        if (type.isPresent()) {
            exchange.set("OCI-Filters-Applied", "artifactType");
        }
        List<Map<String, Object>> descriptors = new ArrayList<>();
        for (Referrer referrer : shown) {
            Map<String, Object> descriptor = ordered(
                    "mediaType",
                    referrer.mediaType(),
                    "digest",
                    referrer.digest().toString());
            descriptor.put("size", referrer.size());
            if (!referrer.artifactType().isEmpty()) {
                descriptor.put("artifactType", referrer.artifactType());
            }
            if (!referrer.annotations().isEmpty()) {
                descriptor.put("annotations", referrer.annotations());
            }
            descriptors.add(descriptor);
        }
        Map<String, Object> index = ordered("schemaVersion", 2, "mediaType", OCI_INDEX);
        index.put("manifests", descriptors);
        exchange.send(200, OCI_INDEX, ErrorBodies.json(index));
    }

    private static void next(Exchange exchange, String query) {
        exchange.set("Link", "<%s?%s>; rel=\"next\"".formatted(exchange.path(), query));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static Map<String, Object> ordered(String first, Object one, String second, Object two) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put(first, one);
        map.put(second, two);
        return map;
    }
}
