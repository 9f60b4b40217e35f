package dev.priok.distribution.internal;

import dev.priok.core.Failure;
import dev.priok.core.ImageReference;
import dev.priok.distribution.RegistryAccess;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/** Where registries are, which of their addresses answer and what they ask for. One for all who talk to registries. */
public final class Endpoints implements AutoCloseable {
    /** Docker Hub answers elsewhere than its name says. */
    private static final String HUB = "https://registry-1.docker.io";
    /** How long an address that answered is taken to be the right one. */
    private static final long REMEMBERED_NANOS = 300_000_000_000L;
    /** How long a mirror that did not answer is not asked again. */
    private static final long AVOIDED_NANOS = 30_000_000_000L;

    /** Whoever speaks something else than TLS may just wait for more. */
    private static final Duration PING_TIMEOUT = Duration.ofSeconds(15);

    private final RegistryAccess config;
    private final Tokens tokens = new Tokens();
    private final Map<String, Transport> transports = new ConcurrentHashMap<>();
    private final Map<String, Pinged> pinged = new ConcurrentHashMap<>();
    private final Map<String, Dead> dead = new ConcurrentHashMap<>();
    private final Map<String, Limits> limits = new ConcurrentHashMap<>();

    /** Who answered at an address. */
    record Pinged(Endpoint endpoint, Optional<Challenge> challenge, long nanos) {}

    /** A mirror that did not answer. */
    private record Dead(Failure why, long nanos) {}

    /**
     * How many blobs may be on their way at once.
     *
     * @param downloads from one registry
     * @param uploads to one registry
     */
    public record Limits(Semaphore downloads, Semaphore uploads) {}

    public Endpoints(RegistryAccess config) {
        this.config = config;
    }

    public RegistryAccess config() {
        return config;
    }

    Tokens tokens() {
        return tokens;
    }

    /** The limits of a registry, shared by all that talk to it. */
    public Limits limits(String domain) {
        return limits.computeIfAbsent(
                domain,
                _ -> new Limits(new Semaphore(config.downloads(), true), new Semaphore(config.uploads(), true)));
    }

    /**
     * A registry or a mirror of one.
     *
     * @param alternatives its addresses, of which the first that answers is the right one
     * @param mirror whether it stands in for another registry
     */
    record Place(List<URI> alternatives, boolean mirror) {}

    /** Where a registry is: its mirrors, then itself. */
    List<Place> places(String domain, boolean pulling) {
        List<Place> all = new ArrayList<>();
        if (pulling && domain.equals(ImageReference.DEFAULT_DOMAIN)) {
            for (URI mirror : config.mirrors()) {
                String text = mirror.toString();
                URI base = URI.create(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
                all.add(new Place(List.of(base), true));
            }
        }
        all.add(new Place(addressesOf(domain), false));
        return all;
    }

    private List<URI> addressesOf(String domain) {
        if (domain.equals(ImageReference.DEFAULT_DOMAIN)) {
            return List.of(URI.create(HUB));
        }
        URI secure = URI.create("https://" + domain);
        return config.isInsecure(domain) ? List.of(secure, URI.create("http://" + domain)) : List.of(secure);
    }

    /** The address of a place that answers; fails with what the last one said when none does. */
    Pinged find(Place place) throws IOException {
        for (URI base : place.alternatives()) {
            Pinged known = pinged.get(base.toString());
            boolean fresh = known != null && System.nanoTime() - known.nanos() < REMEMBERED_NANOS;
            // Certificates that were put there or taken away meanwhile make another transport.
            if (known != null && fresh && known.endpoint().transport() == transport(base)) {
                return known;
            }
        }
        return findNow(place);
    }

    /** Asks again, also what answered a moment ago. */
    Pinged findNow(Place place) throws IOException {
        Optional<Failure> refused = Optional.empty();
        for (URI base : place.alternatives()) {
            Dead before = dead.get(base.toString());
            if (place.mirror() && before != null && System.nanoTime() - before.nanos() < AVOIDED_NANOS) {
                throw before.why();
            }
            try {
                Pinged now = ping(base, place.mirror());
                pinged.put(base.toString(), now);
                dead.remove(base.toString());
                return now;
            } catch (Failure e) {
                // Of the two addresses of an insecure registry the plain one says what is really wrong.
                refused = Optional.of(e);
                if (place.mirror()) {
                    dead.put(base.toString(), new Dead(e, System.nanoTime()));
                }
            }
        }
        throw refused.orElseThrow(() -> Failure.invalid("registry has no address"));
    }

    /** Forgets that an address answered, since it does not any more. */
    void forget(Endpoint endpoint) {
        pinged.remove(endpoint.base().toString());
    }

    private Pinged ping(URI base, boolean mirror) throws IOException {
        Endpoint endpoint = new Endpoint(base, transport(base), mirror);
        Outgoing request = Outgoing.get(endpoint.resolve("/v2/")).within(PING_TIMEOUT);
        // Whether there is TLS at all is found out by trying, once; whether somebody is there, by trying again.
        boolean last = !base.getScheme().equals("https") || !config.isInsecure(base.getAuthority());
        Retrying retrying = new Retrying(endpoint.transport(), last ? config.attempts() : 1, false);
        try (Reply reply = retrying.send(request)) {
            return new Pinged(
                    endpoint, reply.status() == 401 ? Challenge.of(reply) : Optional.empty(), System.nanoTime());
        }
    }

    private Transport transport(URI base) throws IOException {
        String authority = base.getAuthority();
        boolean insecure = config.isInsecure(authority);
        List<Path> folders = new ArrayList<>();
        for (Path root : config.certificates()) {
            Path folder = root.resolve(authority);
            if (Files.isDirectory(folder)) {
                folders.add(folder);
            }
        }
        String key = folders.isEmpty()
                ? insecure ? "insecure" : "system"
                : "of " + authority + " with " + Trust.fingerprint(folders);
        Transport known = transports.get(key);
        if (known != null) {
            return known;
        }
        synchronized (transports) {
            Transport made = transports.get(key);
            if (made == null) {
                Trust trust = folders.isEmpty() && !insecure ? Trust.system() : Trust.of(folders, insecure);
                made = new Transport(trust, config.proxies(), config.userAgent());
                transports.put(key, made);
            }
            return made;
        }
    }

    /** For what is not a registry: a search, a layer that lies elsewhere. */
    public Reply get(URI uri) throws IOException {
        return new Retrying(transport(uri), config.attempts()).send(Outgoing.get(uri));
    }

    /** Asks the address of a registry that answers for something that is not in a repository. */
    public Reply getFrom(String domain, String path) throws IOException {
        Endpoint endpoint = find(new Place(addressesOf(domain), false)).endpoint();
        return new Retrying(endpoint.transport(), config.attempts()).send(Outgoing.get(endpoint.resolve(path)));
    }

    @Override
    public void close() {
        transports.values().forEach(Transport::close);
    }
}
