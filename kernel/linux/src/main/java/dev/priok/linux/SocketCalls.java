package dev.priok.linux;

import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Sockets of families and with options that java.net does not have, and the network namespace that a thread is in. */
public final class SocketCalls extends Calls {
    /** Families of addresses (socket.h): IPv4, IPv6, and the kernel's own messages. */
    public static final int AF_INET = 2;

    public static final int AF_INET6 = 10;
    public static final int AF_NETLINK = 16;

    /** Kinds of sockets (socket.h). */
    public static final int SOCK_STREAM = 1;

    public static final int SOCK_DGRAM = 2;
    public static final int SOCK_RAW = 3;

    /** Levels and names of options (asm-generic/socket.h, in6.h). */
    public static final int SOL_SOCKET = 1;

    public static final int SO_REUSEADDR = 2;
    public static final int SO_RCVTIMEO = 20;
    public static final int SO_SNDBUFFORCE = 32;
    public static final int SO_RCVBUFFORCE = 33;
    public static final int IPPROTO_IPV6 = 41;
    public static final int IPV6_V6ONLY = 26;

    private static final SocketCalls HOST = new SocketCalls(Syscalls.host());

    private static final int SOCK_CLOEXEC = 0x80000;
    private static final int SO_ATTACH_FILTER = 26;
    private static final int MSG_TRUNC = 0x20;
    private static final int CLONE_NEWNET = 0x40000000;

    public SocketCalls(Syscalls sys) {
        super(sys);
    }

    public static SocketCalls host() {
        return HOST;
    }

    /** A close-on-exec socket. */
    public Fd socket(int family, int kind, int protocol) throws SyscallException {
        return open("socket", Syscall.SOCKET, family, kind | SOCK_CLOEXEC, protocol);
    }

    public void setOption(Fd socket, int level, int name, int value) throws SyscallException {
        byte[] number = nativeOrder(4).putInt(value).array();
        call(socket, Syscall.SETSOCKOPT, socket, level, name, number, number.length);
    }

    /** After how long a receive that gets nothing fails with EAGAIN. */
    public void setReceiveTimeout(Fd socket, int seconds) throws SyscallException {
        byte[] time = nativeOrder(16).putLong(seconds).putLong(0).array();
        call(socket, Syscall.SETSOCKOPT, socket, SOL_SOCKET, SO_RCVTIMEO, time, time.length);
    }

    /** Throws away all that arrives at the socket: a classic filter that returns 0. */
    public void dropEverything(Fd socket) throws SyscallException {
        ByteBuffer ret0 =
                ByteBuffer.allocateDirect(8).order(ByteOrder.nativeOrder()).putShort(0, (short) 6);
        byte[] program = nativeOrder(16)
                .putLong(1)
                .putLong(MemorySegment.ofBuffer(ret0).address())
                .array();
        try {
            call(socket, Syscall.SETSOCKOPT, socket, SOL_SOCKET, SO_ATTACH_FILTER, program, program.length);
        } finally {
            Reference.reachabilityFence(ret0);
        }
    }

    /** Binds an IPv4 or IPv6 socket to an address of its family. */
    public void bind(Fd socket, InetSocketAddress address) throws SyscallException {
        byte[] ip = address.getAddress().getAddress();
        byte[] sockaddr = new byte[ip.length == 4 ? 16 : 28];
        ByteBuffer b = ByteBuffer.wrap(sockaddr).order(ByteOrder.nativeOrder());
        b.putShort((short) (ip.length == 4 ? AF_INET : AF_INET6));
        b.put((byte) (address.getPort() >> 8)).put((byte) address.getPort());
        b.position(ip.length == 4 ? 4 : 8).put(ip);
        call(address, Syscall.BIND, socket, sockaddr, sockaddr.length);
    }

    public void listen(Fd socket) throws SyscallException {
        call(socket, Syscall.LISTEN, socket, 1);
    }

    /** The port that a bound IPv4 or IPv6 socket has. */
    public int port(Fd socket) throws SyscallException {
        byte[] address = new byte[28];
        call(
                socket,
                Syscall.GETSOCKNAME,
                socket,
                address,
                nativeOrder(4).putInt(address.length).array());
        return (address[2] & 0xFF) << 8 | (address[3] & 0xFF);
    }

    /** Sends a message that is whole in a direct buffer. */
    public void send(Fd socket, ByteBuffer direct) throws SyscallException {
        call(socket, Syscall.SENDTO, socket, direct, direct.remaining(), 0, 0, 0);
    }

    /**
     * Receives one message into a direct buffer from its position, which stays.
     *
     * @return bytes of the message, which may be more than there was room for
     */
    public int receive(Fd socket, ByteBuffer direct) throws SyscallException {
        return (int) call(socket, Syscall.RECVFROM, socket, direct, direct.remaining(), MSG_TRUNC, 0, 0);
    }

    /** Moves the calling thread, which must be an {@link OsThread}, into a network namespace. */
    public void enterNetwork(Fd namespace) throws SyscallException {
        call(namespace, Syscall.SETNS, namespace, CLONE_NEWNET);
    }

    /** Gives the calling thread, which must be an {@link OsThread}, a network namespace of its own. */
    public void leaveNetwork() throws SyscallException {
        call("network", Syscall.UNSHARE, CLONE_NEWNET);
    }

    private static ByteBuffer nativeOrder(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.nativeOrder());
    }
}
