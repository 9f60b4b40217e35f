package dev.priok.engine.lifecycle;

import dev.priok.core.Failure;
import dev.priok.engine.Limits;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Old limits with those that an update names (moby {@code container/container_unix.go}, {@code UpdateContainer}). */
final class LimitsUpdate {
    private LimitsUpdate() {}

    static Limits merge(Limits old, Limits wanted) {
        if (wanted.nanoCpus() > 0 && (old.cpuPeriod() > 0 || old.cpuQuota() > 0)) {
            throw Failure.conflict(
                    "Conflicting options: Nano CPUs cannot be updated as CPU Period/Quota has already been set");
        }
        if ((wanted.cpuPeriod() > 0 || wanted.cpuQuota() > 0) && old.nanoCpus() > 0) {
            throw Failure.conflict(
                    "Conflicting options: CPU Period/Quota cannot be updated as NanoCPUs has already been set");
        }
        if (!wanted.ulimits().isEmpty() || !wanted.cgroupParent().isEmpty()) {
            throw Failure.invalid(
                    "%s cannot be updated: it is fixed when a container is created",
                    wanted.ulimits().isEmpty() ? "CgroupParent" : "Ulimits");
        }
        long memory = or(wanted.memory(), old.memory());
        long swap = or(wanted.memorySwap(), old.memorySwap());
        if (wanted.memory() != 0 && wanted.memorySwap() == 0 && swap > 0 && memory > swap) {
            throw Failure.conflict(
                    "Memory limit should be smaller than already set memoryswap limit, update the memoryswap at the same time");
        }
        return new Limits(
                memory,
                swap,
                or(wanted.memoryReservation(), old.memoryReservation()),
                or(wanted.memorySwappiness(), old.memorySwappiness()),
                or(wanted.oomKillDisable(), old.oomKillDisable()),
                or(wanted.nanoCpus(), old.nanoCpus()),
                or(wanted.cpuShares(), old.cpuShares()),
                or(wanted.cpuPeriod(), old.cpuPeriod()),
                or(wanted.cpuQuota(), old.cpuQuota()),
                or(wanted.cpuRealtimePeriod(), old.cpuRealtimePeriod()),
                or(wanted.cpuRealtimeRuntime(), old.cpuRealtimeRuntime()),
                or(wanted.cpusetCpus(), old.cpusetCpus()),
                or(wanted.cpusetMems(), old.cpusetMems()),
                pids(wanted.pidsLimit(), old.pidsLimit()),
                wanted.blkioWeight() == 0 ? old.blkioWeight() : wanted.blkioWeight(),
                or(wanted.blkioWeightDevice(), old.blkioWeightDevice()),
                or(wanted.readBps(), old.readBps()),
                or(wanted.writeBps(), old.writeBps()),
                or(wanted.readIops(), old.readIops()),
                or(wanted.writeIops(), old.writeIops()),
                old.ulimits(),
                old.cgroupParent());
    }

    /** All ways to say "unlimited" are shown as 0. */
    private static @Nullable Long pids(@Nullable Long wanted, @Nullable Long old) {
        return wanted == null ? old : (Long) Math.max(0, wanted);
    }

    private static long or(long wanted, long old) {
        return wanted == 0 ? old : wanted;
    }

    private static String or(String wanted, String old) {
        return wanted.isEmpty() ? old : wanted;
    }

    private static <T> @Nullable T or(@Nullable T wanted, @Nullable T old) {
        return wanted == null ? old : wanted;
    }

    private static <T> List<T> or(List<T> wanted, List<T> old) {
        return wanted.isEmpty() ? old : wanted;
    }
}
