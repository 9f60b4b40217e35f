package dev.priok.cli.terminal;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The terminal that the command was started on, if it was. */
public interface Terminal {
    /** Rows and columns of a window; zero when unknown. */
    record Size(int rows, int columns) {
        public static final Size UNKNOWN = new Size(0, 0);
    }

    /** Puts the terminal back as it was; may be called again. */
    interface Raw extends AutoCloseable {
        @Override
        void close();
    }

    /** Whether standard input is a terminal. */
    boolean isInput();

    /** Whether standard output is a terminal. */
    boolean isOutput();

    /** Whether standard error is a terminal. */
    boolean isError();

    Size size();

    /**
     * Hands keys on as they are typed, without echo and without signals.
     *
     * @throws IOException when the terminal refuses
     */
    Raw enterRaw() throws IOException;

    /** Runs {@code action} on a thread of its own whenever the window changes. */
    void onResize(Runnable action);

    /** Calls {@code action} for each signal that reaches this process, by its name without SIG; null stops that. */
    void onSignal(@Nullable SignalAction action);

    /** Takes a signal that this process would otherwise obey. */
    @FunctionalInterface
    interface SignalAction {
        void signalled(String name);
    }
}
