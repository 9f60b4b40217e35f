package dev.priok.distribution.internal;

import dev.priok.core.Failure;
import dev.priok.core.ImageReference;
import dev.priok.distribution.RegistryAccess;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
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

    private final RegistryAccess config;
    private final Tokens tokens = new Tokens();
    private final Map<String, Transport> transports = new ConcurrentHashMap<>();
    private final Map<String, Pinged> pinged = new ConcurrentHashMap<>();
    private final Map<String, Limits> limits = new ConcurrentHashMap<>();

    /** Who answered at an address. */
    record Pinged(Endpoint endpoint, Optional<Challenge> challenge, long nanos) {}

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

    /** The addresses of a registry that answer; fails with what the last one said when none does. */
    List<Pinged> of(String domain, boolean pulling) throws IOException {
        List<Pinged> found = new ArrayList<>();
        Optional<Failure> refused = Optional.empty();
        for (List<URI> alternatives : addresses(domain, pulling)) {
            try {
                found.add(first(alternatives, domain, !alternatives.equals(addressesOf(domain))));
            } catch (Failure e) {
                refused = Optional.of(e);
            }
        }
        if (found.isEmpty()) {
            throw refused.orElseThrow(() -> Failure.invalid("registry %s has no address", domain));
        }
        return found;
    }

    private List<List<URI>> addresses(String domain, boolean pulling) {
        List<List<URI>> all = new ArrayList<>();
        if (pulling && domain.equals(ImageReference.DEFAULT_DOMAIN)) {
            for (URI mirror : config.mirrors()) {
                String text = mirror.toString();
                all.add(List.of(URI.create(text.endsWith("/") ? text.substring(0, text.length() - 1) : text)));
            }
        }
        all.add(addressesOf(domain));
        return all;
    }

    private List<URI> addressesOf(String domain) {
        if (domain.equals(ImageReference.DEFAULT_DOMAIN)) {
            return List.of(URI.create(HUB));
        }
        URI secure = URI.create("https://" + domain);
        return config.isInsecure(domain) ? List.of(secure, URI.create("http://" + domain)) : List.of(secure);
    }

    private Pinged first(List<URI> alternatives, String domain, boolean mirror) throws IOException {
        Optional<Failure> refused = Optional.empty();
        for (URI base : alternatives) {
            Pinged known = pinged.get(base.toString());
            if (known != null && System.nanoTime() - known.nanos() < REMEMBERED_NANOS) {
                return known;
            }
        }
        for (URI base : alternatives) {
            try {
                Pinged now = ping(base, mirror);
                pinged.put(base.toString(), now);
                return now;
            } catch (Failure e) {
                // Of the two addresses of an insecure registry the plain one says what is really wrong.
                refused = Optional.of(e);
            }
        }
        throw refused.orElseThrow(() -> Failure.invalid("registry %s has no address", domain));
    }

    /** Forgets that an address answered, since it does not any more. */
    void forget(Endpoint endpoint) {
        pinged.remove(endpoint.base().toString());
    }

    private Pinged ping(URI base, boolean mirror) throws IOException {
        Endpoint endpoint = new Endpoint(base, transport(base), mirror);
        Outgoing request = Outgoing.get(endpoint.resolve("/v2/"));
        // Whether there is TLS at all is found out by trying, once; whether somebody is there, by trying again.
        boolean last = !base.getScheme().equals("https") || !config.isInsecure(base.getAuthority());
        Retrying retrying = new Retrying(endpoint.transport(), last ? config.attempts() : 1);
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
        String key = folders.isEmpty() ? (insecure ? "insecure" : "system") : "of " + authority;
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

    @Override
    public void close() {
        transports.values().forEach(Transport::close);
    }
}
