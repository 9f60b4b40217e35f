package dev.priok.daemon;

import dev.priok.core.Credentials;
import dev.priok.core.Failure;
import dev.priok.database.Database;
import dev.priok.distribution.Proxies;
import dev.priok.distribution.Registries;
import dev.priok.distribution.RegistryAccess;
import dev.priok.registry.AuditLog;
import dev.priok.registry.PullThrough;
import dev.priok.registry.Registry;
import dev.priok.registry.RegistryEvent;
import dev.priok.registry.RetentionRule;
import dev.priok.registry.Scrub;
import dev.priok.registry.Upstream;
import dev.priok.registry.Webhooks;
import dev.priok.registry.access.RateLimits;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What stands around a registry by its configuration: copies of others, audit log, limits, webhooks, retention, scrubbing. */
final class RegistryCare implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RegistryCare.class);

    private static final int DEFAULT_FRESH_SECONDS = 60;
    /** Clients wait for a copy meanwhile: an upstream that does not answer is soon told, or the old copy handed out. */
    private static final int UPSTREAM_ATTEMPTS = 3;

    private static final int UPSTREAM_DOWNLOADS = 8;
    private static final int DEFAULT_AUDIT_MEGABYTES = 50;
    private static final int DEFAULT_AUDIT_FILES = 10;
    private static final int DEFAULT_SCRUB_HOURS = 7 * 24;
    private static final int DEFAULT_SCRUB_MEGABYTES = 50;
    private static final int DEFAULT_TIMEOUT_SECONDS = 10;
    private static final int DEFAULT_LIFE_HOURS = 24;
    private static final double BURST_SECONDS = 10;

    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private final RegistryConfig config;
    private final Optional<PullThrough> copies;
    private final Optional<AuditLog> audit;
    private final Optional<Webhooks> webhooks;
    private final Scrub scrub;

    RegistryCare(RegistryConfig config, Path folder, Database database, Registry registry, InstantSource clock)
            throws IOException {
        this.config = config;
        boolean opened = false;
        try {
            audit = openAudit(folder);
            copies = openCopies(registry, clock);
            webhooks = openWebhooks(database, clock);
            webhooks.ifPresent(all -> registry.listen(all::accept));
            scrub = new Scrub(
                    registry, clock, (long) or(config.scrubMegabytesPerSecond(), DEFAULT_SCRUB_MEGABYTES) << 20);
            int hours = or(config.scrubHours(), DEFAULT_SCRUB_HOURS);
            if (hours > 0) {
                parts.push(scrub.every(Duration.ofHours(hours)));
            }
            opened = true;
        } finally {
            if (!opened) {
                close();
            }
        }
    }

    Optional<PullThrough> copies() {
        return copies;
    }

    Optional<AuditLog> audit() {
        return audit;
    }

    Optional<Webhooks> webhooks() {
        return webhooks;
    }

    Scrub scrub() {
        return scrub;
    }

    private static int or(@Nullable Integer set, int otherwise) {
        return set == null ? otherwise : set;
    }

    private Optional<AuditLog> openAudit(Path folder) throws IOException {
        RegistryConfig.Audit wanted = config.audit();
        if (wanted != null && Boolean.FALSE.equals(wanted.enabled())) {
            return Optional.empty();
        }
        String file = wanted == null ? null : wanted.file();
        int megabytes = or(wanted == null ? null : wanted.megabytes(), DEFAULT_AUDIT_MEGABYTES);
        int files = or(wanted == null ? null : wanted.files(), DEFAULT_AUDIT_FILES);
        if (megabytes < 1 || files < 1) {
            throw Failure.invalid("the audit log needs at least one file of one megabyte: %d of %d", files, megabytes);
        }
        AuditLog log = AuditLog.open(
                file == null ? folder.resolve("audit.log") : Path.of(file), (long) megabytes << 20, files);
        parts.push(log);
        return Optional.of(log);
    }

    private Optional<PullThrough> openCopies(Registry registry, InstantSource clock) throws IOException {
        List<RegistryConfig.UpstreamRegistry> wanted = config.upstreams();
        if (wanted == null || wanted.isEmpty()) {
            return Optional.empty();
        }
        List<Upstream> upstreams = new ArrayList<>();
        List<String> insecure = new ArrayList<>();
        for (RegistryConfig.UpstreamRegistry one : wanted) {
            upstreams.add(new Upstream(
                    one.prefix() == null ? "" : one.prefix(),
                    one.registry(),
                    credentials(one),
                    Duration.ofSeconds(or(one.freshSeconds(), DEFAULT_FRESH_SECONDS))));
            if (Boolean.TRUE.equals(one.insecure())) {
                insecure.add(one.registry());
            }
        }
        Registries client = Registries.open(RegistryAccess.DEFAULT
                .withProxies(Proxies.of(System.getenv()))
                .withInsecure(insecure)
                .withLimits(UPSTREAM_DOWNLOADS, RegistryAccess.DEFAULT_UPLOADS, UPSTREAM_ATTEMPTS));
        parts.push(client);
        return Optional.of(new PullThrough(registry, upstreams, client, clock));
    }

    private static Credentials credentials(RegistryConfig.UpstreamRegistry upstream) throws IOException {
        if (upstream.user() == null) {
            return Credentials.ANONYMOUS;
        }
        if (upstream.passwordFile() == null) {
            throw Failure.invalid("upstream %s: a user needs a passwordFile", upstream.registry());
        }
        return new Credentials.Basic(upstream.user(), secret(upstream.passwordFile()));
    }

    private static String secret(String file) throws IOException {
        return Files.readString(Path.of(file)).strip();
    }

    /** Limits of requests. */
    RateLimits limits() {
        RegistryConfig.RateLimits wanted = config.rateLimits();
        return wanted == null
                ? RateLimits.none()
                : new RateLimits(limit(wanted.address()), limit(wanted.user()), System::nanoTime);
    }

    private static Optional<RateLimits.Limit> limit(RegistryConfig.@Nullable Limit wanted) {
        if (wanted == null) {
            return Optional.empty();
        }
        double burst = wanted.burst() == null ? Math.max(1, wanted.perSecond() * BURST_SECONDS) : wanted.burst();
        try {
            return Optional.of(new RateLimits.Limit(wanted.perSecond(), burst));
        } catch (IllegalArgumentException e) {
            throw new Failure(Failure.Kind.INVALID, String.valueOf(e.getMessage()), e);
        }
    }

    private Optional<Webhooks> openWebhooks(Database database, InstantSource clock) throws IOException {
        List<RegistryConfig.Webhook> wanted = config.webhooks();
        if (wanted == null || wanted.isEmpty()) {
            return Optional.empty();
        }
        List<Webhooks.Hook> hooks = new ArrayList<>();
        for (RegistryConfig.Webhook one : wanted) {
            hooks.add(new Webhooks.Hook(
                    one.name(),
                    url(one),
                    one.headers() == null ? Map.of() : one.headers(),
                    one.secretFile() == null ? Optional.empty() : Optional.of(secret(one.secretFile())),
                    actions(one),
                    one.repositories() == null ? List.of("**") : one.repositories(),
                    Duration.ofSeconds(or(one.timeoutSeconds(), DEFAULT_TIMEOUT_SECONDS)),
                    Duration.ofHours(or(one.lifeHours(), DEFAULT_LIFE_HOURS))));
        }
        HttpClient client = HttpClient.newBuilder()
                .connectTimeout(Duration.ofSeconds(DEFAULT_TIMEOUT_SECONDS))
                .build();
        Webhooks open =
                new Webhooks(database, hooks, clock, InetAddress.getLocalHost().getHostName(), client);
        parts.push(open);
        return Optional.of(open);
    }

    private static URI url(RegistryConfig.Webhook webhook) {
        try {
            URI url = new URI(webhook.url());
            if ("http".equals(url.getScheme()) || "https".equals(url.getScheme())) {
                return url;
            }
        } catch (URISyntaxException e) {
            LOG.debug("malformed address", e);
        }
        throw Failure.invalid("webhook %s: %s is no address of http or https", webhook.name(), webhook.url());
    }

    private static Set<RegistryEvent.Action> actions(RegistryConfig.Webhook webhook) {
        if (webhook.actions() == null) {
            return Set.of(RegistryEvent.Action.PUSH, RegistryEvent.Action.DELETE);
        }
        Set<RegistryEvent.Action> actions = EnumSet.noneOf(RegistryEvent.Action.class);
        for (String name : webhook.actions()) {
            try {
                actions.add(RegistryEvent.Action.valueOf(name.toUpperCase(Locale.ROOT)));
            } catch (IllegalArgumentException e) {
                throw new Failure(
                        Failure.Kind.INVALID,
                        "webhook %s: no such action: %s: want push, pull, mount, delete or damage"
                                .formatted(webhook.name(), name),
                        e);
            }
        }
        return actions;
    }

    /** The rules of retention. */
    List<RetentionRule> rules() {
        List<RegistryConfig.Retention> wanted = config.retention();
        return wanted == null
                ? List.of()
                : wanted.stream().map(RegistryCare::rule).toList();
    }

    private static RetentionRule rule(RegistryConfig.Retention wanted) {
        if (wanted.keepNewest() != null && wanted.keepNewest() < 0) {
            throw Failure.invalid("retention: keepNewest is %d, below 0", wanted.keepNewest());
        }
        return new RetentionRule(
                wanted.repositories() == null ? List.of("**") : wanted.repositories(),
                wanted.keepTags() == null ? List.of() : wanted.keepTags(),
                wanted.keepNewest() == null ? OptionalInt.empty() : OptionalInt.of(wanted.keepNewest()),
                days(wanted.pushedBeforeDays()),
                days(wanted.pulledBeforeDays()),
                Boolean.TRUE.equals(wanted.untagged()));
    }

    private static Optional<Duration> days(@Nullable Integer days) {
        return days == null ? Optional.empty() : Optional.of(Duration.ofDays(days));
    }

    @Override
    public void close() {
        while (!parts.isEmpty()) {
            AutoCloseable part = parts.pop();
            try {
                part.close();
            } catch (Exception e) {
                LOG.error("{} did not close", part.getClass().getSimpleName(), e);
            }
        }
    }
}
