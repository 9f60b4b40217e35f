package dev.priok.registryserver;

import dev.priok.core.Failure;
import dev.priok.registry.AuditLog;
import dev.priok.registry.RepositoryName;
import dev.priok.registry.Scrub;
import java.io.IOException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the registry works. Alive is one whose database answers; ready is one that can take a push too: its storage can be
 * written, there is room, and so can the audit log. Broken blobs are told and make it neither.
 */
final class Health {
    private static final Logger LOG = LoggerFactory.getLogger(Health.class);

    /** Less room than this is too little for any push. */
    private static final long LEAST_BYTES = 64L << 20;
    /** Probes write to the disk, so that many who ask get the same answer for this long. */
    private static final long REMEMBERED_NANOS = 2_000_000_000L;
    /** Broken blobs that are counted. */
    private static final int MAXIMUM_DAMAGES = 1000;

    private static final RepositoryName PROBE = new RepositoryName("probe");

    private final ServedRegistry served;
    // Guarded by this, both.
    private Report last = new Report(false, Map.of());
    private long at;

    /**
     * What was found.
     *
     * @param ready whether everything works
     * @param checks what was looked at, each {@code ok} or what is wrong
     */
    record Report(boolean ready, Map<String, String> checks) {
        byte[] json() {
            Map<String, Object> all = new LinkedHashMap<>();
            all.put("status", ready ? "ok" : "unready");
            all.put("checks", checks);
            return ErrorBodies.json(all);
        }
    }

    Health(ServedRegistry served) {
        this.served = served;
    }

    /** Whether the process is worth keeping. */
    Report alive() {
        String database = database();
        Map<String, String> checks = new LinkedHashMap<>();
        checks.put("database", database);
        if (database.equals("ok")) {
            checks.put("blobs", blobs());
            served.scrub().flatMap(Scrub::last).map(Instant::toString).ifPresent(when -> checks.put("scrubbed", when));
        }
        return new Report(database.equals("ok"), checks);
    }

    /** Whether clients should be sent here. */
    synchronized Report ready() {
        if (at == 0 || System.nanoTime() - at > REMEMBERED_NANOS) {
            Map<String, String> checks = new LinkedHashMap<>();
            checks.put("database", database());
            checks.put("storage", storage());
            checks.put(
                    "audit", served.audit().map(AuditLog::isBroken).orElse(false) ? "the log cannot be written" : "ok");
            last = new Report(checks.values().stream().allMatch("ok"::equals), checks);
            at = System.nanoTime();
        }
        return last;
    }

    private String database() {
        try {
            served.registry().catalog().exists(PROBE);
            return "ok";
        } catch (Failure e) {
            LOG.error("the registry's database does not answer", e);
            return "it does not answer";
        }
    }

    private String storage() {
        try {
            long free = served.registry().probe();
            return free < LEAST_BYTES ? "%d bytes are free, too few for a push".formatted(free) : "ok";
        } catch (IOException e) {
            LOG.error("the registry's storage cannot be written", e);
            return "it cannot be written";
        }
    }

    private String blobs() {
        int broken = served.registry().catalog().damages(MAXIMUM_DAMAGES).size();
        return broken == 0 ? "ok" : broken + " broken and moved aside: see /registry/damage";
    }
}
