package dev.priok.engine;

import java.util.List;

/** What prune removed, and the bytes that came back. */
public record PruneResult(List<String> deleted, long reclaimedBytes) {
    public PruneResult {
        deleted = Copies.list(deleted);
    }
}
