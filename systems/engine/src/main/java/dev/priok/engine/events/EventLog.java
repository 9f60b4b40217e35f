package dev.priok.engine.events;

import dev.priok.core.Event;
import dev.priok.engine.Cursor;
import dev.priok.engine.Events;
import dev.priok.engine.Filters;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A ring of the last events that every subscriber reads at its own pace: publishing costs the same with none and with many, and
 * a slow subscriber holds nobody up.
 */
public final class EventLog implements Events, AutoCloseable {
    /** Docker replays 256; more lets a reader fall behind by a burst of 60 starts (some 400 events) and lose nothing. */
    public static final int CAPACITY = 4096;

    private final InstantSource clock;
    private final @Nullable Event[] ring = new Event[CAPACITY];
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition published = lock.newCondition();
    private final AtomicInteger subscribers = new AtomicInteger();
    private long next;
    private boolean closed;

    public EventLog(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public void publish(Event event) {
        lock.lock();
        try {
            ring[(int) (next % CAPACITY)] = event;
            next++;
            published.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** How many read now, for {@code docker info}. */
    public int subscribers() {
        return subscribers.get();
    }

    @Override
    public Cursor<Event> subscribe(@Nullable Instant since, @Nullable Instant until, Filters filters) {
        EventFilter filter = new EventFilter(filters);
        lock.lock();
        try {
            // Without a beginning only what comes is told; with an end in the past the kept events are wanted all the
            // same.
            long from = since == null && (until == null || until.isAfter(clock.instant()))
                    ? next
                    : Math.max(0, next - CAPACITY);
            subscribers.incrementAndGet();
            return new Reader(from, since, until, filter);
        } finally {
            lock.unlock();
        }
    }

    /** Ends all subscriptions. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            published.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private final class Reader implements Cursor<Event> {
        private final @Nullable Instant since;
        private final @Nullable Instant until;
        private final EventFilter filter;
        private long position;
        private boolean ended;

        Reader(long position, @Nullable Instant since, @Nullable Instant until, EventFilter filter) {
            this.position = position;
            this.since = since;
            this.until = until;
            this.filter = filter;
        }

        @Override
        public @Nullable Event next() throws InterruptedException {
            lock.lockInterruptibly();
            try {
                while (true) {
                    if (ended) {
                        return null;
                    }
                    position = Math.max(position, next - CAPACITY);
                    while (position < next) {
                        Event event = ring[(int) (position % CAPACITY)];
                        position++;
                        if (event != null && inTime(event) && filter.wants(event)) {
                            return event;
                        }
                    }
                    if (closed) {
                        return null;
                    }
                    if (until == null) {
                        published.await();
                    } else {
                        long nanos = Duration.between(clock.instant(), until).toNanos();
                        if (nanos <= 0) {
                            return null;
                        }
                        long _ = published.awaitNanos(nanos);
                    }
                }
            } finally {
                lock.unlock();
            }
        }

        private boolean inTime(Event event) {
            return (since == null || !event.time().isBefore(since))
                    && (until == null || !event.time().isAfter(until));
        }

        @Override
        public void close() {
            lock.lock();
            try {
                if (!ended) {
                    ended = true;
                    subscribers.decrementAndGet();
                    published.signalAll();
                }
            } finally {
                lock.unlock();
            }
        }
    }
}
