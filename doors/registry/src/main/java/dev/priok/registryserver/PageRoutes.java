package dev.priok.registryserver;

import dev.priok.registry.Catalog;
import dev.priok.registry.Registry;
import dev.priok.registry.RegistryError;
import dev.priok.registry.RepositoryName;
import dev.priok.registry.access.AccessControl;
import dev.priok.registry.access.Action;
import dev.priok.registry.access.Caller;
import dev.priok.registryserver.http.Exchange;
import dev.priok.web.Pages;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The page below {@code /ui/}, and what it asks for below {@code /registry/} beyond the specification. */
final class PageRoutes {
    private static final int ROWS = 50;
    private static final int MAXIMUM_DAMAGES = 1000;
    /** Repositories that are looked at for one page of those that the caller may see. */
    private static final int MAXIMUM_LOOKED_AT = 10_000;

    private final Registry registry;
    private final AccessControl access;
    private final ServedRegistry served;
    private final Gauges gauges;

    PageRoutes(ServedRegistry served, Gauges gauges) {
        this.registry = served.registry();
        this.access = served.access();
        this.served = served;
        this.gauges = gauges;
    }

    /** Answers with a file of the page; false when there is none of that path. */
    boolean file(Exchange exchange, String path) throws IOException {
        var page = Pages.find(path);
        if (page.isEmpty()) {
            return false;
        }
        exchange.set("Content-Security-Policy", Pages.CONTENT_SECURITY_POLICY);
        exchange.set("X-Content-Type-Options", "nosniff");
        exchange.set("Referrer-Policy", "no-referrer");
        exchange.set("Cache-Control", "no-cache");
        exchange.set("ETag", '"' + page.get().tag() + '"');
        if (ManifestRoutes.isKnown(exchange, page.get().tag())) {
            exchange.send(304);
        } else {
            exchange.send(200, page.get().contentType(), page.get().bytes());
        }
        return true;
    }

    /** Answers what the page asks. */
    void data(Exchange exchange, Caller caller, String what) throws IOException {
        if (caller.isAnonymous() && !access.knowsAnonymous()) {
            throw new RegistryError(RegistryError.Code.UNAUTHORIZED, "authentication required");
        }
        exchange.set("Cache-Control", "no-store");
        Map<String, Object> document = switch (what) {
            case "totals" -> totals();
            case "repositories" -> repositories(exchange, caller);
            case "tags" -> tags(exchange, caller);
            case "retention" -> retention(exchange, caller);
            case "damage" -> damage(caller);
            default -> throw new RegistryError(RegistryError.Code.NAME_UNKNOWN, "no such path: %s", exchange.path());
        };
        exchange.send(200, RegistryHandler.JSON, ErrorBodies.json(document));
    }

    private Map<String, Object> totals() {
        Catalog.Totals totals = gauges.totals();
        return Map.of(
                "repositories", totals.repositories(),
                "manifests", totals.manifests(),
                "tags", totals.tags(),
                "blobs", totals.blobs(),
                "bytes", totals.bytes());
    }

    private Map<String, Object> repositories(Exchange exchange, Caller caller) {
        List<Map<String, Object>> rows = new ArrayList<>();
        String search = exchange.query("search").orElse("");
        String last = exchange.query("last").orElse("");
        boolean more = true;
        for (int looked = 0; more && rows.size() < ROWS && looked < MAXIMUM_LOOKED_AT; looked += ROWS) {
            List<Catalog.RepositoryDetail> part = registry.catalog().repositoryDetails(search, last, ROWS);
            more = part.size() == ROWS;
            for (Catalog.RepositoryDetail row : part) {
                if (rows.size() == ROWS) {
                    more = true;
                    break;
                }
                last = row.name().text();
                if (access.allows(caller, row.name(), Action.PULL)) {
                    rows.add(Map.of(
                            "name", row.name().text(),
                            "tags", row.tags(),
                            "manifests", row.manifests(),
                            "bytes", row.bytes(),
                            "updated", row.updated().toString()));
                }
            }
        }
        return Map.of("repositories", rows, "next", more ? last : "");
    }

    private Map<String, Object> tags(Exchange exchange, Caller caller) {
        RepositoryName repository = readable(exchange, caller);
        int offset;
        try {
            offset = Math.max(0, Integer.parseInt(exchange.query("offset").orElse("0")));
        } catch (NumberFormatException e) {
            throw new RegistryError(RegistryError.Code.UNSUPPORTED, e, "offset is no number");
        }
        List<Catalog.TagDetail> found = registry.catalog()
                .tagDetails(repository, exchange.query("search").orElse(""), offset, ROWS + 1);
        List<Map<String, Object>> rows = new ArrayList<>();
        for (Catalog.TagDetail tag : found.subList(0, Math.min(ROWS, found.size()))) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("name", tag.name());
            row.put("digest", tag.digest().toString());
            row.put("mediaType", tag.mediaType());
            row.put("size", tag.size());
            row.put("pushed", tag.pushed().toString());
            tag.pulled().ifPresent(pulled -> row.put("pulled", pulled.toString()));
            rows.add(row);
        }
        return Map.of(
                "tags",
                rows,
                "more",
                found.size() > ROWS,
                "mayDelete",
                registry.allowsDeletion() && access.allows(caller, repository, Action.DELETE));
    }

    private RepositoryName readable(Exchange exchange, Caller caller) {
        var repository = new RepositoryName(exchange.query("repository").orElse(""));
        if (!access.allows(caller, repository, Action.PULL)) {
            throw new RegistryError(RegistryError.Code.DENIED, "%s may not pull %s", caller.name(), repository);
        }
        return repository;
    }

    /** Tags that the next collection removes. */
    private Map<String, Object> retention(Exchange exchange, Caller caller) {
        RepositoryName repository = readable(exchange, caller);
        List<String> doomed = served.retention().doomed(repository).stream()
                .map(Catalog.TagDetail::name)
                .toList();
        return Map.of("rule", served.retention().rule(repository).isPresent(), "removed", doomed);
    }

    /** Broken blobs of repositories that the caller may see. */
    private Map<String, Object> damage(Caller caller) {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (Catalog.Damage damage : registry.catalog().damages(MAXIMUM_DAMAGES)) {
            List<String> seen = Stream.of(damage.repositories().split(" "))
                    .filter(name -> !name.isEmpty() && access.allows(caller, new RepositoryName(name), Action.PULL))
                    .toList();
            if (!seen.isEmpty()) {
                rows.add(Map.of(
                        "digest", damage.digest().toString(),
                        "size", damage.size(),
                        "found", damage.found().toString(),
                        "repositories", seen));
            }
        }
        return Map.of("blobs", rows);
    }
}
