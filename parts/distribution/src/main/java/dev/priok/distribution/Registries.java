package dev.priok.distribution;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.priok.core.Credentials;
import dev.priok.core.Failure;
import dev.priok.core.ImageReference;
import dev.priok.distribution.internal.Endpoints;
import dev.priok.distribution.internal.RegistryErrors;
import dev.priok.distribution.internal.Reply;
import dev.priok.distribution.internal.Session;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;

/**
 * All registries, as one configuration reaches them. Connections, tokens and limits are shared by everything that is got here.
 * Methods block and may be called from any thread; interrupting one ends it.
 */
public final class Registries implements AutoCloseable {
    private static final int MAXIMUM_ANSWER_BYTES = 8 << 20;
    /** Docker Hub is searched elsewhere than it is pulled from. */
    private static final String HUB = "https://index.docker.io";

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final Endpoints endpoints;

    private Registries(Endpoints endpoints) {
        this.endpoints = endpoints;
    }

    /** Opens the client; nothing is connected yet. */
    public static Registries open(RegistryAccess config) {
        return new Registries(new Endpoints(config));
    }

    public RegistryAccess config() {
        return endpoints.config();
    }

    /** A repository to read from. */
    public Repository reading(ImageReference name, Credentials credentials) throws IOException {
        return new Repository(name, endpoints, Session.open(endpoints, name.domain(), name.path(), credentials, false));
    }

    /** A repository to read from and write to. */
    public Repository writing(ImageReference name, Credentials credentials) throws IOException {
        return new Repository(name, endpoints, Session.open(endpoints, name.domain(), name.path(), credentials, true));
    }

    /** How many blobs may come from a registry at once, everybody together. */
    public Semaphore downloads(String domain) {
        return endpoints.limits(domain).downloads();
    }

    /** How many blobs may go to a registry at once, everybody together. */
    public Semaphore uploads(String domain) {
        return endpoints.limits(domain).uploads();
    }

    /**
     * Checks credentials.
     *
     * @throws Failure of kind {@link Failure.Kind#UNAUTHORIZED} when the registry does not take them
     */
    public Login login(String domain, Credentials credentials) throws IOException {
        return new Login(Session.login(endpoints, domain, credentials));
    }

    /** Searches a registry by the old search API, which Docker Hub has. */
    public List<Found> search(String term, int limit) throws IOException {
        int slash = term.indexOf('/');
        String first = slash < 0 ? "" : term.substring(0, slash);
        boolean named = first.contains(".") || first.contains(":") || first.equals("localhost");
        String query = "/v1/search?q=%s&n=%d"
                .formatted(URLEncoder.encode(named ? term.substring(slash + 1) : term, StandardCharsets.UTF_8), limit);
        try (Reply reply = named ? endpoints.getFrom(first, query) : endpoints.get(URI.create(HUB + query))) {
            if (!reply.isSuccess()) {
                throw RegistryErrors.of(reply, "searching " + term);
            }
            return results(MAPPER.readTree(reply.bytes(MAXIMUM_ANSWER_BYTES)));
        } catch (JsonProcessingException e) {
            throw new Failure(Failure.Kind.INTERNAL, "the registry's answer to the search is no JSON", e);
        }
    }

    /**
     * Something that lies at an http or https address and in no registry, with the same proxies and authorities. The caller closes it.
     *
     * @throws Failure when it cannot be had
     */
    public InputStream fetch(URI address) throws IOException {
        Reply reply = endpoints.get(address);
        if (!reply.isSuccess()) {
            int status = reply.status();
            reply.close();
            throw new Failure(
                    status == 404 ? Failure.Kind.NOT_FOUND : Failure.Kind.INVALID,
                    "failed to GET %s with status %d".formatted(address, status));
        }
        return reply.body();
    }

    private static List<Found> results(JsonNode answer) {
        List<Found> all = new ArrayList<>();
        for (JsonNode one : answer.path("results")) {
            all.add(new Found(
                    one.path("name").asText(""),
                    one.path("description").asText(""),
                    one.path("star_count").asInt(0),
                    one.path("is_official").asBoolean(false),
                    one.path("is_automated").asBoolean(false)));
        }
        return all;
    }

    /** Ends every connection. */
    @Override
    public void close() {
        endpoints.close();
    }
}
