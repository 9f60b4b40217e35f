package dev.priok.logs.internal;

import dev.priok.core.Failure;
import dev.priok.logs.Overflow;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What happens when a log cannot be written as fast as the container writes: options that every driver has. */
final class DeliveryOptions {
    static final Set<String> NAMES = Set.of("mode", "max-buffer-size");

    /** As Docker's ring (moby {@code daemon/logger/ring.go}). */
    private static final long DEFAULT_BUFFER_BYTES = 1_000_000;

    private DeliveryOptions() {}

    /**
     * {@code mode=non-blocking}: what is more than {@code max-buffer-size} behind is dropped and counted; empty for
     * {@code mode=blocking}, where the container waits.
     */
    static Optional<Overflow> parse(Map<String, String> options) {
        String mode = options.getOrDefault("mode", "blocking");
        String buffer = options.get("max-buffer-size");
        if (mode.equals("non-blocking")) {
            long bytes = buffer == null ? 0 : OptionText.size(buffer, 1024);
            return Optional.of(new Overflow(bytes == 0 ? DEFAULT_BUFFER_BYTES : bytes));
        }
        if (!mode.isEmpty() && !mode.equals("blocking")) {
            throw Failure.invalid("logger: logging mode not supported: %s", mode);
        }
        if (buffer != null) {
            throw Failure.invalid("logger: max-buffer-size option is only supported with 'mode=non-blocking'");
        }
        return Optional.empty();
    }
}
