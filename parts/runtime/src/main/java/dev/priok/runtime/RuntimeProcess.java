package dev.priok.runtime;

import dev.priok.linux.Fd;
import dev.priok.linux.TerminalCalls;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * A process in a container, running or just ended, and this daemon's ends of its streams. Descriptors belong to this object:
 * use them, and let {@link #close} or {@link #drained} close them. Safe for use by several threads.
 */
public interface RuntimeProcess extends AutoCloseable {
    /** The id that the request gave. */
    String id();

    /** Its number in this daemon's pid namespace; once it has ended the number may be another's, so signal by {@link #signal}. */
    int pid();

    /** What could not be had and was left out, a line each; such as a limit above what this host allows. */
    List<String> warnings();

    /** Write end of its standard input; empty when it has none, after {@link #closeStdin}, and with a terminal. */
    Optional<Fd> stdin();

    /** Read end of its standard output, non-blocking; empty with a terminal. */
    Optional<Fd> stdout();

    /** Read end of its standard error, non-blocking; empty with a terminal. */
    Optional<Fd> stderr();

    /** The master of its terminal, non-blocking: reads give output (EIO at the end), writes are input. */
    Optional<Fd> terminal();

    /**
     * The journal of a stream after {@link ContainerRuntime#reattach}, fetched from the monitor with its position: 1 standard output
     * or terminal, 2 standard error. Empty for processes started by this daemon, which has its own.
     */
    Optional<Fd> journal(int stream);

    /** Completes when it has ended; on a thread that must not be blocked, so go on with an async method. */
    CompletionStage<ExitStatus> exit();

    /**
     * Sends a signal.
     *
     * @return false when it has ended
     */
    boolean signal(int number) throws IOException;

    /** Changes the size of its terminal; does nothing without one. */
    void resize(TerminalCalls.Size size) throws IOException;

    /** Ends its standard input, here and at the monitor. */
    void closeStdin() throws IOException;

    /**
     * Tells the monitor that all output was read, and ends it. Call it after {@link #exit} has
     * completed; closes this object.
     */
    void drained() throws IOException;

    /** Lets go without ending anything, as when this daemon stops: the monitor goes on. */
    @Override
    void close();
}
