package dev.priok.cli.terminal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The terminal of this process. Whether there is one is read off the descriptors' links in /proc; the native calls for
 * size and raw mode are loaded only when a terminal is really used.
 */
public final class ProcessTerminal implements Terminal {
    /** A terminal is looked up when a command asks, never before. */
    public ProcessTerminal() {}

    @Override
    public boolean isInput() {
        return isTerminal(0);
    }

    @Override
    public boolean isOutput() {
        return isTerminal(1);
    }

    @Override
    public boolean isError() {
        return isTerminal(2);
    }

    @Override
    public Size size() {
        if (isOutput()) {
            return NativeTerminal.size(1);
        }
        return isInput() ? NativeTerminal.size(0) : Size.UNKNOWN;
    }

    @Override
    public Raw enterRaw() throws IOException {
        return NativeTerminal.enterRaw(0);
    }

    @Override
    public void onResize(Runnable action) {
        Signals.handle("WINCH", _ -> action.run());
    }

    @Override
    public void onSignal(@Nullable SignalAction action) {
        Signals.handleForwarded(action);
    }

    private static boolean isTerminal(int descriptor) {
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor))
                    .toString();
            return target.startsWith("/dev/pts/")
                    || target.startsWith("/dev/tty")
                    || target.startsWith("/dev/hvc")
                    || target.equals("/dev/console");
        } catch (IOException _) {
            // A closed descriptor is no terminal.
            return false;
        }
    }
}
