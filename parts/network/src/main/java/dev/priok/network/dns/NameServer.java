package dev.priok.network.dns;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;

/**
 * Serves the queries of one container, in two virtual threads: what is known here is answered at once, what others have to be
 * asked for does not keep the next query waiting. Closing it closes its sockets.
 */
public final class NameServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NameServer.class);

    /** Queries of all containers of this process that wait for other servers; more are refused, as in Docker. */
    private static final Semaphore FORWARDED = new Semaphore(1024);

    private static final int MOST_BYTES = 65535;
    private static final int MOST_CONNECTIONS = 64;
    private static final int IDLE_MILLIS = 10_000;

    private final String name;
    private final ServerSockets sockets;
    private final NameSource names;
    private final Answers answers;
    private final Forwarding forwarding = new Forwarding();
    private final Semaphore connections = new Semaphore(MOST_CONNECTIONS);

    private NameServer(String name, ServerSockets sockets, NameSource names) {
        this.name = name;
        this.sockets = sockets;
        this.names = names;
        this.answers = new Answers(names);
    }

    /**
     * Begins to serve.
     *
     * @param name of the container, for logs
     * @param sockets closed by {@link #close}
     */
    public static NameServer start(String name, ServerSockets sockets, NameSource names) {
        NameServer server = new NameServer(name, sockets, names);
        Thread.ofVirtual().name("dns-udp-" + name).start(server::serveUdp);
        Thread.ofVirtual().name("dns-tcp-" + name).start(server::serveTcp);
        return server;
    }

    private void serveUdp() {
        DatagramChannel channel = sockets.udp();
        ByteBuffer buffer = ByteBuffer.allocateDirect(MOST_BYTES);
        while (channel.isOpen()) {
            try {
                buffer.clear();
                SocketAddress from = channel.receive(buffer);
                if (from == null) {
                    continue;
                }
                buffer.flip();
                byte[] query = new byte[buffer.remaining()];
                buffer.get(query);
                udpQuery(channel, from, query);
            } catch (ClosedChannelException _) {
                return;
            } catch (IOException | RuntimeException e) {
                // A packet that cannot be read or answered must not end the service.
                LOG.debug("a query of container {} was not answered", name, e);
            }
        }
    }

    private void udpQuery(DatagramChannel channel, SocketAddress from, byte[] query) throws IOException {
        Message parsed;
        try {
            parsed = Answers.parse(query);
        } catch (IOException | RuntimeException _) {
            Optional<byte[]> answer = Answers.malformed(query);
            if (answer.isPresent()) {
                channel.send(ByteBuffer.wrap(answer.get()), from);
            }
            return;
        }
        Optional<Message> known = answers.answer(parsed);
        if (known.isPresent()) {
            channel.send(ByteBuffer.wrap(Answers.packet(parsed, known.get())), from);
            return;
        }
        Thread.ofVirtual().name("dns-forward-" + name).start(() -> {
            try {
                channel.send(ByteBuffer.wrap(elsewhere(query, parsed, false)), from);
            } catch (IOException e) {
                LOG.debug("a query of container {} was not answered", name, e);
            }
        });
    }

    private byte[] elsewhere(byte[] query, Message parsed, boolean tcp) {
        List<Upstream> servers = names.upstreams();
        if (servers.isEmpty()) {
            return Answers.failed(parsed, Rcode.SERVFAIL).toWire();
        }
        if (!FORWARDED.tryAcquire()) {
            return Answers.failed(parsed, Rcode.REFUSED).toWire();
        }
        try {
            return forwarding
                    .ask(query, parsed, servers, tcp)
                    .orElseGet(() -> Answers.failed(parsed, Rcode.SERVFAIL).toWire());
        } finally {
            FORWARDED.release();
        }
    }

    private void serveTcp() {
        ServerSocketChannel channel = sockets.tcp();
        while (channel.isOpen()) {
            try {
                SocketChannel connection = channel.accept();
                if (connections.tryAcquire()) {
                    Thread.ofVirtual().name("dns-connection-" + name).start(() -> {
                        try {
                            serve(connection);
                        } finally {
                            connections.release();
                        }
                    });
                } else {
                    connection.close();
                }
            } catch (ClosedChannelException _) {
                return;
            } catch (IOException e) {
                LOG.debug("a connection of container {} was not accepted", name, e);
                pause();
            }
        }
    }

    /** Until descriptors are free again. */
    private static void pause() {
        try {
            Thread.sleep(100);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void serve(SocketChannel connection) {
        try (connection) {
            Socket socket = connection.socket();
            socket.setSoTimeout(IDLE_MILLIS);
            DataInputStream in = new DataInputStream(socket.getInputStream());
            while (true) {
                byte[] query = new byte[in.readUnsignedShort()];
                in.readFully(query);
                Optional<byte[]> answer = tcpQuery(query);
                if (answer.isEmpty()) {
                    return;
                }
                socket.getOutputStream().write(Forwarding.framed(answer.get()));
            }
        } catch (EOFException | SocketTimeoutException | ClosedChannelException _) {
            // The client is done.
        } catch (IOException | RuntimeException e) {
            LOG.debug("a connection of container {} ended", name, e);
        }
    }

    private Optional<byte[]> tcpQuery(byte[] query) {
        Message parsed;
        try {
            parsed = Answers.parse(query);
        } catch (IOException | RuntimeException _) {
            return Answers.malformed(query);
        }
        return Optional.of(answers.answer(parsed).map(Message::toWire).orElseGet(() -> elsewhere(query, parsed, true)));
    }

    @Override
    public void close() {
        try {
            sockets.close();
        } catch (IOException e) {
            LOG.debug("the sockets of container {} did not close", name, e);
        }
    }
}
