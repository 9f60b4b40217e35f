package dev.priok.server.route;

import dev.priok.core.Failure;
import dev.priok.engine.OutputSink;
import dev.priok.engine.Session;
import dev.priok.server.http.Exchange;
import dev.priok.server.http.Hijacked;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.concurrent.ExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A session over a WebSocket: every output is a binary message, every message is input. No extensions and no sub-protocols are
 * offered.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6455">RFC 6455</a>
 */
final class WebSocketSession {
    private static final Logger LOG = LoggerFactory.getLogger(WebSocketSession.class);

    /** Section 1.3: what the server appends to the key to show that it knows the protocol. */
    private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    private static final int BINARY = 0x2;
    private static final int CLOSE = 0x8;
    private static final int PING = 0x9;
    private static final int PONG = 0xa;
    private static final int FIN = 0x80;
    private static final int MASKED = 0x80;

    /** Input is typed or piped in small pieces; a longer frame is refused rather than buffered. */
    private static final int MAX_FRAME_BYTES = 1 << 20;

    private static final int NORMAL_CLOSURE = 1000;

    private WebSocketSession() {}

    /** The checked request of a client. */
    record Handshake(String accept) {}

    /**
     * Checks the headers of section 4.2.1.
     *
     * @throws Failure when the client does not ask for a WebSocket
     */
    static Handshake handshake(Exchange exchange) {
        String key = exchange.header("Sec-WebSocket-Key")
                .filter(_ -> exchange.header("Upgrade").orElse("").equalsIgnoreCase("websocket"))
                .orElseThrow(() -> Failure.invalid("not a WebSocket request: no Upgrade to websocket"));
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-1").digest((key.trim() + GUID).getBytes(StandardCharsets.US_ASCII));
            return new Handshake(Base64.getEncoder().encodeToString(digest));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-1", e);
        }
    }

    /** Runs the session to its end. */
    static void run(Session session, Exchange exchange, Handshake handshake) throws IOException, InterruptedException {
        exchange.setHeader("Sec-WebSocket-Accept", handshake.accept());
        try (session;
                Hijacked connection = exchange.upgrade("websocket")) {
            OutputStream out = connection.output();
            OutputSink sink = (_, buffer, offset, length) -> out.write(frame(BINARY, buffer, offset, length));
            session.connect(sink);
            out.flush();
            Thread.ofVirtual().name("websocket-input").start(() -> pumpInput(session, connection));
            Session.Ended ended = session.ended().get();
            LOG.debug("session ended: {}", ended);
            if (ended != Session.Ended.CLIENT_GONE) {
                out.write(frame(CLOSE, new byte[] {NORMAL_CLOSURE >> 8, (byte) NORMAL_CLOSURE}, 0, 2));
            }
        } catch (ExecutionException e) {
            LOG.warn("a session failed", e);
        }
    }

    private static void pumpInput(Session session, Hijacked connection) {
        try (var in = new DataInputStream(connection.input())) {
            while (true) {
                int opcode = in.readUnsignedByte() & 0xf;
                byte[] payload = payload(in);
                switch (opcode) {
                    case CLOSE -> {
                        session.closeInput();
                        session.close();
                        return;
                    }
                    case PING -> connection.output().write(frame(PONG, payload, 0, payload.length));
                    case PONG -> LOG.trace("pong");
                    default -> session.write(payload, 0, payload.length);
                }
            }
        } catch (EOFException e) {
            LOG.debug("the client hung up", e);
        } catch (IOException e) {
            LOG.debug("the input of a session ended", e);
        }
        session.closeInput();
        session.close();
    }

    /** Section 5.2: length in 7, 16 or 64 bits, a mask that clients must use, and the masked bytes. */
    private static byte[] payload(DataInputStream in) throws IOException {
        int second = in.readUnsignedByte();
        long length = second & 0x7f;
        if (length == 126) {
            length = in.readUnsignedShort();
        } else if (length == 127) {
            length = in.readLong();
        }
        if ((second & MASKED) == 0 || length < 0 || length > MAX_FRAME_BYTES) {
            throw new IOException("a WebSocket frame of %d bytes that breaks the rules".formatted(length));
        }
        byte[] mask = new byte[4];
        in.readFully(mask);
        byte[] payload = new byte[(int) length];
        in.readFully(payload);
        for (int i = 0; i < payload.length; i++) {
            payload[i] ^= mask[i & 3];
        }
        return payload;
    }

    /** One whole message in one frame, unmasked as a server's are. */
    private static byte[] frame(int opcode, byte[] buffer, int offset, int length) {
        int head = length < 126 ? 2 : length < 1 << 16 ? 4 : 10;
        byte[] frame = new byte[head + length];
        frame[0] = (byte) (FIN | opcode);
        if (head == 2) {
            frame[1] = (byte) length;
        } else {
            frame[1] = (byte) (head == 4 ? 126 : 127);
            for (int i = 0; i < head - 2; i++) {
                frame[head - 1 - i] = (byte) ((long) length >>> (8 * i));
            }
        }
        System.arraycopy(buffer, offset, frame, head, length);
        return frame;
    }
}
