package dev.priok.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LeasesTest {
    private static final Digest A = Digest.sha256(new byte[] {1});

    private final Leases leases = new Leases();
    private final List<Digest> deleted = new ArrayList<>();

    private boolean delete(Leases.Sweep sweep) {
        return sweep.delete(A, () -> deleted.add(A));
    }

    @Test
    void delete_unprotected_deletes() {
        try (Leases.Sweep sweep = leases.sweep()) {
            assertTrue(delete(sweep));
        }
        assertEquals(List.of(A), deleted);
    }

    @Test
    void delete_leaseClosedSinceTheSweepBegan_spares() {
        Leases.Lease before = leases.open();
        before.protect(A);
        try (Leases.Sweep sweep = leases.sweep()) {
            before.close();
            assertFalse(delete(sweep));
        }
        try (Leases.Sweep sweep = leases.sweep()) {
            try (Leases.Lease during = leases.open()) {
                during.protect(A);
            }
            assertFalse(delete(sweep));
        }
        try (Leases.Sweep sweep = leases.sweep()) {
            assertTrue(delete(sweep));
        }
    }

    @Test
    void delete_twoHolders_sparesUntilBothAreDone() {
        Leases.Lease one = leases.open();
        Leases.Lease two = leases.open();
        one.protect(A);
        one.protect(A);
        two.protect(A);
        one.close();
        try (Leases.Sweep sweep = leases.sweep()) {
            assertFalse(delete(sweep));
        }
        two.close();
        try (Leases.Sweep sweep = leases.sweep()) {
            assertTrue(delete(sweep));
        }
    }
}
