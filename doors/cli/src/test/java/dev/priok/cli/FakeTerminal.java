package dev.priok.cli;

import dev.priok.cli.terminal.Terminal;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** A terminal that is none until told otherwise; remembers whether it is raw, and can be signalled. */
public final class FakeTerminal implements Terminal {
    private boolean isThere;
    private volatile boolean isRaw;
    private int rawCount;
    private volatile @Nullable SignalAction signals;
    private final CountDownLatch listens = new CountDownLatch(1);

    public void attach() {
        isThere = true;
    }

    /** How often it was made raw. */
    public int rawCount() {
        return rawCount;
    }

    public boolean isRaw() {
        return isRaw;
    }

    /** Sends a signal once somebody listens. */
    public void signal(String name) throws InterruptedException {
        listens.await();
        SignalAction action = signals;
        if (action != null) {
            action.signalled(name);
        }
    }

    @Override
    public boolean isInput() {
        return isThere;
    }

    @Override
    public boolean isOutput() {
        return isThere;
    }

    @Override
    public boolean isError() {
        return isThere;
    }

    @Override
    public Size size() {
        return isThere ? new Size(24, 80) : Size.UNKNOWN;
    }

    @Override
    public Raw enterRaw() {
        isRaw = true;
        rawCount++;
        return () -> isRaw = false;
    }

    @Override
    public void onResize(Runnable action) {}

    @Override
    public void onSignal(@Nullable SignalAction action) {
        signals = action;
        listens.countDown();
    }
}
