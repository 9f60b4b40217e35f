package dev.priok.core;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Who may not be collected right now. Work that makes or is about to name content opens a {@link Lease}, protects each digest
 * <em>before</em> it looks whether it exists, and closes the lease once the content is named by something that lasts. A
 * collector opens a {@link Sweep} before it marks what is alive; what was protected at any time since then is spared, so
 * nothing can fall between marking and sweeping. Leases live as long as the process: what a killed process had leased
 * and not named is garbage. Safe from any thread.
 */
public final class Leases {
    private final Map<Digest, Integer> holders = new HashMap<>();
    private final List<Sweep> sweeps = new ArrayList<>();

    /** A lease on nothing yet; close it when the work is named or given up. */
    public Lease open() {
        return new Lease();
    }

    /** Begins a collection; open it before marking. */
    public Sweep sweep() {
        synchronized (holders) {
            Sweep sweep = new Sweep(new HashSet<>(holders.keySet()));
            sweeps.add(sweep);
            return sweep;
        }
    }

    /** Protects digests until it is closed. */
    public final class Lease implements AutoCloseable {
        private final Set<Digest> digests = new HashSet<>();

        private Lease() {}

        /** From the return of this call the digest is safe, whether or not it exists yet. */
        public void protect(Digest digest) {
            synchronized (holders) {
                if (digests.add(digest)) {
                    holders.merge(digest, 1, Integer::sum);
                    sweeps.forEach(sweep -> sweep.spared.add(digest));
                }
            }
        }

        @Override
        public void close() {
            synchronized (holders) {
                digests.forEach(digest -> holders.computeIfPresent(digest, (_, n) -> n == 1 ? null : n - 1));
                digests.clear();
            }
        }
    }

    /** One collection. */
    public final class Sweep implements AutoCloseable {
        private final Set<Digest> spared;

        private Sweep(Set<Digest> spared) {
            this.spared = spared;
        }

        /** Does {@code delete} unless the digest is protected; nobody can protect it meanwhile, so keep it short. */
        public boolean delete(Digest digest, Runnable delete) {
            synchronized (holders) {
                if (spared.contains(digest)) {
                    return false;
                }
                delete.run();
                return true;
            }
        }

        @Override
        public void close() {
            synchronized (holders) {
                sweeps.remove(this);
            }
        }
    }
}
