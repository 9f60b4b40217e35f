package dev.priok.network.internal;

import dev.priok.core.Failure;
import dev.priok.linux.Fd;
import dev.priok.linux.FileCalls;
import dev.priok.linux.OpenFlag;
import dev.priok.linux.OsThread;
import dev.priok.linux.SocketCalls;
import dev.priok.netlink.LinkRequests;
import dev.priok.netlink.LinkSocket;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Network namespaces: some kept ready, held by descriptors, and work inside of them. */
final class Namespaces implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Namespaces.class);
    private static final String OWN = "/proc/thread-self/ns/net";
    private static final int LOOPBACK = 1;
    /** After a failure the maker rests this long, lest it fills the log. */
    private static final long REST_MILLIS = 1000;

    private final BlockingQueue<Fd> ready;
    private final Thread maker;
    private volatile boolean closed;

    Namespaces(int ready) {
        this.ready = new LinkedBlockingQueue<>(Math.max(1, ready));
        this.maker = Thread.ofVirtual().name("network-namespaces").unstarted(this::fill);
        if (ready > 0) {
            maker.start();
        }
    }

    private void fill() {
        while (!closed) {
            try {
                Fd fresh = make();
                try {
                    ready.put(fresh);
                } catch (InterruptedException e) {
                    fresh.close();
                    return;
                }
            } catch (Failure e) {
                LOG.warn("no network namespace could be made ready: {}", e.message());
                try {
                    Thread.sleep(REST_MILLIS);
                } catch (InterruptedException _) {
                    return;
                }
            }
        }
    }

    /** A namespace for whoever asks, who closes it. */
    Fd take() {
        Fd fresh = ready.poll();
        return fresh == null ? make() : fresh;
    }

    private static Fd make() {
        return call(
                "making a network namespace",
                () -> OsThread.run("network-namespace", () -> {
                    SocketCalls.host().leaveNetwork();
                    prepare();
                    return current();
                }));
    }

    /** Makes a fresh namespace ready; on a thread that stands in it. */
    static void prepare() throws IOException {
        try (LinkSocket links = LinkSocket.open()) {
            links.send(new LinkRequests().up(LOOPBACK));
        }
        // Links without an IPv6 address shall not make themselves one; those with one switch it on again.
        write("ipv6/conf/default/disable_ipv6", "1");
        write("ipv6/conf/default/accept_ra", "0");
    }

    /** The namespace of the calling thread. */
    static Fd current() throws IOException {
        return open(OWN);
    }

    static Fd open(String path) throws IOException {
        return FileCalls.host().open(path, OpenFlag.RDONLY | OpenFlag.CLOEXEC, 0);
    }

    /** Runs {@code task} on a thread of its own in a namespace. */
    static <T> T inside(Fd namespace, Callable<T> task) throws Exception {
        try {
            return OsThread.run("in-network", () -> {
                SocketCalls.host().enterNetwork(namespace);
                return task.call();
            });
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Exception cause) {
                throw cause;
            }
            throw e;
        }
    }

    /** Writes a setting below /proc/sys/net; one that this kernel lacks (IPv6 switched off) is left. */
    static void write(String setting, String value) throws IOException {
        Path path = Path.of("/proc/sys/net", setting);
        if (Files.exists(path)) {
            Files.writeString(path, value, java.nio.file.StandardOpenOption.WRITE);
        }
    }

    /** Runs {@code task}, with what goes wrong as a failure that says what was tried. */
    static <T> T call(String doing, Callable<T> task) {
        try {
            return task.call();
        } catch (Failure e) {
            throw e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Failure.internal(e, "%s was interrupted", doing);
        } catch (ExecutionException e) {
            throw Failure.internal(e, "%s: %s", doing, String.valueOf(e.getCause()));
        } catch (Exception e) {
            throw Failure.internal(e, "%s: %s", doing, String.valueOf(e.getMessage()));
        }
    }

    @Override
    public void close() {
        closed = true;
        maker.interrupt();
        for (Fd fd = ready.poll(); fd != null; fd = ready.poll()) {
            fd.close();
        }
    }
}
