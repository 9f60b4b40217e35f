package dev.priok.logs.internal;

import dev.priok.core.Failure;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What happens when a log cannot be written as fast as the container writes.
 *
 * @param droppingBehindBytes {@code mode=non-blocking}: what is more than so many bytes behind is dropped and counted; empty for
 *     {@code mode=blocking}, where the container waits
 */
record DeliveryOptions(OptionalLong droppingBehindBytes) {
    static final Set<String> NAMES = Set.of("mode", "max-buffer-size");

    /** As Docker's ring (moby {@code daemon/logger/ring.go}). */
    private static final long DEFAULT_BUFFER_BYTES = 1_000_000;

    static DeliveryOptions parse(Map<String, String> options) {
        String mode = options.getOrDefault("mode", "blocking");
        String buffer = options.get("max-buffer-size");
        if (mode.equals("non-blocking")) {
            long bytes = buffer == null ? DEFAULT_BUFFER_BYTES : OptionText.size(buffer, 1024);
            return new DeliveryOptions(OptionalLong.of(bytes));
        }
        if (!mode.isEmpty() && !mode.equals("blocking")) {
            throw Failure.invalid("logger: logging mode not supported: %s", mode);
        }
        if (buffer != null) {
            throw Failure.invalid("logger: max-buffer-size option is only supported with 'mode=non-blocking'");
        }
        return new DeliveryOptions(OptionalLong.empty());
    }
}
