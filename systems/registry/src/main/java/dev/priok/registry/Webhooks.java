package dev.priok.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.priok.database.Database;
import dev.priok.database.Durability;
import dev.priok.database.Schema;
import dev.priok.registry.access.Policy;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells others what happens, in the notifications of Docker's registry. An event is queued in the database before the request that
 * made it is answered, and leaves the queue when the receiver has answered with 2xx, so each is told at least once and in order,
 * also over a kill of the registry. A receiver that fails is tried again, each time later; the queue of each is bounded.
 *
 * @see <a href="https://distribution.github.io/distribution/about/notifications/">Docker registry, notifications</a>
 */
public final class Webhooks implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Webhooks.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String CONTENT_TYPE = "application/vnd.docker.distribution.events.v2+json";
    /** Events that wait for one receiver; newer ones are dropped and counted. */
    private static final int MAXIMUM_QUEUED = 10_000;

    private static final Duration FIRST_WAIT = Duration.ofSeconds(1);
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(5);

    private static final Schema SCHEMA = new Schema("registry_webhook", List.of("""
            CREATE TABLE registry_notification (
              id INTEGER PRIMARY KEY AUTOINCREMENT, hook TEXT NOT NULL, body TEXT NOT NULL, made INTEGER NOT NULL);
            CREATE INDEX registry_notification_hook ON registry_notification (hook, id);
            """));

    /**
     * A receiver.
     *
     * @param name by which its queue is known
     * @param url where events are sent by POST
     * @param headers with every request
     * @param secret with which {@code X-Priok-Signature: sha256=HMAC} of the body is made
     * @param actions that it is told of
     * @param repositories globs of those that it is told of
     * @param timeout of one request
     * @param life how long an event is tried
     */
    public record Hook(
            String name,
            URI url,
            Map<String, String> headers,
            Optional<String> secret,
            Set<RegistryEvent.Action> actions,
            List<String> repositories,
            Duration timeout,
            Duration life) {
        public Hook {
            headers = Map.copyOf(headers);
            actions = Set.copyOf(actions);
            repositories = List.copyOf(repositories);
        }

        @Override
        public String toString() {
            return "webhook " + name;
        }
    }

    private final Database database;
    private final List<Receiver> receivers = new ArrayList<>();
    private final InstantSource clock;
    private final String instance;
    private final HttpClient client;

    /**
     * Begins to deliver what is queued.
     *
     * @param instance what this registry calls itself in events
     * @param client that follows no redirect
     */
    public Webhooks(Database database, List<Hook> hooks, InstantSource clock, String instance, HttpClient client) {
        this.database = database;
        this.clock = clock;
        this.instance = instance;
        this.client = client;
        database.register(SCHEMA);
        hooks.forEach(hook -> receivers.add(new Receiver(hook)));
        receivers.forEach(Receiver::start);
    }

    /**
     * What became of events for one receiver.
     *
     * @param queued that wait
     * @param sent that it took
     * @param failures tries that failed
     * @param dropped that it will never get
     */
    public record Counts(String hook, long queued, long sent, long failures, long dropped) {}

    public List<Counts> counts() {
        return receivers.stream().map(Receiver::counts).toList();
    }

    /** Queues an event for whom it concerns. */
    public void accept(RegistryEvent event) {
        for (Receiver receiver : receivers) {
            if (receiver.wants(event)) {
                receiver.queue(event);
            }
        }
    }

    private String envelope(RegistryEvent event) {
        Map<String, Object> target = new LinkedHashMap<>();
        target.put("mediaType", event.mediaType());
        target.put("size", event.size());
        target.put("length", event.size());
        event.digest().ifPresent(digest -> target.put("digest", digest.toString()));
        target.put("repository", event.repository().text());
        event.tag().ifPresent(tag -> target.put("tag", tag));
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("id", UUID.randomUUID().toString());
        told.put("timestamp", event.time().toString());
        told.put("action", event.action().text());
        told.put("target", target);
        event.origin().ifPresent(origin -> {
            told.put(
                    "request",
                    Map.of(
                            "id", origin.request(),
                            "addr", origin.address(),
                            "host", origin.host(),
                            "method", origin.method(),
                            "useragent", origin.userAgent()));
            told.put("actor", Map.of("name", origin.user()));
        });
        told.put("source", Map.of("addr", instance, "instanceID", instance));
        try {
            return JSON.writeValueAsString(Map.of("events", List.of(told)));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("an event cannot be written as JSON", e);
        }
    }

    @Override
    public void close() {
        receivers.forEach(Receiver::stop);
        client.shutdownNow();
    }

    private record Queued(long id, String body, Instant made) {}

    private final class Receiver {
        private final Hook hook;
        private final Semaphore news = new Semaphore(0);
        private final LongAdder sent = new LongAdder();
        private final LongAdder failures = new LongAdder();
        private final LongAdder dropped = new LongAdder();
        private final Thread thread;

        Receiver(Hook hook) {
            this.hook = hook;
            this.thread =
                    Thread.ofVirtual().name("registry-webhook-" + hook.name()).unstarted(this::deliver);
        }

        void start() {
            thread.start();
        }

        void stop() {
            thread.interrupt();
            try {
                thread.join(Duration.ofSeconds(5));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        Counts counts() {
            return new Counts(hook.name(), queued(), sent.sum(), failures.sum(), dropped.sum());
        }

        private long queued() {
            return database.transact(
                    Durability.RELAXED,
                    tx -> tx.first(
                                    "SELECT count(*) FROM registry_notification WHERE hook = ?",
                                    row -> row.getLong(1),
                                    hook.name())
                            .orElse(0L));
        }

        boolean wants(RegistryEvent event) {
            return hook.actions().contains(event.action())
                    && hook.repositories().stream()
                            .anyMatch(glob ->
                                    Policy.covers(glob, event.repository().text()));
        }

        void queue(RegistryEvent event) {
            if (queued() >= MAXIMUM_QUEUED) {
                dropped.increment();
                LOG.warn("{} does not keep up: an event of {} is dropped", hook, event.repository());
                return;
            }
            String body = envelope(event);
            database.transact(
                    Durability.RELAXED,
                    tx -> tx.update(
                            "INSERT INTO registry_notification (hook, body, made) VALUES (?, ?, ?)",
                            hook.name(),
                            body,
                            clock.millis()));
            news.release();
        }

        private void deliver() {
            Duration wait = FIRST_WAIT;
            try {
                while (true) {
                    Optional<Queued> next = next();
                    if (next.isEmpty()) {
                        news.acquire();
                        news.drainPermits();
                    } else if (send(next.get())) {
                        forget(next.get());
                        sent.increment();
                        wait = FIRST_WAIT;
                    } else if (next.get().made().plus(hook.life()).isBefore(clock.instant())) {
                        LOG.warn("{} did not take an event for {}: it is dropped", hook, hook.life());
                        forget(next.get());
                        dropped.increment();
                    } else {
                        TimeUnit.MILLISECONDS.sleep(wait.toMillis());
                        wait = wait.multipliedBy(2).compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait.multipliedBy(2);
                    }
                }
            } catch (InterruptedException e) {
                LOG.debug("{} is told nothing any more", hook, e);
            } catch (RuntimeException e) {
                LOG.error("{} is told nothing any more", hook, e);
            }
        }

        private Optional<Queued> next() {
            return database.transact(
                    Durability.RELAXED,
                    tx -> tx.first(
                            "SELECT id, body, made FROM registry_notification WHERE hook = ? ORDER BY id LIMIT 1",
                            row -> new Queued(row.getLong(1), row.getString(2), Instant.ofEpochMilli(row.getLong(3))),
                            hook.name()));
        }

        private void forget(Queued event) {
            database.transact(
                    Durability.RELAXED, tx -> tx.update("DELETE FROM registry_notification WHERE id = ?", event.id()));
        }

        private boolean send(Queued event) throws InterruptedException {
            byte[] body = event.body().getBytes(StandardCharsets.UTF_8);
            HttpRequest.Builder request = HttpRequest.newBuilder(hook.url())
                    .timeout(hook.timeout())
                    .header("Content-Type", CONTENT_TYPE)
                    .POST(HttpRequest.BodyPublishers.ofByteArray(body));
            hook.headers().forEach(request::setHeader);
            hook.secret().ifPresent(secret -> request.setHeader("X-Priok-Signature", "sha256=" + mac(secret, body)));
            try {
                int status = client.send(request.build(), HttpResponse.BodyHandlers.discarding())
                        .statusCode();
                if (status / 100 == 2) {
                    return true;
                }
                LOG.warn("{} answered {}", hook, status);
            } catch (IOException e) {
                LOG.warn("{} cannot be reached: {}", hook, String.valueOf(e.getMessage()));
            }
            failures.increment();
            return false;
        }

        private static String mac(String secret, byte[] body) {
            try {
                Mac mac = Mac.getInstance("HmacSHA256");
                mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
                return HexFormat.of().formatHex(mac.doFinal(body));
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("this Java runtime lacks HmacSHA256", e);
            }
        }
    }
}
