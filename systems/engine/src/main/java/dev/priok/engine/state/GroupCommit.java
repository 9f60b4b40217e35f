package dev.priok.engine.state;

import dev.priok.core.Failure;
import dev.priok.database.Database;
import dev.priok.database.Durability;
import dev.priok.database.Transaction;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts changes that come at the same time into one transaction, so that many containers that start at once share one flush of
 * the disk. Changes are applied in the order in which they were given.
 */
final class GroupCommit {
    private static final Logger LOG = LoggerFactory.getLogger(GroupCommit.class);

    private final Database database;
    private final ConcurrentLinkedQueue<Entry> queue = new ConcurrentLinkedQueue<>();
    private final ReentrantLock leader = new ReentrantLock();
    private final AtomicBoolean flushing = new AtomicBoolean();

    GroupCommit(Database database) {
        this.database = database;
    }

    /** One change. */
    interface Change {
        void apply(Transaction tx) throws SQLException;
    }

    private static final class Entry {
        final Change change;
        final Durability durability;
        /** Guarded by the leader's lock. */
        boolean done;

        @Nullable
        RuntimeException failure;

        Entry(Change change, Durability durability) {
            this.change = change;
            this.durability = durability;
        }
    }

    /** Returns when the change is on disk. */
    void now(Change change) {
        Entry entry = new Entry(change, Durability.FULL);
        queue.add(entry);
        leader.lock();
        try {
            // Whoever led while this thread waited may have done it.
            if (!entry.done) {
                drain();
            }
        } finally {
            leader.unlock();
        }
        if (entry.failure != null) {
            throw entry.failure;
        }
    }

    /** Returns at once; the change is written soon, and before any later one. */
    void soon(Change change) {
        queue.add(new Entry(change, Durability.RELAXED));
        if (flushing.compareAndSet(false, true)) {
            Thread.ofVirtual().name("engine-state").start(this::flush);
        }
    }

    /** Writes what waits. */
    void flush() {
        flushing.set(false);
        leader.lock();
        try {
            drain();
        } finally {
            leader.unlock();
        }
    }

    private void drain() {
        List<Entry> batch = new ArrayList<>();
        for (Entry entry = queue.poll(); entry != null; entry = queue.poll()) {
            batch.add(entry);
        }
        if (batch.isEmpty()) {
            return;
        }
        boolean full = batch.stream().anyMatch(e -> e.durability == Durability.FULL);
        try {
            commit(batch, full ? Durability.FULL : Durability.RELAXED);
        } catch (RuntimeException e) {
            if (batch.size() == 1) {
                fail(batch.getFirst(), e);
            } else {
                alone(batch);
            }
        }
    }

    private void commit(List<Entry> batch, Durability durability) {
        database.transact(durability, tx -> {
            for (Entry entry : batch) {
                entry.change.apply(tx);
            }
            return batch.size();
        });
        batch.forEach(entry -> entry.done = true);
    }

    /** One of them is bad: the others must not suffer for it. */
    private void alone(List<Entry> batch) {
        for (Entry entry : batch) {
            try {
                commit(List.of(entry), entry.durability);
            } catch (RuntimeException e) {
                fail(entry, e);
            }
        }
    }

    private static void fail(Entry entry, RuntimeException e) {
        entry.done = true;
        entry.failure = e;
        if (entry.durability == Durability.RELAXED) {
            String why = e instanceof Failure f ? f.message() : e.toString();
            LOG.error("a change of state was not written: {}", why, e);
        }
    }
}
