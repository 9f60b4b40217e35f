package dev.priok.registry.internal;

import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ToLongFunction;

/**
 * Values by key up to a number of bytes; when it is full about an eighth goes, whichever comes first. Safe from any thread.
 *
 * @param <K> key
 * @param <V> value
 */
public final class ByteBoundedCache<K, V> {
    private final Map<K, V> values = new ConcurrentHashMap<>();
    private final AtomicLong bytes = new AtomicLong();
    private final long limit;
    private final ToLongFunction<V> weight;

    /**
     * @param limit bytes
     * @param weight bytes that a value takes with its key
     */
    public ByteBoundedCache(long limit, ToLongFunction<V> weight) {
        this.limit = limit;
        this.weight = weight;
    }

    public Optional<V> get(K key) {
        return Optional.ofNullable(values.get(key));
    }

    public void put(K key, V value) {
        long added = weight.applyAsLong(value);
        if (added > limit / 8) {
            return;
        }
        V before = values.put(key, value);
        long total = bytes.addAndGet(added - (before == null ? 0 : weight.applyAsLong(before)));
        if (total > limit) {
            shrink();
        }
    }

    private synchronized void shrink() {
        Iterator<Map.Entry<K, V>> entries = values.entrySet().iterator();
        while (entries.hasNext() && bytes.get() > limit - limit / 8) {
            remove(entries.next().getKey());
        }
    }

    public void remove(K key) {
        V before = values.remove(key);
        if (before != null) {
            bytes.addAndGet(-weight.applyAsLong(before));
        }
    }

    public void clear() {
        values.keySet().forEach(this::remove);
    }
}
