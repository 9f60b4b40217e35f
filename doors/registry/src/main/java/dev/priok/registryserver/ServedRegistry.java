package dev.priok.registryserver;

import dev.priok.registry.AuditLog;
import dev.priok.registry.GarbageCollection;
import dev.priok.registry.PullThrough;
import dev.priok.registry.Registry;
import dev.priok.registry.Retention;
import dev.priok.registry.Scrub;
import dev.priok.registry.Webhooks;
import dev.priok.registry.access.AccessControl;
import dev.priok.registry.access.RateLimits;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/**
 * A registry with what stands around it.
 *
 * @param registry that answers
 * @param access who may do what
 * @param sharedStore whether clients on this machine may link blobs of the store that no repository has
 * @param copies what is a copy of another registry
 * @param limits how often one may ask
 * @param audit where it is written who did what
 * @param webhooks whom it is told
 * @param retention which tags go by themselves
 * @param collection of garbage
 * @param scrub of blobs
 */
public record ServedRegistry(
        Registry registry,
        AccessControl access,
        boolean sharedStore,
        Optional<PullThrough> copies,
        RateLimits limits,
        Optional<AuditLog> audit,
        Optional<Webhooks> webhooks,
        Retention retention,
        Optional<GarbageCollection> collection,
        Optional<Scrub> scrub) {
    /** A registry alone. */
    public static ServedRegistry of(Registry registry, AccessControl access) {
        return new ServedRegistry(
                registry,
                access,
                false,
                Optional.empty(),
                RateLimits.none(),
                Optional.empty(),
                Optional.empty(),
                new Retention(registry.catalog(), List.of(), InstantSource.system()),
                Optional.empty(),
                Optional.empty());
    }
}
