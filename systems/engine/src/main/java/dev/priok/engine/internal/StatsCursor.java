package dev.priok.engine.internal;

import dev.priok.cgroup.CgroupStats;
import dev.priok.engine.Cursor;
import dev.priok.engine.Stats;
import dev.priok.engine.lifecycle.Container;
import dev.priok.engine.lifecycle.Lifecycles;
import dev.priok.engine.lifecycle.Machine;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Readings of a container's counters, one a second. */
final class StatsCursor implements Cursor<Stats> {
    private static final Duration PERIOD = Duration.ofSeconds(1);

    private final Machine machine;
    private final Lifecycles machinery;
    private final Container container;
    private final boolean stream;
    private final boolean oneShot;
    private final CountDownLatch closed = new CountDownLatch(1);
    private @Nullable Reading previous;
    private boolean given;

    private record Reading(Instant at, CgroupStats stats) {}

    StatsCursor(Machine machine, Lifecycles machinery, Container container, boolean stream, boolean oneShot) {
        this.machine = machine;
        this.machinery = machinery;
        this.container = container;
        this.stream = stream;
        this.oneShot = oneShot;
    }

    @Override
    public @Nullable Stats next() throws IOException, InterruptedException {
        if (given && !stream) {
            return null;
        }
        boolean first = !given;
        given = true;
        if (first && !stream && !oneShot) {
            previous = read().orElse(null);
        }
        boolean waits = first ? !stream && !oneShot && previous != null : true;
        if (waits && closed.await(PERIOD.toMillis(), TimeUnit.MILLISECONDS)) {
            return null;
        }
        if (machinery.registry().find(container.id()).isEmpty()) {
            return null;
        }
        Reading before = previous;
        Optional<Reading> now = read();
        previous = now.orElse(null);
        return now.map(reading -> stats(reading, before)).orElseGet(this::nothing);
    }

    private Optional<Reading> read() throws IOException {
        Optional<CgroupStats> stats = machinery.stats(container);
        return stats.map(s -> new Reading(machine.now(), s));
    }

    private Stats nothing() {
        return new Stats(
                container.id(), container.definition().name(), null, null, null, null, null, null, null, Map.of());
    }

    private Stats stats(Reading now, @Nullable Reading before) {
        CgroupStats s = now.stats();
        return new Stats(
                container.id(),
                container.definition().name(),
                now.at(),
                before == null ? null : before.at(),
                cpu(s.cpu()),
                before == null ? null : cpu(before.stats().cpu()),
                new Stats.Memory(
                        s.memory().usageBytes(),
                        s.memory().maximumUsageBytes().orElse(0),
                        s.memory().failures(),
                        s.memory().limitBytes(),
                        s.memory().details()),
                new Stats.Pids(s.pids().current(), s.pids().limit().orElse(0)),
                new Stats.Block(
                        entries(s.blockIo().bytes()), entries(s.blockIo().operations())),
                interfaces());
    }

    /** Those of the host are not the container's. */
    private Map<String, Stats.Network> interfaces() {
        int pid = container.state().pid();
        boolean own = !container.definition().spec().network().mode().equals("host");
        return own && pid > 0 ? InterfaceCounters.of(pid) : Map.of();
    }

    private static Stats.Cpu cpu(CgroupStats.Cpu cpu) {
        return new Stats.Cpu(
                cpu.usageNanos(),
                cpu.userNanos(),
                cpu.systemNanos(),
                cpu.hostNanos(),
                cpu.onlineCpus(),
                cpu.perCpuNanos(),
                cpu.periods(),
                cpu.throttledPeriods(),
                cpu.throttledNanos());
    }

    private static List<Stats.BlockEntry> entries(List<CgroupStats.BlockIo.Entry> entries) {
        return entries.stream()
                .map(e -> new Stats.BlockEntry(
                        e.major(), e.minor(), e.operation().toLowerCase(java.util.Locale.ROOT), e.value()))
                .toList();
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
