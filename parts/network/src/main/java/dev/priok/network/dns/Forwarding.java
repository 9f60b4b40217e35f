package dev.priok.network.dns;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SocketChannel;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;

/** Asks other servers, one after the other, and takes what they say as it is. */
final class Forwarding {
    private static final Logger LOG = LoggerFactory.getLogger(Forwarding.class);

    private static final int MOST_SERVERS = 3;
    private static final int MOST_BYTES = 65535;
    private static final Duration PATIENCE = Duration.ofSeconds(4);
    /** From one server; others may be sent to us by those who guess. */
    private static final int MOST_STRANGERS = 64;

    private final SecureRandom random = new SecureRandom();

    /** What the first server that has an answer says; empty when none answers. Blocks for seconds at most. */
    Optional<byte[]> ask(byte[] query, Message parsed, List<Upstream> servers, boolean tcp) {
        Optional<byte[]> refusal = Optional.empty();
        for (Upstream server : servers.subList(0, Math.min(servers.size(), MOST_SERVERS))) {
            try {
                Optional<byte[]> answer = tcp ? byTcp(query, server) : byUdp(query, parsed, server);
                if (answer.isPresent()) {
                    int code = answer.get()[3] & 0xF;
                    if (code != Rcode.SERVFAIL && code != Rcode.REFUSED) {
                        return answer;
                    }
                    refusal = answer;
                }
            } catch (IOException e) {
                LOG.debug("name server {} does not answer", server.address(), e);
            }
        }
        return refusal;
    }

    private Optional<byte[]> byUdp(byte[] query, Message parsed, Upstream server) throws IOException {
        byte[] sent = query.clone();
        int id = random.nextInt(1 << 16);
        sent[0] = (byte) (id >> 8);
        sent[1] = (byte) id;
        try (DatagramChannel channel = server.sockets().udp()) {
            channel.connect(server.address());
            channel.write(ByteBuffer.wrap(sent));
            byte[] buffer = new byte[MOST_BYTES];
            java.net.DatagramPacket packet = new java.net.DatagramPacket(buffer, buffer.length);
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            for (int i = 0; i < MOST_STRANGERS; i++) {
                long left = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
                if (left <= 0) {
                    return Optional.empty();
                }
                channel.socket().setSoTimeout(Math.toIntExact(left));
                channel.socket().receive(packet);
                byte[] answer = Arrays.copyOf(buffer, packet.getLength());
                if (answers(answer, sent, parsed)) {
                    answer[0] = query[0];
                    answer[1] = query[1];
                    return Optional.of(answer);
                }
            }
        }
        return Optional.empty();
    }

    /** Whether it is the answer to what was asked: the number and the question have to be the same (RFC 5452, 9.1). */
    private static boolean answers(byte[] answer, byte[] sent, Message parsed) {
        if (answer.length < 12 || answer[0] != sent[0] || answer[1] != sent[1] || (answer[2] & 0x80) == 0) {
            return false;
        }
        try {
            Message message = new Message(answer);
            return message.getQuestion() != null && message.getQuestion().equals(parsed.getQuestion());
        } catch (IOException _) {
            return false;
        }
    }

    private static Optional<byte[]> byTcp(byte[] query, Upstream server) throws IOException {
        try (SocketChannel channel = server.sockets().tcp()) {
            Socket socket = channel.socket();
            socket.connect(server.address(), Math.toIntExact(PATIENCE.toMillis()));
            socket.setSoTimeout(Math.toIntExact(PATIENCE.toMillis()));
            OutputStream out = socket.getOutputStream();
            out.write(framed(query));
            DataInputStream in = new DataInputStream(socket.getInputStream());
            byte[] answer = new byte[in.readUnsignedShort()];
            in.readFully(answer);
            return answer.length >= 12 && answer[0] == query[0] && answer[1] == query[1]
                    ? Optional.of(answer)
                    : Optional.empty();
        }
    }

    /** With its length before it (RFC 1035, 4.2.2). */
    static byte[] framed(byte[] message) {
        byte[] framed = new byte[message.length + 2];
        framed[0] = (byte) (message.length >> 8);
        framed[1] = (byte) message.length;
        System.arraycopy(message, 0, framed, 2, message.length);
        return framed;
    }
}
