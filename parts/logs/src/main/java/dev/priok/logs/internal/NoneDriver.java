package dev.priok.logs.internal;

import dev.priok.logs.LogBatch;
import dev.priok.logs.LogCursor;
import dev.priok.logs.LogDriver;
import dev.priok.logs.LogQuery;
import dev.priok.logs.Overflow;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Keeps nothing. */
public final class NoneDriver implements LogDriver {
    private final Optional<Overflow> overflow;

    public NoneDriver(Map<String, String> options) {
        overflow = DeliveryOptions.parse(options);
    }

    /** Checks the options of none. */
    public static void check(Map<String, String> options) {
        Optional<Overflow> _ = DeliveryOptions.parse(options);
    }

    @Override
    public Optional<Overflow> overflow() {
        return overflow;
    }

    @Override
    public void begin() {}

    @Override
    public boolean keeps() {
        return false;
    }

    @Override
    public void write(LogBatch batch, Marks marks) {}

    @Override
    public Mark mark() {
        return Mark.NONE;
    }

    @Override
    public Behind recover(Mark mark) {
        return Behind.NOTHING;
    }

    @Override
    public void finish() {}

    @Override
    public Optional<LogCursor> read(LogQuery query) {
        return Optional.empty();
    }

    @Override
    public Optional<Path> path() {
        return Optional.empty();
    }

    @Override
    public void close() {}
}
