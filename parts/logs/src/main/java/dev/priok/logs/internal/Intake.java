package dev.priok.logs.internal;

import dev.priok.linux.Epoll;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the output of containers that must never wait, with a thread of its own that touches nothing but pipes and journals in
 * memory: a disk that hangs holds up the pump, and not this.
 */
final class Intake implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Intake.class);
    private static final long WAKE_KEY = 0;

    private final Epoll epoll;
    private final Doorbell bell;
    private final Thread thread;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(Round.TURN_BYTES);
    private final Map<Long, Inlet> inlets = new HashMap<>();
    private final List<Inlet> ready = new ArrayList<>();
    private long nextKey = WAKE_KEY + 1;
    private volatile boolean closing;

    private Intake(Epoll epoll, Doorbell bell) {
        this.epoll = epoll;
        this.bell = bell;
        thread = Thread.ofPlatform().name("output-intake").daemon().unstarted(this::run);
    }

    static Intake start() throws IOException {
        Epoll epoll = new Epoll();
        try {
            Intake intake = new Intake(epoll, new Doorbell(epoll, WAKE_KEY));
            intake.thread.start();
            return intake;
        } catch (IOException e) {
            epoll.close();
            throw e;
        }
    }

    /** Whether it takes anything. */
    boolean alive() {
        return thread.isAlive();
    }

    /** Begins to take; the intake closes the inlet at its end. */
    void add(Inlet inlet) {
        bell.post(() -> {
            inlet.key = nextKey++;
            inlets.put(inlet.key, inlet);
            try {
                epoll.add(inlet.source(), Epoll.IN, inlet.key);
            } catch (IOException e) {
                inlet.fail(e);
                remove(inlet);
            }
        });
    }

    /** Takes what is there now, and waits for no end. */
    void abandon(Inlet inlet) {
        bell.post(() -> {
            if (inlets.containsKey(inlet.key)) {
                inlet.abandon();
                ready.add(inlet);
            }
        });
    }

    private void run() {
        try {
            while (!closing) {
                epoll.await(ready.isEmpty() ? -1 : 0, this::ready);
                bell.run();
                List<Inlet> now = List.copyOf(ready);
                ready.clear();
                now.forEach(this::move);
            }
        } catch (IOException | RuntimeException e) {
            LOG.error("output of containers that never wait and run now is not taken any more", e);
        } finally {
            bell.leave();
            if (!closing) {
                inlets.values().forEach(Inlet::lost);
            }
            inlets.values().forEach(Inlet::close);
            epoll.close();
            bell.close();
        }
    }

    private void ready(long key, int events) throws IOException {
        Inlet inlet = inlets.get(key);
        if (key == WAKE_KEY) {
            bell.heard();
        } else if (inlet != null) {
            ready.add(inlet);
        }
    }

    private void move(Inlet inlet) {
        if (!inlets.containsKey(inlet.key)) {
            return;
        }
        try {
            if (inlet.move(buffer)) {
                ready.add(inlet);
            }
        } catch (IOException | RuntimeException e) {
            inlet.fail(e);
        }
        if (inlet.ended()) {
            remove(inlet);
        }
    }

    private void remove(Inlet inlet) {
        inlets.remove(inlet.key);
        try {
            epoll.remove(inlet.source());
        } catch (IOException e) {
            LOG.debug("{} is not watched", inlet.source(), e);
        }
        inlet.close();
    }

    /** Ends the thread; what is in the pipes stays there. */
    @Override
    public void close() {
        closing = true;
        bell.awaitEnd(thread);
    }
}
