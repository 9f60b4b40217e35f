package dev.priok.bench;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;

/**
 * Takes blobs off a connection as cheaply as a client can: into one buffer again and again, which is a copy, or not even that
 * ({@code recv(MSG_TRUNC)}, tcp(7)): what is measured then is the server.
 */
final class BlobLink implements AutoCloseable {
    private static final int AF_INET = 2;
    private static final int SOCK_STREAM = 1;
    private static final int MSG_TRUNC = 0x20;
    private static final long AT_ONCE = 1 << 20;
    private static final Linker LINKER = Linker.nativeLinker();
    private static final MethodHandle SOCKET = handle(
            "socket",
            FunctionDescriptor.of(
                    ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
    private static final MethodHandle CONNECT = handle(
            "connect",
            FunctionDescriptor.of(
                    ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
    private static final MethodHandle SEND = transfer("send");
    private static final MethodHandle RECV = transfer("recv");
    private static final MethodHandle CLOSE =
            handle("close", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));

    private final Arena arena = Arena.ofShared();
    private final MemorySegment memory = arena.allocate(AT_ONCE);
    private final int descriptor;
    private final int port;
    private final int flags;

    private static MethodHandle handle(String name, FunctionDescriptor descriptor) {
        return LINKER.downcallHandle(LINKER.defaultLookup().find(name).orElseThrow(), descriptor);
    }

    private static MethodHandle transfer(String name) {
        return handle(
                name,
                FunctionDescriptor.of(
                        ValueLayout.JAVA_LONG,
                        ValueLayout.JAVA_INT,
                        ValueLayout.ADDRESS,
                        ValueLayout.JAVA_LONG,
                        ValueLayout.JAVA_INT));
    }

    /**
     * @param copies whether the bytes come into this process
     */
    BlobLink(int port, boolean copies) throws IOException {
        this.port = port;
        this.flags = copies ? 0 : MSG_TRUNC;
        this.descriptor = (int) call(SOCKET, AF_INET, SOCK_STREAM, 0);
        // struct sockaddr_in: family in the host's order, port and address in the network's.
        memory.set(ValueLayout.JAVA_SHORT, 0, (short) AF_INET);
        memory.set(ValueLayout.JAVA_SHORT, 2, Short.reverseBytes((short) port));
        memory.set(ValueLayout.JAVA_INT, 4, 0x0100007f);
        memory.asSlice(8, 8).fill((byte) 0);
        if ((int) call(CONNECT, descriptor, memory, 16) != 0) {
            throw new IOException("cannot connect to port " + port);
        }
    }

    private static Object call(MethodHandle handle, Object... arguments) throws IOException {
        try {
            return handle.invokeWithArguments(arguments);
        } catch (Throwable e) {
            throw new IOException(e);
        }
    }

    /** Bytes of the answer's body. */
    long get(String path) throws IOException {
        byte[] request = ("GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        MemorySegment.copy(request, 0, memory, ValueLayout.JAVA_BYTE, 0, request.length);
        call(SEND, descriptor, memory, (long) request.length, 0);
        var head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            if ((long) call(RECV, descriptor, memory, 1L, 0) != 1) {
                throw new IOException("the connection ended");
            }
            head.append((char) memory.get(ValueLayout.JAVA_BYTE, 0));
        }
        String text = head.toString().toLowerCase(java.util.Locale.ROOT);
        int at = text.indexOf("content-length:") + 15;
        long length = Long.parseLong(text.substring(at, text.indexOf('\r', at)).strip());
        for (long left = length; left > 0; ) {
            long n = (long) call(RECV, descriptor, memory, Math.min(AT_ONCE, left), flags);
            if (n <= 0) {
                throw new IOException("the connection ended " + left + " bytes too early");
            }
            left -= n;
        }
        return length;
    }

    @Override
    public void close() throws IOException {
        call(CLOSE, descriptor);
        arena.close();
    }
}
