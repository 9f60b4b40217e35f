package dev.priok.registryserver.http;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpHeaderValue;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.server.HttpStream;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Blocker;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * Sends a part of a file: over plain HTTP the kernel moves it from the page cache to the socket ({@code sendfile(2)}) and no byte
 * comes into this process, over TLS in pieces.
 */
final class FileAnswer {
    /** Below this a copy is cheaper than the detour. */
    private static final int SMALL = 16 << 10;
    /** What goes by an ordinary write each time the socket is full: that write waits until there is room. */
    private static final int PIECE = 64 << 10;
    /** At once to the kernel; it stops earlier when the socket is full. */
    private static final long STRIDE = 8L << 20;

    private final Request request;
    private final Response response;
    private final Map<String, String> headers;

    FileAnswer(Request request, Response response, Map<String, String> headers) {
        this.request = request;
        this.response = response;
        this.headers = headers;
    }

    void send(int status, String contentType, FileChannel file, long start, long length) throws IOException {
        EndPoint endPoint = request.getConnectionMetaData().getConnection().getEndPoint();
        boolean direct = length > SMALL
                && request.getConnectionMetaData().getHttpVersion() == HttpVersion.HTTP_1_1
                && !request.getHeaders().contains(HttpHeader.CONNECTION, HttpHeaderValue.CLOSE.asString())
                && endPoint instanceof SocketChannelEndPoint;
        if (direct) {
            byKernel((SocketChannelEndPoint) endPoint, head(status, contentType, length), file, start, length);
        } else {
            inPieces(contentType, file, start, length);
        }
    }

    private void inPieces(String contentType, FileChannel file, long start, long length) throws IOException {
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, contentType);
        response.getHeaders().put(HttpHeader.CONTENT_LENGTH, length);
        ByteBuffer buffer = ByteBuffer.allocateDirect((int) Math.min(PIECE, Math.max(1, length)));
        long at = start;
        long end = start + length;
        do {
            fill(buffer, file, at, end);
            at += buffer.remaining();
            try (Blocker.Callback done = Blocker.callback()) {
                response.write(at == end, buffer, done);
                done.block();
            }
        } while (at < end);
    }

    private static void fill(ByteBuffer buffer, FileChannel file, long at, long end) throws IOException {
        buffer.clear().limit((int) Math.min(buffer.capacity(), end - at));
        while (buffer.hasRemaining()) {
            if (file.read(buffer, at + buffer.position()) < 0) {
                throw new EOFException("the blob is shorter than it was");
            }
        }
        buffer.flip();
    }

    private byte[] head(int status, String contentType, long length) {
        var date = request.getConnectionMetaData().getConnector().getServer().getDateField();
        var lines = new StringBuilder(512)
                .append("HTTP/1.1 ")
                .append(status)
                .append(' ')
                .append(HttpStatus.getMessage(status))
                .append("\r\nContent-Type: ")
                .append(contentType)
                .append("\r\nContent-Length: ")
                .append(length)
                .append("\r\n")
                .append(date.getName())
                .append(": ")
                .append(date.getValue())
                .append("\r\n");
        headers.forEach(
                (name, value) -> lines.append(name).append(": ").append(value).append("\r\n"));
        return lines.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    private void byKernel(SocketChannelEndPoint endPoint, byte[] head, FileChannel file, long start, long length)
            throws IOException {
        request.addHttpStreamWrapper(AnsweredElsewhere::new);
        SocketChannel socket = endPoint.getChannel();
        ByteBuffer piece = ByteBuffer.allocateDirect(PIECE);
        long at = start;
        long end = start + length;
        boolean sent = false;
        try {
            write(endPoint, ByteBuffer.wrap(head));
            while (at < end) {
                long moved = file.transferTo(at, Math.min(STRIDE, end - at), socket);
                at += moved;
                if (moved == 0) {
                    fill(piece, file, at, end);
                    at += piece.remaining();
                    write(endPoint, piece);
                }
            }
            sent = true;
        } finally {
            if (!sent) {
                // Half an answer: only the end of the connection tells the client.
                endPoint.close();
            }
        }
    }

    private static void write(EndPoint endPoint, ByteBuffer bytes) throws IOException {
        try (Blocker.Callback done = Blocker.callback()) {
            endPoint.write(done, bytes);
            done.block();
        }
    }

    /** Keeps Jetty from answering too. */
    private static final class AnsweredElsewhere extends HttpStream.Wrapper {
        AnsweredElsewhere(HttpStream wrapped) {
            super(wrapped);
        }

        @Override
        public void send(
                MetaData.Request asked,
                MetaData.@Nullable Response answer,
                boolean last,
                @Nullable ByteBuffer content,
                Callback callback) {
            callback.succeeded();
        }
    }
}
