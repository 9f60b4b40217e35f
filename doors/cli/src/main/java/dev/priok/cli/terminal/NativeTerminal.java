package dev.priok.cli.terminal;

import dev.priok.linux.Fd;
import dev.priok.linux.SyscallException;
import dev.priok.linux.TerminalCalls;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;

/** Terminal calls on a descriptor that this process was started with; never closes it. */
final class NativeTerminal {
    private NativeTerminal() {}

    static Terminal.Size size(int descriptor) {
        try {
            TerminalCalls.Size size = TerminalCalls.host().size(Fd.of(descriptor));
            return new Terminal.Size(size.rows(), size.columns());
        } catch (SyscallException _) {
            // A terminal that has no window, such as a serial line.
            return Terminal.Size.UNKNOWN;
        }
    }

    static Terminal.Raw enterRaw(int descriptor) throws IOException {
        Fd terminal = Fd.of(descriptor);
        byte[] before = TerminalCalls.host().makeRaw(terminal);
        AtomicBoolean isRaw = new AtomicBoolean(true);
        Runnable restore = () -> {
            if (isRaw.compareAndSet(true, false)) {
                try {
                    TerminalCalls.host().restore(terminal, before);
                } catch (SyscallException _) {
                    // The terminal went away: nobody is left to see it.
                }
            }
        };
        // A signal that ends this process must not leave the user's shell without echo.
        Runtime.getRuntime().addShutdownHook(new Thread(restore, "restore-terminal"));
        return restore::run;
    }
}
