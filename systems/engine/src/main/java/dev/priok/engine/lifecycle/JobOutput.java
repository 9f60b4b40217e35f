package dev.priok.engine.lifecycle;

import dev.priok.engine.OutputSink;
import dev.priok.linux.DescriptorCalls;
import dev.priok.linux.Epoll;
import dev.priok.linux.Fd;
import dev.priok.runtime.RuntimeProcess;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.Map;

/** Hands over what a job writes, from a thread of its own, which epoll blocks. */
final class JobOutput {
    private static final int BUFFER_BYTES = 64 << 10;

    /** A process that left the job's pid 1 behind may hold the pipe for ever; containers get two seconds too. */
    private static final long PATIENCE_MILLIS = 2000;

    private final Map<OutputSink.Channel, Fd> open = new EnumMap<>(OutputSink.Channel.class);
    private final OutputSink sink;
    private final Epoll epoll;
    private final Thread thread;
    private volatile boolean abandoned;
    private volatile @org.jspecify.annotations.Nullable IOException failure;

    private JobOutput(RuntimeProcess process, OutputSink sink, Epoll epoll) throws IOException {
        this.sink = sink;
        this.epoll = epoll;
        process.stdout().ifPresent(fd -> open.put(OutputSink.Channel.STDOUT, fd));
        process.stderr().ifPresent(fd -> open.put(OutputSink.Channel.STDERR, fd));
        for (Map.Entry<OutputSink.Channel, Fd> entry : open.entrySet()) {
            epoll.add(entry.getValue(), Epoll.IN, entry.getValue().number());
        }
        thread = Thread.ofPlatform().daemon().name("job-output").unstarted(this::run);
    }

    static JobOutput follow(RuntimeProcess process, OutputSink sink) throws IOException {
        Epoll epoll = new Epoll();
        boolean done = false;
        try {
            JobOutput output = new JobOutput(process, sink, epoll);
            output.thread.start();
            done = true;
            return output;
        } finally {
            if (!done) {
                epoll.close();
            }
        }
    }

    private void run() {
        ByteBuffer direct = ByteBuffer.allocateDirect(BUFFER_BYTES);
        byte[] bytes = new byte[BUFFER_BYTES];
        try (epoll) {
            while (!open.isEmpty() && !abandoned) {
                epoll.await(100, (key, _) -> move(key, direct, bytes));
            }
        } catch (IOException e) {
            failure = e;
        }
    }

    private void move(long number, ByteBuffer direct, byte[] bytes) throws IOException {
        for (Map.Entry<OutputSink.Channel, Fd> entry : Map.copyOf(open).entrySet()) {
            Fd fd = entry.getValue();
            if (fd.number() != number) {
                continue;
            }
            int n = DescriptorCalls.host().read(fd, direct.clear());
            if (n == 0) {
                epoll.remove(fd);
                open.remove(entry.getKey());
            } else if (n > 0) {
                direct.flip().get(bytes, 0, n);
                sink.write(entry.getKey(), bytes, 0, n);
            }
        }
    }

    /** Waits for the last of the output after the process has ended. */
    void finish() throws IOException, InterruptedException {
        thread.join(PATIENCE_MILLIS);
        abandoned = true;
        thread.join();
        IOException e = failure;
        if (e != null) {
            throw e;
        }
    }
}
