package dev.priok.runtime.internal;

import dev.priok.init.Report;
import dev.priok.linux.DescriptorCalls;
import dev.priok.linux.Epoll;
import dev.priok.linux.Fd;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One platform thread that reads the reports of all monitors and reaps them. */
final class Watcher implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Watcher.class);

    /** Reports read at once; what is left makes epoll return again. */
    private static final int BATCH = 64;

    private static final long WAKE = 0;

    private final Epoll epoll;
    private final DescriptorCalls.Pipe wake;
    private final Thread thread;
    private final AtomicLong nextKey = new AtomicLong(1);
    private final Map<Long, MonitoredProcess> processes = new ConcurrentHashMap<>();
    private final ByteBuffer buffer =
            ByteBuffer.allocateDirect(BATCH * Report.BYTES).order(ByteOrder.nativeOrder());
    private volatile boolean closed;

    Watcher() throws IOException {
        epoll = new Epoll();
        wake = DescriptorCalls.host().pipe();
        epoll.add(wake.read(), Epoll.IN, WAKE);
        thread = Thread.ofPlatform().name("priok-monitors").daemon().start(this::run);
    }

    /** Watches a monitor until it ends. */
    void watch(MonitoredProcess process) throws IOException {
        long key = nextKey.getAndIncrement();
        processes.put(key, process);
        // Even keys are reports, odd ones the ends of monitors.
        epoll.add(process.report(), Epoll.IN, 2 * key);
        epoll.add(process.monitor(), Epoll.IN, 2 * key + 1);
    }

    private void run() {
        while (!closed) {
            try {
                epoll.await(-1, this::ready);
            } catch (IOException | RuntimeException e) {
                LOG.error("watching monitors failed", e);
            }
        }
    }

    private void ready(long key, int events) throws IOException {
        MonitoredProcess process = processes.get(key / 2);
        if (key == WAKE || process == null) {
            return;
        }
        boolean open = read(process);
        if (key % 2 == 1) {
            processes.remove(key / 2);
            epoll.remove(process.monitor());
            process.monitorEnded();
        } else if (!open) {
            epoll.remove(process.report());
        }
    }

    /** Hands over the reports that wait; false at the end of the pipe. */
    private boolean read(MonitoredProcess process) throws IOException {
        Fd report = process.report();
        while (report.isOpen()) {
            buffer.clear();
            int n = DescriptorCalls.host().read(report, buffer);
            if (n <= 0) {
                return n < 0;
            }
            buffer.flip();
            for (Optional<Report> next = Report.read(buffer); next.isPresent(); next = Report.read(buffer)) {
                process.accept(next.get());
            }
        }
        return true;
    }

    /** Stops; monitors see that nobody listens any more when their pipes are closed. */
    @Override
    public void close() {
        closed = true;
        try {
            DescriptorCalls.host().writeAll(wake.write(), new byte[1]);
            thread.join();
        } catch (IOException e) {
            LOG.error("waking the watcher failed", e);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        processes.values().forEach(MonitoredProcess::close);
        wake.close();
        epoll.close();
    }
}
