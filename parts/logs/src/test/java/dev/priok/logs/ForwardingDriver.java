package dev.priok.logs;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** Another driver, for tests that change what one of its methods does. */
public class ForwardingDriver implements LogDriver {
    private final LogDriver disk;

    protected ForwardingDriver(LogDriver disk) {
        this.disk = disk;
    }

    @Override
    public void write(LogBatch batch, Marks marks) throws IOException {
        disk.write(batch, marks);
    }

    @Override
    public void begin() throws IOException {
        disk.begin();
    }

    @Override
    public Mark mark() throws IOException {
        return disk.mark();
    }

    @Override
    public Behind recover(Mark mark) throws IOException {
        return disk.recover(mark);
    }

    @Override
    public Optional<Overflow> overflow() {
        return disk.overflow();
    }

    @Override
    public void finish() {
        disk.finish();
    }

    @Override
    public Optional<LogCursor> read(LogQuery query) throws IOException {
        return disk.read(query);
    }

    @Override
    public Optional<Path> path() {
        return disk.path();
    }

    @Override
    public void close() throws IOException {
        disk.close();
    }
}
