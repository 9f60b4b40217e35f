package dev.priok.client.internal;

import dev.priok.client.Connection;
import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One request and its answer over one socket. Owns the socket. Send first, then {@link #readHead}, then read {@link #body}
 * or, after a hijack, {@link #rest}.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9112">RFC 9112, HTTP/1.1</a>
 */
public final class HttpConnection implements Closeable {
    /** Longest head of an answer; Docker's path stat header is the longest known, below 8 KiB. */
    private static final int MAXIMUM_HEAD_BYTES = 256 * 1024;

    private static final int BUFFER_BYTES = 16 * 1024;

    /** Writes a request's body on a thread of its own. */
    @FunctionalInterface
    public interface Upload {
        void run() throws IOException;
    }

    private final Connection wire;
    private final InputStream in;
    private final OutputStream out;
    private final Map<String, String> headers = new HashMap<>();
    private int status;
    private int headBytes;
    private InputStream body = InputStream.nullInputStream();
    private volatile @Nullable Throwable uploadFailure;

    public HttpConnection(Connection wire) {
        this.wire = wire;
        this.in = new BufferedInputStream(wire.input(), BUFFER_BYTES);
        this.out = wire.output();
    }

    /** Sends a request with a body that is at hand, in one write. */
    public void send(String method, String target, String authority, Map<String, String> extra, byte[] content)
            throws IOException {
        StringBuilder head = head(method, target, authority, extra);
        if (content.length > 0 || method.equals("POST") || method.equals("PUT")) {
            head.append("Content-Length: ").append(content.length).append("\r\n");
        }
        byte[] headText = head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
        byte[] all = new byte[headText.length + content.length];
        System.arraycopy(headText, 0, all, 0, headText.length);
        System.arraycopy(content, 0, all, headText.length, content.length);
        out.write(all);
    }

    /** Sends the head of a request and returns the stream for its body, which the caller closes at the end. */
    public OutputStream sendChunked(String method, String target, String authority, Map<String, String> extra)
            throws IOException {
        StringBuilder head = head(method, target, authority, extra).append("Transfer-Encoding: chunked\r\n\r\n");
        out.write(head.toString().getBytes(StandardCharsets.ISO_8859_1));
        return new ChunkedOutput(out);
    }

    /**
     * Starts writing a body while the caller goes on to read the answer: a daemon may answer before it has read all. When
     * writing fails for a reason that is not the daemon's hanging up, the socket is closed and {@link #readHead} or reading
     * the body throws that reason.
     */
    public void upload(Upload upload) {
        Thread.ofPlatform().daemon().name("upload").start(() -> {
            try {
                upload.run();
            } catch (PeerClosed _) {
                // The daemon stopped reading: its answer says why.
                return;
            } catch (IOException | RuntimeException e) {
                uploadFailure = e;
                closeQuietly();
            }
        });
    }

    /**
     * Reads status line and headers, skipping interim answers.
     *
     * @param method method of the request, or {@code HIJACK} to leave everything after the head to {@link #rest}
     */
    public void readHead(String method) throws IOException {
        try {
            do {
                readOneHead();
            } while (status >= 100 && status < 200 && status != 101);
        } catch (IOException e) {
            throw blame(e);
        }
        boolean isEmpty = method.equals("HEAD") || status == 204 || status == 304;
        String length = headers.get("content-length");
        boolean isHijacked = method.equals("HIJACK") && status < 300;
        if (isEmpty || isHijacked) {
            return;
        }
        if ("chunked".equalsIgnoreCase(headers.get("transfer-encoding"))) {
            body = new ChunkedInput(in);
        } else if (length != null) {
            body = new FixedLengthInput(in, parseLength(length));
        } else {
            body = in;
        }
        body = new BlamingInput(body, this);
    }

    public int status() {
        return status;
    }

    /** Headers by their names in lower case; of repeated ones the last. */
    public Map<String, String> headers() {
        return headers;
    }

    public InputStream body() {
        return body;
    }

    /** Everything after the head, raw. */
    public InputStream rest() {
        return in;
    }

    public OutputStream output() {
        return out;
    }

    public Connection wire() {
        return wire;
    }

    @Override
    public void close() throws IOException {
        wire.close();
    }

    /** The failure of the upload, when it is what broke the connection; else {@code e}. */
    IOException blame(IOException e) {
        Throwable cause = uploadFailure;
        return cause == null ? e : cause instanceof IOException io ? io : new IOException(cause.getMessage(), cause);
    }

    private void closeQuietly() {
        try {
            wire.close();
        } catch (IOException e) {
            Throwable first = uploadFailure;
            if (first != null) {
                first.addSuppressed(e);
            }
        }
    }

    private static StringBuilder head(String method, String target, String authority, Map<String, String> extra) {
        StringBuilder head = new StringBuilder(256)
                .append(method)
                .append(' ')
                .append(target)
                .append(" HTTP/1.1\r\nHost: ")
                .append(authority)
                .append("\r\nUser-Agent: priok\r\n");
        for (Map.Entry<String, String> header : extra.entrySet()) {
            head.append(header.getKey()).append(": ").append(header.getValue()).append("\r\n");
        }
        return head;
    }

    private void readOneHead() throws IOException {
        headers.clear();
        headBytes = 0;
        String statusLine = readLine();
        if (!statusLine.startsWith("HTTP/1.") || statusLine.length() < 12) {
            throw new IOException("the daemon does not speak HTTP/1.1: " + statusLine);
        }
        try {
            status = Integer.parseInt(statusLine.substring(9, 12));
        } catch (NumberFormatException e) {
            throw new IOException("bad status line: " + statusLine, e);
        }
        while (true) {
            String line = readLine();
            if (line.isEmpty()) {
                return;
            }
            int colon = line.indexOf(':');
            if (colon > 0) {
                headers.put(
                        line.substring(0, colon).toLowerCase(Locale.ROOT),
                        line.substring(colon + 1).strip());
            }
        }
    }

    private String readLine() throws IOException {
        StringBuilder line = new StringBuilder(64);
        while (true) {
            int b = in.read();
            if (b < 0) {
                throw new EOFException("the daemon closed the connection");
            }
            if (++headBytes > MAXIMUM_HEAD_BYTES) {
                throw new IOException("the head of the answer is longer than " + MAXIMUM_HEAD_BYTES + " bytes");
            }
            if (b == '\n') {
                int last = line.length() - 1;
                if (last >= 0 && line.charAt(last) == '\r') {
                    line.setLength(last);
                }
                return line.toString();
            }
            line.append((char) b);
        }
    }

    private static long parseLength(String text) throws IOException {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new IOException("bad content-length: " + text, e);
        }
    }
}
