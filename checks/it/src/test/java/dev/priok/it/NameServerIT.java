package dev.priok.it;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.network.Intended;
import dev.priok.network.dns.NameServer;
import dev.priok.network.dns.NameSource;
import dev.priok.network.dns.ServerSockets;
import dev.priok.network.dns.Upstream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The name server in a container's namespace, where it shares port 53 with whoever wants it. */
@Tag("root")
@ExtendWith(RootCondition.class)
class NameServerIT {
    private static final InetSocketAddress SERVER =
            new InetSocketAddress(InetAddress.ofLiteral(ServerSockets.ADDRESS), 53);
    /** A query for the address of db, number 7. */
    private static final byte[] QUERY = {0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 2, 'd', 'b', 0, 0, 1, 0, 1};

    private static final byte[] ANSWER = {10, 9, 8, 7};
    private static final int MEASURED = 3000;

    private NetworkWorld world;
    private NameServer server;

    @BeforeEach
    void start() throws Exception {
        world = new NetworkWorld();
        world.wiring.reconcile(new Intended(List.of(), List.of()));
        world.wiring.open("box");
        server = serve();
    }

    @AfterEach
    void end() {
        server.close();
        world.close();
    }

    private NameServer serve() throws Exception {
        return NameServer.start("box", world.wiring.inside("box", ServerSockets::openRedirected), new NameSource() {
            @Override
            public Found find(String name) {
                return name.equals("db")
                        ? new Found.Addresses(List.of(InetAddress.ofLiteral("10.9.8.7")))
                        : new Found.Nobody();
            }

            @Override
            public Found find(InetAddress address) {
                return new Found.Nobody();
            }

            @Override
            public Found services(String name) {
                return new Found.Nobody();
            }

            @Override
            public List<Upstream> upstreams() {
                return List.of();
            }
        });
    }

    @Test
    void programOfTheContainer_hasPort53ForItself() throws Exception {
        try (DatagramSocket own = inside(() -> new DatagramSocket(53));
                ServerSocket alsoOwn = inside(() -> new ServerSocket(53));
                DatagramSocket client = inside(DatagramSocket::new);
                Socket connection = inside(() -> {
                    Socket socket = new Socket();
                    socket.bind(null);
                    return socket;
                })) {
            assertTrue(own.isBound() && alsoOwn.isBound());
            assertArrayEquals(ANSWER, ask(client), "by datagram");
            connection.connect(SERVER, 5000);
            connection.setSoTimeout(5000);
            connection.getOutputStream().write(new byte[] {0, (byte) QUERY.length});
            connection.getOutputStream().write(QUERY);
            DataInputStream in = new DataInputStream(connection.getInputStream());
            byte[] answer = new byte[in.readUnsignedShort()];
            in.readFully(answer);
            assertArrayEquals(ANSWER, Arrays.copyOfRange(answer, answer.length - 4, answer.length), "by connection");
        }
    }

    @Test
    void serverAfterARestart_answersTheSameClient() throws Exception {
        try (DatagramSocket client = inside(DatagramSocket::new)) {
            assertArrayEquals(ANSWER, ask(client));
            server.close();
            server = serve();
            assertArrayEquals(ANSWER, ask(client));
        }
    }

    @Test
    void manyQueries_areAnsweredQuickly() throws Exception {
        try (DatagramSocket client = inside(DatagramSocket::new)) {
            for (int i = 0; i < MEASURED; i++) {
                ask(client);
            }
            long start = System.nanoTime();
            for (int i = 0; i < MEASURED; i++) {
                ask(client);
            }
            double seconds = (System.nanoTime() - start) / 1e9;
            System.getLogger("NameServerIT")
                    .log(System.Logger.Level.INFO, "{0} queries a second, one after the other", MEASURED / seconds);
            assertTrue(seconds < MEASURED / 500.0, "only " + MEASURED / seconds + " queries a second");
        }
    }

    private <T> T inside(java.util.concurrent.Callable<T> task) throws Exception {
        return world.wiring.inside("box", task);
    }

    private static byte[] ask(DatagramSocket client) throws IOException {
        client.setSoTimeout(5000);
        client.send(new DatagramPacket(QUERY, QUERY.length, SERVER));
        DatagramPacket answer = new DatagramPacket(new byte[512], 512);
        client.receive(answer);
        assertEquals(SERVER, answer.getSocketAddress(), "the answer comes from where it was asked");
        return Arrays.copyOfRange(answer.getData(), answer.getLength() - 4, answer.getLength());
    }
}
