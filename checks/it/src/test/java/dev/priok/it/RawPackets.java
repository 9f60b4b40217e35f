package dev.priok.it;

import dev.priok.linux.Fd;
import dev.priok.linux.SocketCalls;
import dev.priok.linux.Syscall;
import dev.priok.linux.Syscalls;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** IPv4 packets of one protocol, for protocols that the kernel or Java has no sockets of. */
final class RawPackets implements AutoCloseable {
    private static final int PATIENCE_SECONDS = 5;

    private final Fd socket;

    private RawPackets(Fd socket) {
        this.socket = socket;
    }

    /** Opens a socket in the namespace of the calling thread. */
    static RawPackets open(int protocol) throws IOException {
        Fd socket = SocketCalls.host().socket(SocketCalls.AF_INET, SocketCalls.SOCK_RAW, protocol);
        SocketCalls.host().setReceiveTimeout(socket, PATIENCE_SECONDS);
        return new RawPackets(socket);
    }

    /** Sends what follows the IP header. */
    void send(InetAddress to, byte[] payload) throws IOException {
        byte[] address = ByteBuffer.allocate(16)
                .order(ByteOrder.nativeOrder())
                .putShort((short) SocketCalls.AF_INET)
                .putShort((short) 0)
                .put(to.getAddress())
                .array();
        long sent = Syscalls.host().call(Syscall.SENDTO, socket, payload, payload.length, 0, address, address.length);
        if (sent != payload.length) {
            throw new IOException("sending a packet: " + sent);
        }
    }

    /** The next packet with its IP header. */
    byte[] receive() throws IOException {
        ByteBuffer packet = ByteBuffer.allocateDirect(2048);
        int bytes = SocketCalls.host().receive(socket, packet);
        byte[] copy = new byte[bytes];
        packet.get(0, copy);
        return Arrays.copyOf(copy, bytes);
    }

    @Override
    public void close() {
        socket.close();
    }
}
