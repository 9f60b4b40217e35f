package dev.priok.cli.build;

import dev.priok.cli.command.CommandFailed;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Who answers for keys: an agent that runs, or this process for keys in files. For one thread.
 *
 * @see <a href="https://datatracker.ietf.org/doc/html/draft-ietf-sshm-ssh-agent">SSH Agent Protocol</a>
 */
interface SshAgent {
    /** Asks which keys there are. */
    byte LIST = 11;

    /** Asks for a signature. */
    byte SIGN = 13;

    /** Answer to what is not understood or cannot be done. */
    static byte[] failure() {
        return new byte[] {5};
    }

    /** Answers a message of kind {@link #LIST} or {@link #SIGN}; both without their lengths. */
    byte[] ask(int connection, byte[] message) throws IOException;

    /** Ends a connection. */
    void disconnect(int connection) throws IOException;

    /** One behind a socket. */
    final class Running implements SshAgent {
        private static final int MAXIMUM_BYTES = 256 << 10;

        private final Path socket;
        private final Map<Integer, SocketChannel> connections = new HashMap<>();

        Running(Path socket) {
            this.socket = socket;
        }

        @Override
        public byte[] ask(int connection, byte[] message) throws IOException {
            try {
                return answer(connection, message);
            } catch (IOException e) {
                // What is left of an answer on it would be taken for the next one.
                disconnect(connection);
                throw e;
            }
        }

        private byte[] answer(int connection, byte[] message) throws IOException {
            SocketChannel channel = connections.get(connection);
            if (channel == null) {
                channel = SocketChannel.open(StandardProtocolFamily.UNIX);
                connections.put(connection, channel);
                channel.connect(UnixDomainSocketAddress.of(socket));
            }
            ByteBuffer framed = ByteBuffer.allocate(Integer.BYTES + message.length);
            framed.putInt(message.length).put(message).flip();
            while (framed.hasRemaining()) {
                channel.write(framed);
            }
            // Not closed, and nothing is read ahead: the connection goes on.
            DataInputStream in = new DataInputStream(Channels.newInputStream(channel));
            int length = in.readInt();
            if (length <= 0 || length > MAXIMUM_BYTES) {
                throw new IOException("the ssh agent at " + socket + " answers " + length + " bytes");
            }
            byte[] answer = new byte[length];
            in.readFully(answer);
            return answer;
        }

        @Override
        public void disconnect(int connection) throws IOException {
            SocketChannel channel = connections.remove(connection);
            if (channel != null) {
                channel.close();
            }
        }
    }

    /** Keys of files: tells them and signs with them. */
    final class Keys implements SshAgent {
        private static final byte LISTED = 12;
        private static final byte SIGNED = 14;

        private final List<SshKey> keys;

        Keys(List<SshKey> keys) {
            this.keys = List.copyOf(keys);
        }

        @Override
        public byte[] ask(int connection, byte[] message) throws IOException {
            return switch (message[0]) {
                case LIST -> list();
                case SIGN -> sign(ByteBuffer.wrap(message, 1, message.length - 1));
                default -> failure();
            };
        }

        private byte[] list() throws IOException {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            DataOutputStream out = new DataOutputStream(bytes);
            out.write(LISTED);
            out.writeInt(keys.size());
            for (SshKey key : keys) {
                out.write(SshKey.joined(key.blob(), key.comment().getBytes(StandardCharsets.UTF_8)));
            }
            return bytes.toByteArray();
        }

        private byte[] sign(ByteBuffer in) throws IOException {
            try {
                byte[] blob = SshKey.string(in);
                byte[] data = SshKey.string(in);
                int flags = in.getInt();
                for (SshKey key : keys) {
                    if (Arrays.equals(key.blob(), blob)) {
                        byte[] signature = SshKey.joined(key.sign(data, flags));
                        return ByteBuffer.allocate(1 + signature.length)
                                .put(SIGNED)
                                .put(signature)
                                .array();
                    }
                }
                return failure();
            } catch (BufferUnderflowException _) {
                return failure();
            } catch (GeneralSecurityException e) {
                throw new CommandFailed("a key of ssh cannot sign: " + e.getMessage());
            }
        }

        @Override
        public void disconnect(int connection) {
            // There is nothing to keep between messages.
        }
    }
}
