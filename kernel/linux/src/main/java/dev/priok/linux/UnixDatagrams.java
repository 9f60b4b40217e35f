package dev.priok.linux;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Sends datagrams to a socket in the file system (unix(7)), which the JDK cannot; never blocks. */
public final class UnixDatagrams extends Calls implements AutoCloseable {
    private static final int AF_UNIX = 1;
    private static final int SOCK_DGRAM = 2;

    /** {@code sun_path} of {@code struct sockaddr_un}, with the NUL at its end. */
    private static final int PATH_BYTES = 108;

    private final Fd socket;
    private final String path;

    private UnixDatagrams(Fd socket, String path) {
        super(Syscalls.host());
        this.socket = socket;
        this.path = path;
    }

    /**
     * Connects to the socket at {@code path}.
     *
     * @throws IOException when nobody listens there; its message names the path
     */
    public static UnixDatagrams connect(String path) throws IOException {
        byte[] name = path.getBytes(StandardCharsets.UTF_8);
        if (name.length >= PATH_BYTES) {
            throw new IOException("the path of a socket is longer than " + (PATH_BYTES - 1) + " bytes: " + path);
        }
        UnixDatagrams made = new UnixDatagrams(
                DescriptorCalls.host()
                        .open("socket", Syscall.SOCKET, AF_UNIX, SOCK_DGRAM | OpenFlag.CLOEXEC | OpenFlag.NONBLOCK, 0),
                path);
        byte[] address = ByteBuffer.allocate(Short.BYTES + name.length + 1)
                .order(ByteOrder.nativeOrder())
                .putShort((short) AF_UNIX)
                .put(name)
                .array();
        try {
            made.call(path, Syscall.CONNECT, made.socket, address, address.length);
            return made;
        } catch (IOException e) {
            made.close();
            throw e;
        }
    }

    /** Sends one datagram; false when the receiver's queue is full now. */
    public boolean send(byte[] datagram) throws IOException {
        long sent = raw(Syscall.WRITE, socket, datagram, datagram.length);
        if (sent == -Errno.EAGAIN.code()) {
            return false;
        }
        if (sent < 0) {
            throw failed(Syscall.SENDTO, path, sent);
        }
        return true;
    }

    @Override
    public void close() {
        socket.close();
    }
}
