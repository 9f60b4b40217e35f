package dev.priok.logs.internal;

import dev.priok.logs.LogBatch;
import dev.priok.logs.LogCursor;
import dev.priok.logs.LogDriver;
import dev.priok.logs.LogQuery;
import java.nio.file.Path;
import java.util.Optional;

/** Keeps nothing. */
public final class NoneDriver implements LogDriver {
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
