package dev.priok.engine;

import dev.priok.core.Event;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What happened. The last events are kept for those who come late. */
public interface Events {
    /** Tells everybody; never blocks. */
    void publish(Event event);

    /**
     * Kept events from {@code since} on (none when null), then new ones, until {@code until} (for ever when null). A reader that
     * falls behind by more than what is kept loses the oldest. Filter keys are Docker's.
     */
    Cursor<Event> subscribe(@Nullable Instant since, @Nullable Instant until, Filters filters);
}
