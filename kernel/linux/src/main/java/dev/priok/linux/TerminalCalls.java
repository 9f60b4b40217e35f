package dev.priok.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Terminals and pseudo-terminals, by ioctl (tty_ioctl(2)); the numbers are those of x86-64 and aarch64 alike. */
public final class TerminalCalls extends Calls {
    private static final TerminalCalls HOST = new TerminalCalls(Syscalls.host());

    private static final int TCGETS = 0x5401;
    private static final int TCSETSW = 0x5403;
    private static final int TIOCGWINSZ = 0x5413;
    private static final int TIOCSWINSZ = 0x5414;
    private static final int TIOCSPTLCK = 0x40045431;
    private static final int TIOCGPTPEER = 0x5441;
    private static final int TERMIOS_BYTES = 60;

    public TerminalCalls(Syscalls sys) {
        super(sys);
    }

    public static TerminalCalls host() {
        return HOST;
    }

    /**
     * The size of a terminal's window.
     *
     * @param rows lines
     * @param columns characters a line
     */
    public record Size(int rows, int columns) {}

    public boolean isTerminal(Fd fd) {
        return raw(Syscall.IOCTL, fd, TCGETS, new byte[TERMIOS_BYTES]) >= 0;
    }

    public Size size(Fd terminal) throws SyscallException {
        byte[] winsize = new byte[8];
        call(terminal, Syscall.IOCTL, terminal, TIOCGWINSZ, winsize);
        ByteBuffer b = ByteBuffer.wrap(winsize).order(ByteOrder.nativeOrder());
        return new Size(b.getShort(0) & 0xFFFF, b.getShort(2) & 0xFFFF);
    }

    public void resize(Fd terminal, Size size) throws SyscallException {
        byte[] winsize = ByteBuffer.allocate(8)
                .order(ByteOrder.nativeOrder())
                .putShort((short) size.rows())
                .putShort((short) size.columns())
                .array();
        call(terminal, Syscall.IOCTL, terminal, TIOCSWINSZ, winsize);
    }

    /** The terminal's settings, opaque, for {@link #restore}. */
    public byte[] settings(Fd terminal) throws SyscallException {
        byte[] termios = new byte[TERMIOS_BYTES];
        call(terminal, Syscall.IOCTL, terminal, TCGETS, termios);
        return termios;
    }

    public void restore(Fd terminal, byte[] settings) throws SyscallException {
        call(terminal, Syscall.IOCTL, terminal, TCSETSW, settings.clone());
    }

    /** Puts a terminal into raw mode as cfmakeraw(3) does, and returns the settings it had. */
    public byte[] makeRaw(Fd terminal) throws SyscallException {
        byte[] before = settings(terminal);
        ByteBuffer b = ByteBuffer.wrap(before.clone()).order(ByteOrder.nativeOrder());
        b.putInt(0, b.getInt(0) & ~0x5EB); // IGNBRK BRKINT PARMRK ISTRIP INLCR IGNCR ICRNL IXON
        b.putInt(4, b.getInt(4) & ~1); // OPOST
        b.putInt(8, (b.getInt(8) & ~0x130) | 0x30); // CSIZE PARENB, then CS8
        b.putInt(12, b.getInt(12) & ~0x804B); // ECHO ECHONL ICANON ISIG IEXTEN
        b.put(17 + 6, (byte) 1); // VMIN
        b.put(17 + 5, (byte) 0); // VTIME
        restore(terminal, b.array());
        return before;
    }

    /** Unlocks the slave of a pseudo-terminal master. */
    public void unlock(Fd master) throws SyscallException {
        call(master, Syscall.IOCTL, master, TIOCSPTLCK, new byte[4]);
    }

    /** Opens the slave by the master itself, never by a path (Linux 4.13). */
    public Fd openSlave(Fd master) throws SyscallException {
        return open(master, Syscall.IOCTL, master, TIOCGPTPEER, OpenFlag.RDWR | OpenFlag.NOCTTY | OpenFlag.CLOEXEC);
    }
}
