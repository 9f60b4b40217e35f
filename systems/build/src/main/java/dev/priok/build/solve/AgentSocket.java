package dev.priok.build.solve;

import dev.priok.build.context.AgentCalls;
import dev.priok.build.plan.Operation.MountRequest;
import dev.priok.linux.Fd;
import dev.priok.linux.FileCalls;
import dev.priok.linux.OpenFlag;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A socket that the process of one step speaks the agent protocol with; every message goes to the client's agent. */
final class AgentSocket implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AgentSocket.class);

    /** Connections of one step at a time: more is no ssh. */
    private static final int MAXIMUM_CONNECTIONS = 64;

    private final ServerSocketChannel server;
    private final String id;
    private final AgentCalls calls;
    private final Set<SocketChannel> connections = ConcurrentHashMap.newKeySet();

    private AgentSocket(ServerSocketChannel server, String id, AgentCalls calls) {
        this.server = server;
        this.id = id;
        this.calls = calls;
    }

    /** Makes the socket in a directory, and serves it until it is closed. */
    static AgentSocket open(Path directory, String name, MountRequest.Agent wanted, SshAgents agents)
            throws IOException {
        FileCalls files = FileCalls.host();
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try (Fd folder = files.open(directory.toString(), OpenFlag.RDONLY | OpenFlag.DIRECTORY)) {
            // By descriptor, because the path of a socket has 108 bytes at most.
            server.bind(UnixDomainSocketAddress.of("/proc/self/fd/" + folder.number() + "/" + name));
            files.chown(folder, name, wanted.uid(), wanted.gid());
            files.chmod(folder, name, wanted.permissions());
        } catch (IOException | RuntimeException e) {
            server.close();
            throw e;
        }
        AgentSocket socket = new AgentSocket(server, wanted.id(), agents.calls());
        Thread.ofVirtual().name("build-ssh-agent").start(socket::accept);
        return socket;
    }

    private void accept() {
        while (server.isOpen()) {
            try {
                SocketChannel connection = server.accept();
                if (connections.size() >= MAXIMUM_CONNECTIONS) {
                    connection.close();
                    continue;
                }
                connections.add(connection);
                Thread.ofVirtual().name("build-ssh-agent").start(() -> serve(connection));
            } catch (ClosedChannelException _) {
                return;
            } catch (IOException e) {
                LOG.warn("no more connections to the ssh agent of a build are taken", e);
                return;
            }
        }
    }

    private void serve(SocketChannel connection) {
        int number = calls.connect();
        boolean asked = false;
        try (connection;
                DataInputStream in = new DataInputStream(Channels.newInputStream(connection));
                DataOutputStream out = new DataOutputStream(Channels.newOutputStream(connection))) {
            while (true) {
                int length = in.readInt();
                if (length <= 0 || length > AgentCalls.MAXIMUM_BYTES) {
                    LOG.debug("a message of {} bytes to an ssh agent", length);
                    return;
                }
                byte[] message = in.readNBytes(length);
                if (message.length < length) {
                    return;
                }
                asked = true;
                byte[] answer = calls.ask(id, number, message);
                byte[] framed = new byte[Integer.BYTES + answer.length];
                java.nio.ByteBuffer.wrap(framed).putInt(answer.length).put(answer);
                out.write(framed);
            }
        } catch (EOFException | ClosedChannelException _) {
            // The process has what it wanted, or the step has ended.
        } catch (IOException | RuntimeException e) {
            LOG.debug("an ssh agent of a build cannot be asked", e);
        } finally {
            connections.remove(connection);
            if (asked) {
                calls.disconnect(id, number);
            }
        }
    }

    @Override
    public void close() {
        try {
            server.close();
            for (SocketChannel connection : connections) {
                connection.close();
            }
        } catch (IOException e) {
            LOG.warn("the socket of an ssh agent cannot be closed", e);
        }
    }
}
