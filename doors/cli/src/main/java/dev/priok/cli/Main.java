package dev.priok.cli;

import dev.priok.cli.command.Session;
import dev.priok.cli.terminal.ProcessTerminal;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.time.InstantSource;
import java.util.Arrays;

/** Entry point of the {@code priok} command. */
public final class Main {
    private Main() {}

    /** Runs one command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        Session session = session();
        int exitCode = new Cli(session).run(Arrays.asList(arguments));
        session.flush();
        // Not System.exit: it starts the JDK's logging, to log the exit. Terminals are restored by who made them raw.
        Runtime.getRuntime().halt(exitCode);
    }

    /** The session on this process's own streams. */
    public static Session session() {
        return new Session(
                new FileInputStream(FileDescriptor.in),
                new FileOutputStream(FileDescriptor.out),
                new FileOutputStream(FileDescriptor.err),
                System::getenv,
                InstantSource.system(),
                new ProcessTerminal());
    }
}
