package dev.priok.registryserver.http;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntConsumer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Blocker;
import org.eclipse.jetty.util.Fields;
import org.jspecify.annotations.Nullable;

/** One request and its answer; every method blocks until it is done. */
public final class Exchange {
    /** Left of a body that nobody wants, so that the connection can be used again. */
    private static final int DRAIN_BYTES = 1 << 20;

    private static final int PIECE_BYTES = 64 << 10;

    private final Request request;
    private final Response response;
    private final Map<String, String> headers = new LinkedHashMap<>();
    private @Nullable Fields query;
    private IntConsumer beforeAnswer = _ -> {};
    private int status;
    private long sent;

    Exchange(Request request, Response response) {
        this.request = request;
        this.response = response;
    }

    public String method() {
        return request.getMethod();
    }

    public boolean isHead() {
        return method().equals("HEAD");
    }

    /** Of the address, without the query. */
    public String path() {
        return Optional.ofNullable(request.getHttpURI().getDecodedPath()).orElse("/");
    }

    private Fields query() {
        Fields parsed = query;
        if (parsed == null) {
            parsed = Request.extractQueryParameters(request, StandardCharsets.UTF_8);
            query = parsed;
        }
        return parsed;
    }

    public Optional<String> query(String name) {
        String raw = request.getHttpURI().getQuery();
        return raw == null || raw.isEmpty() ? Optional.empty() : Optional.ofNullable(query().getValue(name));
    }

    public List<String> queryAll(String name) {
        List<String> values = query().getValues(name);
        return values == null ? List.of() : values;
    }

    public Optional<String> header(String name) {
        return Optional.ofNullable(request.getHeaders().get(name));
    }

    /** Length of the body when the client says it, -1 otherwise. */
    public long length() {
        return request.getLength();
    }

    public InputStream body() {
        return Content.Source.asInputStream(request);
    }

    /**
     * The whole body.
     *
     * @return empty when it is longer than {@code limit}
     */
    public Optional<byte[]> body(int limit) throws IOException {
        if (length() > limit) {
            return Optional.empty();
        }
        var all = new ByteArrayOutputStream(length() > 0 ? (int) length() : 8192);
        InputStream in = body();
        byte[] buffer = new byte[16 << 10];
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            if (all.size() + n > limit) {
                return Optional.empty();
            }
            all.write(buffer, 0, n);
        }
        return Optional.of(all.toByteArray());
    }

    /** Reads a little of what is left of the body, so that the client reads the answer before the connection ends. */
    void drain() throws IOException {
        if (request.getLength() == 0) {
            return;
        }
        InputStream in = body();
        byte[] buffer = new byte[16 << 10];
        long total = 0;
        for (int n = in.read(buffer); n >= 0 && total < DRAIN_BYTES; n = in.read(buffer)) {
            total += n;
        }
    }

    /** The address that the client connects from. */
    public String remoteAddress() {
        SocketAddress address = request.getConnectionMetaData().getRemoteSocketAddress();
        return address instanceof InetSocketAddress internet
                ? internet.getAddress().getHostAddress()
                : String.valueOf(address);
    }

    /** Whether the client is on this machine. */
    public boolean isLocal() {
        return request.getConnectionMetaData().getRemoteSocketAddress() instanceof InetSocketAddress internet
                && internet.getAddress().isLoopbackAddress();
    }

    public boolean isSecure() {
        return request.isSecure();
    }

    /** Host and port that the client dialled, as it says. */
    public String host() {
        return header("Host").orElse("localhost");
    }

    /** The certificate that the client showed, checked. */
    public Optional<X509Certificate> certificate() {
        if (request.getAttribute(EndPoint.SslSessionData.ATTRIBUTE) instanceof EndPoint.SslSessionData session) {
            X509Certificate[] chain = session.peerCertificates();
            if (chain != null && chain.length > 0) {
                return Optional.of(chain[0]);
            }
        }
        return Optional.empty();
    }

    /** Is told the status before an answer begins. */
    public void beforeAnswer(IntConsumer listener) {
        beforeAnswer = listener;
    }

    /** A header of the answer so far. */
    public Optional<String> answered(String name) {
        return Optional.ofNullable(headers.get(name));
    }

    /** Sets a header of the answer. */
    public void set(String name, String value) {
        headers.put(name, value);
    }

    public boolean isCommitted() {
        return status != 0;
    }

    /** Status of the answer; 0 before it begins. */
    public int status() {
        return status;
    }

    /** Bytes of the request's body, as the client said; 0 when it did not. */
    public long received() {
        return Math.max(0, request.getLength());
    }

    /** Bytes of the answer's body. */
    public long sent() {
        return sent;
    }

    /** Answers without a body. */
    public void send(int code) throws IOException {
        begin(code);
        if (code != 204 && code != 304) {
            response.getHeaders().put(HttpHeader.CONTENT_LENGTH, 0L);
        }
        write(null);
    }

    /** Answers with a whole body; to HEAD with its length alone. */
    public void send(int code, String contentType, byte[] body) throws IOException {
        begin(code);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, contentType);
        response.getHeaders().put(HttpHeader.CONTENT_LENGTH, body.length);
        if (isHead()) {
            write(null);
        } else {
            sent = body.length;
            write(ByteBuffer.wrap(body));
        }
    }

    /** Answers HEAD: what a GET would say. */
    public void sendHead(int code, String contentType, long length) throws IOException {
        begin(code);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, contentType);
        response.getHeaders().put(HttpHeader.CONTENT_LENGTH, length);
        write(null);
    }

    /** Answers with a part of a file. */
    public void send(int code, String contentType, java.nio.channels.FileChannel file, long start, long length)
            throws IOException {
        begin(code);
        sent = length;
        new FileAnswer(request, response, headers).send(code, contentType, file, start, length);
    }

    /** Answers with bytes that come as they are sent; a stream that breaks ends the connection. */
    public void send(int code, String contentType, InputStream in, long length) throws IOException {
        begin(code);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, contentType);
        response.getHeaders().put(HttpHeader.CONTENT_LENGTH, length);
        byte[] buffer = new byte[PIECE_BYTES];
        for (long left = length; left > 0; ) {
            int n = in.read(buffer, 0, (int) Math.min(buffer.length, left));
            if (n < 0) {
                throw new EOFException("the blob is shorter than it should be");
            }
            left -= n;
            sent += n;
            try (Blocker.Callback done = Blocker.callback()) {
                response.write(left == 0, ByteBuffer.wrap(buffer, 0, n), done);
                done.block();
            }
        }
        if (length == 0) {
            write(null);
        }
    }

    private void begin(int code) {
        beforeAnswer.accept(code);
        status = code;
        response.setStatus(code);
        headers.forEach(response.getHeaders()::put);
    }

    private void write(@Nullable ByteBuffer body) throws IOException {
        try (Blocker.Callback done = Blocker.callback()) {
            response.write(true, body, done);
            done.block();
        }
    }
}
