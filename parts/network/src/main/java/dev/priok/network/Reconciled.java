package dev.priok.network;

import java.util.List;

/**
 * What a {@link Wiring#reconcile} found.
 *
 * @param problems one sentence each on what is not as intended and could not be mended: a port that another process has taken
 *     meanwhile, a sandbox that is gone
 * @param repaired how many links, addresses and rules had to be made again
 * @param removed how many leftovers were removed
 */
public record Reconciled(List<String> problems, int repaired, int removed) {
    public Reconciled {
        problems = List.copyOf(problems);
    }
}
