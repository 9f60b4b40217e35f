package dev.priok.network.internal;

import dev.priok.linux.Errno;
import dev.priok.netlink.LinkRequests;
import dev.priok.netlink.LinkSocket;
import dev.priok.netlink.NetlinkException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes links of ended sandboxes in the background. The kernel takes some 20 ms for it, in which no other link can be made,
 * and takes no longer for hundreds: so they are silenced at once, which costs microseconds, and removed together a little
 * later.
 */
final class LinkRemovals implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LinkRemovals.class);
    /** How long others are waited for. */
    private static final Duration PATIENCE = Duration.ofMillis(300);
    /** A group is a number of 32 bits that users may give too, in practice a small one. */
    private static final int GROUP_BASE = 0x5052_0000;

    private static final int MOST_AT_ONCE = 4096;

    private final LinkSocket links;
    private final int group = GROUP_BASE | ThreadLocalRandom.current().nextInt(1 << 16);
    private final LinkedBlockingQueue<Ended> queue = new LinkedBlockingQueue<>();
    private final Thread thread;
    private volatile boolean closed;

    /**
     * What is left of a sandbox.
     *
     * @param hostLinks ends of pairs
     * @param insideLinks links in the namespace that have no other end
     */
    record Ended(String sandbox, List<String> hostLinks, List<String> insideLinks, HeldNamespace namespace) {}

    /** Opens a socket for the host, which the calling thread stands in. */
    LinkRemovals() throws IOException {
        links = LinkSocket.open();
        thread = Thread.ofPlatform().daemon().name("network-removals").unstarted(this::work);
        thread.start();
    }

    /** Takes the links off their bridges' traffic, and removes them soon. */
    void add(Ended ended) {
        if (!ended.hostLinks.isEmpty()) {
            LinkRequests silence = new LinkRequests();
            ended.hostLinks.forEach(silence::silencePort);
            try {
                links.send(silence);
            } catch (IOException e) {
                LOG.debug("links of {} are on their bridge until they are removed", ended.sandbox, e);
            }
        }
        queue.add(ended);
    }

    private void work() {
        List<Ended> some = new ArrayList<>();
        while (!closed || !queue.isEmpty()) {
            try {
                some.add(queue.take());
                if (!closed) {
                    Thread.sleep(PATIENCE);
                }
            } catch (InterruptedException _) {
                // The daemon ends: what is queued is removed at once.
            }
            queue.drainTo(some, MOST_AT_ONCE);
            if (!some.isEmpty()) {
                remove(some);
                some.clear();
            }
        }
    }

    private void remove(List<Ended> some) {
        try {
            removeLinks(some.stream().flatMap(e -> e.hostLinks.stream()).toList());
        } catch (IOException e) {
            LOG.warn("links of {} containers stay until the next start: {}", some.size(), e.getMessage());
        }
        for (Ended ended : some) {
            for (String link : ended.insideLinks) {
                try {
                    Inside.remove(ended.namespace, link);
                } catch (IOException e) {
                    LOG.warn("a link of {} stays as long as its namespace: {}", ended.sandbox, e.getMessage());
                }
            }
            ended.namespace.close();
        }
    }

    /** Removes links of the host in one step; those that are gone already are none. */
    synchronized void removeLinks(List<String> names) throws IOException {
        if (names.isEmpty()) {
            return;
        }
        LinkRequests marks = new LinkRequests();
        names.forEach(name -> marks.setGroup(name, group));
        unlessGone(marks);
        unlessGone(new LinkRequests().deleteGroup(group));
    }

    private void unlessGone(LinkRequests requests) throws IOException {
        try {
            links.send(requests);
        } catch (NetlinkException e) {
            if (e.errno() != Errno.ENODEV) {
                throw e;
            }
        }
    }

    /** Removes what is queued, for as long as {@code patience} at most; false when some is left. */
    boolean close(Duration patience) {
        closed = true;
        thread.interrupt();
        boolean done = false;
        try {
            done = thread.join(patience);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        if (done) {
            links.close();
        }
        return done;
    }

    @Override
    public void close() {
        boolean _ = close(Duration.ofSeconds(10));
    }
}
