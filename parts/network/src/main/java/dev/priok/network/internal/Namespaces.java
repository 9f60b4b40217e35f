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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Network namespaces: some kept ready, held by descriptors, and work inside of them. */
final class Namespaces implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Namespaces.class);
    private static final String OWN = "/proc/thread-self/ns/net";
    private static final int LOOPBACK = 1;
    /** After a failure the maker rests this long, lest it fills the log. */
    private static final long REST_MILLIS = 1000;

    /** Those that were taken are replaced so long after: by then the starts that took them are over. */
    private static final long DELAY_MILLIS = 40;

    private final BlockingQueue<HeldNamespace> ready;
    private final Semaphore taken;
    private final Thread maker;
    private volatile boolean closed;

    Namespaces(int ready) {
        this.ready = new LinkedBlockingQueue<>(Math.max(1, ready));
        this.taken = new Semaphore(ready);
        this.maker = Thread.ofVirtual().name("network-namespaces").unstarted(this::fill);
        if (ready > 0) {
            maker.start();
        }
    }

    private void fill() {
        try {
            while (!closed) {
                taken.acquire();
                if (!ready.isEmpty()) {
                    Thread.sleep(DELAY_MILLIS);
                }
                int missing = 1 + taken.drainPermits();
                try {
                    for (HeldNamespace fresh : make(missing)) {
                        ready.put(fresh);
                    }
                } catch (Failure e) {
                    LOG.warn("no network namespace could be made ready: {}", e.message());
                    taken.release(missing);
                    Thread.sleep(REST_MILLIS);
                }
            }
        } catch (InterruptedException _) {
            // There is no more need of them.
        }
    }

    /** A namespace for whoever asks, who closes it. */
    HeldNamespace take() {
        HeldNamespace fresh = ready.poll();
        if (fresh == null) {
            return make(1).getFirst();
        }
        taken.release();
        return fresh;
    }

    /** Makes some, all on one thread. */
    private static List<HeldNamespace> make(int count) {
        return call(
                "making a network namespace",
                () -> OsThread.run("network-namespace", () -> {
                    List<HeldNamespace> made = new ArrayList<>();
                    boolean done = false;
                    try {
                        for (int i = 0; i < count; i++) {
                            SocketCalls.host().leaveNetwork();
                            made.add(hold(current(), true));
                        }
                        done = true;
                        return made;
                    } finally {
                        if (!done) {
                            made.forEach(HeldNamespace::close);
                        }
                    }
                }));
    }

    /**
     * The namespace of a path.
     *
     * @param fresh whether it was just made, and is to be made ready
     */
    static HeldNamespace hold(String path, boolean fresh) throws Exception {
        Fd namespace = open(path);
        boolean done = false;
        try {
            HeldNamespace held = inside(namespace, () -> hold(namespace, fresh));
            done = true;
            return held;
        } finally {
            if (!done) {
                namespace.close();
            }
        }
    }

    /** The namespace that the calling thread stands in. */
    private static HeldNamespace hold(Fd namespace, boolean fresh) throws IOException {
        HeldNamespace held = new HeldNamespace(namespace, LinkSocket.open());
        boolean ready = false;
        try {
            if (fresh) {
                prepare(held);
            }
            ready = true;
            return held;
        } finally {
            if (!ready) {
                held.close();
            }
        }
    }

    /** On a thread that stands in it. */
    private static void prepare(HeldNamespace namespace) throws IOException {
        namespace.links().send(new LinkRequests().up(LOOPBACK));
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
        for (HeldNamespace one = ready.poll(); one != null; one = ready.poll()) {
            one.close();
        }
    }
}
