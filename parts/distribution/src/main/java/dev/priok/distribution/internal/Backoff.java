package dev.priok.distribution.internal;

import java.io.InterruptedIOException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/** How long to wait before trying again: doubling, with chance, and as long as the registry says. */
public final class Backoff {
    private static final long FIRST_MILLIS = 250;
    private static final long LONGEST_MILLIS = 8_000;
    /** Who is told to come back later than this tells his user instead of waiting. */
    private static final Duration LONGEST_ASKED = Duration.ofSeconds(30);

    private final int attempts;
    private int failed;

    public Backoff(int attempts) {
        this.attempts = Math.max(1, attempts);
    }

    /** Counts one more failure; whether there is another try, after which wait. */
    public Optional<Duration> next(Optional<String> retryAfter) {
        failed++;
        if (failed >= attempts) {
            return Optional.empty();
        }
        Optional<Duration> asked = retryAfter.flatMap(Backoff::parse);
        if (asked.isPresent()) {
            return asked.filter(wait -> wait.compareTo(LONGEST_ASKED) <= 0);
        }
        long base = Math.min(LONGEST_MILLIS, FIRST_MILLIS << Math.min(10, failed - 1));
        return Optional.of(
                Duration.ofMillis(base / 2 + ThreadLocalRandom.current().nextLong(base / 2 + 1)));
    }

    private static Optional<Duration> parse(String text) {
        if (text.matches("[0-9]{1,9}")) {
            return Optional.of(Duration.ofSeconds(Long.parseLong(text)));
        }
        try {
            ZonedDateTime when = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME);
            Duration wait = Duration.ofMillis(when.toInstant().toEpochMilli() - System.currentTimeMillis());
            return Optional.of(wait.isNegative() ? Duration.ZERO : wait);
        } catch (DateTimeParseException _) {
            return Optional.empty();
        }
    }

    public static void sleep(Duration wait) throws InterruptedIOException {
        try {
            Thread.sleep(wait);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            InterruptedIOException interrupted = new InterruptedIOException("interrupted");
            interrupted.initCause(e);
            throw interrupted;
        }
    }
}
