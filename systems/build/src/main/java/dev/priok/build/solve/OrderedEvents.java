package dev.priok.build.solve;

import dev.priok.build.BuildEvent;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Tells what happens in steps that run at the same time as if they had run one after the other: the earliest step that is not done
 * is told at once, the others wait.
 */
final class OrderedEvents {
    private final Consumer<BuildEvent> out;
    private final Path scratch;
    private final List<Integer> order;
    private final Map<Integer, EventQueue> queues = new HashMap<>();
    private final Set<Integer> done = new HashSet<>();
    private int current;

    /**
     * Begins with the first step.
     *
     * @param scratch directory for text that waits
     * @param order of the steps
     */
    OrderedEvents(Consumer<BuildEvent> out, Path scratch, List<Integer> order) {
        this.out = out;
        this.scratch = scratch;
        this.order = List.copyOf(order);
    }

    /** Takes one event of a step. */
    synchronized void tell(int step, BuildEvent event) {
        if (current < order.size() && order.get(current) == step) {
            out.accept(event);
        } else {
            queues.computeIfAbsent(step, _ -> new EventQueue(scratch)).add(event);
        }
    }

    /** Notes that nothing more comes from a step. */
    synchronized void done(int step) {
        done.add(step);
        while (current < order.size() && done.contains(order.get(current))) {
            current++;
            if (current < order.size()) {
                flush(order.get(current));
            }
        }
    }

    /** Tells all that waits of the steps up to one, the last to be told. */
    synchronized void finish(int last) {
        while (current < order.size() && order.get(current) < last) {
            current++;
            if (current < order.size()) {
                flush(order.get(current));
            }
        }
        close();
    }

    private void flush(int step) {
        try (EventQueue queue = queues.remove(step)) {
            if (queue != null) {
                queue.drain(out);
            }
        }
    }

    synchronized void close() {
        current = order.size();
        queues.values().forEach(EventQueue::close);
        queues.clear();
    }
}
