package dev.priok.server.http;

import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpHeaderValue;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.HttpStream;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Blocker;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Fields;
import org.jspecify.annotations.Nullable;

/**
 * One request and its answer. Every method blocks until it is done; one thread handles an exchange, another may write to a
 * stream of it.
 */
public final class Exchange {
    /** What a body that nobody wants may have, so that the connection can be used again. */
    private static final int DRAIN_BYTES = 64 << 10;

    private final long id;
    private final Request request;
    private final Response response;
    private final ClientWatch watch;
    private final Map<String, String> headers = new LinkedHashMap<>();
    private @Nullable Fields query;
    private @Nullable InputStream body;
    private @Nullable Hijacked hijacked;
    private @Nullable ChunkedOutput chunked;
    private boolean bodyEnded;

    Exchange(long id, Request request, Response response) {
        this.id = id;
        this.request = request;
        this.response = response;
        this.watch = new ClientWatch(endPoint());
    }

    /** Numbers the requests of one server from 1, for its log. */
    public long id() {
        return id;
    }

    public String method() {
        return request.getMethod();
    }

    /** As it was sent, percent escapes and all, without the query. */
    public String path() {
        return Optional.ofNullable(request.getHttpURI().getPath()).orElse("/");
    }

    /** Decoded parameters of the query. */
    private Fields query() {
        Fields parsed = query;
        if (parsed == null) {
            parsed = Request.extractQueryParameters(request, StandardCharsets.UTF_8);
            query = parsed;
        }
        return parsed;
    }

    /** The first value of a query parameter, empty when it is absent. */
    public String query(String name) {
        String value = query().getValue(name);
        return value == null ? "" : value;
    }

    /** Every value of a query parameter. */
    public List<String> queryAll(String name) {
        List<String> values = query().getValues(name);
        return values == null ? List.of() : values;
    }

    /** Whether a query parameter is there, even if empty. */
    public boolean hasQuery(String name) {
        return query().get(name) != null;
    }

    public Optional<String> header(String name) {
        return Optional.ofNullable(request.getHeaders().get(name));
    }

    /** Whether the client sends a body of at least one byte, or of unknown length. */
    public boolean hasBody() {
        return request.getLength() > 0 || request.getHeaders().contains(HttpHeader.TRANSFER_ENCODING);
    }

    /** The body, read as it comes in; the same stream every time. */
    public InputStream body() {
        InputStream in = body;
        if (in == null) {
            in = new Body(Request.asInputStream(request));
            body = in;
        }
        return in;
    }

    /** Notices the end of the body: from there on only the watch sees the client. */
    private final class Body extends FilterInputStream {
        Body(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            return seen(super.read());
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            return seen(super.read(buffer, offset, length));
        }

        /** Whoever reads an archive stops at its end mark; what follows must still be read, or the connection breaks. */
        @Override
        public void close() {}

        private int seen(int result) {
            if (result < 0 && !bodyEnded) {
                bodyEnded = true;
                watch.arm();
            }
            return result;
        }
    }

    /** Sets a header of the answer, if it has not gone out. */
    public void setHeader(String name, String value) {
        headers.put(name, value);
    }

    /** Whether the status has gone to the client. */
    public boolean isCommitted() {
        ChunkedOutput stream = chunked;
        Hijacked taken = hijacked;
        return (taken != null && taken.begun()) || (stream != null && stream.begun()) || response.isCommitted();
    }

    /** Answers with a whole body. */
    public void send(int status, String contentType, byte[] content) throws IOException {
        prepare(status);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, contentType);
        response.getHeaders().put(HttpHeader.CONTENT_LENGTH, content.length);
        write(true, ByteBuffer.wrap(content));
    }

    /** Answers without a body. */
    public void send(int status) throws IOException {
        prepare(status);
        if (status != 204 && status != 304) {
            response.getHeaders().put(HttpHeader.CONTENT_LENGTH, 0);
        }
        write(true, null);
    }

    /**
     * Begins a body of unknown length. The status goes out with the first write or flush; every write goes out at once. Leave
     * the stream open: the end of the exchange ends it, and its failure breaks it off so that the client notices.
     */
    public OutputStream stream(int status, String contentType) {
        boolean chunks = request.getConnectionMetaData().getHttpVersion() == HttpVersion.HTTP_1_1
                && !request.getHeaders().contains(HttpHeader.CONNECTION, HttpHeaderValue.CLOSE.asString())
                && !method().equals("HEAD");
        if (!chunks) {
            prepare(status);
            response.getHeaders().put(HttpHeader.CONTENT_TYPE, contentType);
            return Content.Sink.asOutputStream(response);
        }
        var date = request.getConnectionMetaData().getConnector().getServer().getDateField();
        String head = "HTTP/1.1 %d %s\r\nContent-Type: %s\r\nTransfer-Encoding: chunked\r\n%s: %s\r\n%s\r\n"
                .formatted(
                        status,
                        HttpStatus.getMessage(status),
                        contentType,
                        date.getName(),
                        date.getValue(),
                        headerLines());
        var stream = new ChunkedOutput(endPoint(), head.getBytes(StandardCharsets.ISO_8859_1));
        chunked = stream;
        request.addHttpStreamWrapper(AnsweredElsewhere::new);
        return stream;
    }

    private String headerLines() {
        var lines = new StringBuilder(256);
        headers.forEach(
                (name, value) -> lines.append(name).append(": ").append(value).append("\r\n"));
        return lines.toString();
    }

    private EndPoint endPoint() {
        return request.getTunnelSupport().getEndPoint();
    }

    private void prepare(int status) {
        forgetUnbegun();
        response.setStatus(status);
        headers.forEach(response.getHeaders()::put);
    }

    private void write(boolean last, @Nullable ByteBuffer content) throws IOException {
        try (Blocker.Callback done = Blocker.callback()) {
            response.write(last, content, done);
            done.block();
        }
    }

    /**
     * Takes the connection over for a protocol of its own: answers {@code 101 UPGRADED} to a client that asked for an upgrade,
     * else a bare {@code 200 OK}. What the client sent of the body is dropped. HTTP never comes back to this connection.
     */
    public Hijacked hijack(String contentType) throws IOException {
        boolean upgrade = header("Upgrade").isPresent();
        return takeOver(
                upgrade
                        ? "101 UPGRADED\r\nContent-Type: " + contentType + "\r\nConnection: Upgrade\r\nUpgrade: tcp"
                        : "200 OK\r\nContent-Type: " + contentType);
    }

    /** Takes the connection over for the protocol that the client asked to upgrade to. */
    public Hijacked upgrade(String protocol) throws IOException {
        return takeOver("101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: " + protocol);
    }

    private Hijacked takeOver(String status) throws IOException {
        if (!drain(DRAIN_BYTES)) {
            throw new IOException("request %d has a body that it should not have".formatted(id));
        }
        watch.close();
        String head = "HTTP/1.1 " + status + "\r\n" + headerLines() + "\r\n";
        Hijacked taken = Hijacked.take(endPoint(), head.getBytes(StandardCharsets.ISO_8859_1));
        hijacked = taken;
        request.addHttpStreamWrapper(AnsweredElsewhere::new);
        return taken;
    }

    /** Keeps Jetty from answering too, once something else has. */
    private final class AnsweredElsewhere extends HttpStream.Wrapper {
        AnsweredElsewhere(HttpStream wrapped) {
            super(wrapped);
        }

        @Override
        public void send(
                MetaData.Request request,
                MetaData.@Nullable Response response,
                boolean last,
                @Nullable ByteBuffer content,
                Callback callback) {
            if (chunked != null || hijacked != null) {
                callback.succeeded();
            } else {
                super.send(request, response, last, content, callback);
            }
        }
    }

    /**
     * Calls {@code gone} once, on a thread of its own, when the client hangs up while this exchange is being answered. A body that
     * is being read tells of that itself, by an exception; the watch begins where the body ends.
     */
    public Watch whenClientGoes(Runnable gone) {
        watch.register(gone);
        if (bodyEnded || !hasBody()) {
            watch.arm();
        }
        return watch::forget;
    }

    /** Something that is watched until this is closed. */
    public interface Watch extends AutoCloseable {
        @Override
        void close();
    }

    /** Whether the client is known to have hung up. */
    public boolean clientIsGone() {
        return watch.isGone();
    }

    /** Tells the exchange that the server stops: as if the client went. */
    void serverStops() {
        Hijacked taken = hijacked;
        if (taken != null) {
            taken.close();
        }
        watch.serverStops();
    }

    /** A stream that nothing was written to can still become an ordinary answer. */
    private void forgetUnbegun() {
        ChunkedOutput stream = chunked;
        if (stream != null && !stream.begun()) {
            chunked = null;
        }
        Hijacked taken = hijacked;
        if (taken != null && !taken.begun()) {
            hijacked = null;
        }
    }

    /** Ends the answer after its handler returned, and frees the connection for Jetty. */
    void finish() throws IOException {
        ChunkedOutput stream = chunked;
        if (stream != null) {
            stream.close();
        }
        release();
    }

    /**
     * Ends an answer that cannot be completed, by closing its connection.
     *
     * @return whether nothing is left to be said; else Jetty may still answer with an error
     */
    boolean abort() {
        forgetUnbegun();
        boolean begun = isCommitted();
        if (begun) {
            endPoint().close();
        }
        release();
        return begun && (hijacked != null || chunked != null);
    }

    private void release() {
        watch.close();
        Hijacked taken = hijacked;
        if (taken != null) {
            taken.close();
        }
    }

    /**
     * Reads what is left of the body and drops it.
     *
     * @return false when it is longer than {@code maxBytes}; the connection can then not be used again
     */
    public boolean drain(long maxBytes) throws IOException {
        if (!hasBody()) {
            return true;
        }
        InputStream in = body();
        byte[] buffer = new byte[8192];
        long total = 0;
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            total += n;
            if (total > maxBytes) {
                return false;
            }
        }
        return true;
    }

    /**
     * The whole body.
     *
     * @return empty when it is longer than {@code maxBytes}
     */
    public Optional<byte[]> readBody(int maxBytes) throws IOException {
        var all = new ByteArrayOutputStream();
        InputStream in = body();
        byte[] buffer = new byte[8192];
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            if (all.size() + n > maxBytes) {
                return Optional.empty();
            }
            all.write(buffer, 0, n);
        }
        return Optional.of(all.toByteArray());
    }

    @Override
    public String toString() {
        return "request %d (%s %s)".formatted(id, method(), request.getHttpURI().getPathQuery());
    }
}
