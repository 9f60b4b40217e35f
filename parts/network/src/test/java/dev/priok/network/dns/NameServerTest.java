package dev.priok.network.dns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.network.dns.NameSource.Found;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.PTRRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Resolver;
import org.xbill.DNS.ReverseMap;
import org.xbill.DNS.SRVRecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.Type;

/** Asks name servers on loopback: one as containers have it, and one that stands for the world outside. */
class NameServerTest {
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

    private NameServer inside;
    private NameServer outside;
    private Resolver resolver;
    private int port;
    private volatile boolean forwards = true;

    /** Knows {@code web} with two addresses, {@code db} that is down, and the service {@code _http._tcp.web}. */
    private final class Container implements NameSource {
        private final int outsidePort;

        Container(int outsidePort) {
            this.outsidePort = outsidePort;
        }

        @Override
        public Found find(String name) {
            return switch (name) {
                case "web" ->
                    new Found.Addresses(List.of(InetAddress.ofLiteral("10.9.0.2"), InetAddress.ofLiteral("10.9.0.3")));
                case "db" -> new Found.Nobody();
                default -> new Found.Elsewhere();
            };
        }

        @Override
        public Found find(InetAddress address) {
            return address.getHostAddress().equals("10.9.0.2")
                    ? new Found.Names(List.of("web.net"))
                    : address.getHostAddress().startsWith("10.9.") ? new Found.Nobody() : new Found.Elsewhere();
        }

        @Override
        public Found services(String name) {
            return name.equals("_http._tcp.web")
                    ? new Found.Services(List.of(new Service("web", 80, List.of(InetAddress.ofLiteral("10.9.0.2")))))
                    : new Found.Elsewhere();
        }

        @Override
        public List<Upstream> upstreams() {
            return forwards
                    ? List.of(new Upstream(new InetSocketAddress(LOOPBACK, outsidePort), Upstream.Sockets.OF_HOST))
                    : List.of();
        }
    }

    /** Gives {@code big.example} more addresses than fit into a packet, and refuses to know anything else. */
    private static final class World implements NameSource {
        @Override
        public Found find(String name) {
            return name.equals("big.example")
                    ? new Found.Addresses(IntStream.range(0, 100)
                            .mapToObj(i -> InetAddress.ofLiteral("198.51.100." + i))
                            .toList())
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
    }

    @BeforeEach
    void start() throws IOException {
        ServerSockets world = ServerSockets.open(LOOPBACK, 0);
        outside = NameServer.start("world", world, new World());
        ServerSockets own = ServerSockets.open(LOOPBACK, 0);
        port = own.port();
        inside = NameServer.start("container", own, new Container(world.port()));
        SimpleResolver simple = new SimpleResolver(new InetSocketAddress(LOOPBACK, port));
        simple.setTimeout(Duration.ofSeconds(10));
        resolver = simple;
    }

    @AfterEach
    void stop() {
        inside.close();
        outside.close();
    }

    private Message ask(String name, int type) throws IOException {
        return resolver.send(Message.newQuery(Record.newRecord(Name.fromString(name), type, DClass.IN)));
    }

    @Test
    void turnsTheOrderOfAddresses() throws IOException {
        Set<String> first = new HashSet<>();
        for (int i = 0; i < 4; i++) {
            Message answer = ask("WEB.", Type.A);
            List<Record> records = answer.getSection(Section.ANSWER);
            assertEquals(2, records.size());
            assertEquals(Answers.TTL_SECONDS, records.getFirst().getTTL());
            first.add(((ARecord) records.getFirst()).getAddress().getHostAddress());
        }
        assertEquals(Set.of("10.9.0.2", "10.9.0.3"), first);
    }

    @Test
    void saysOfAKnownNameThatItHasNoAddressOfTheOtherFamily() throws IOException {
        Message answer = ask("web.", Type.AAAA);
        assertEquals(Rcode.NOERROR, answer.getRcode());
        assertEquals(0, answer.getSection(Section.ANSWER).size());
    }

    @Test
    void asksNobodyOutsideForWhatIsOurs() throws IOException {
        forwards = false;
        assertEquals(Rcode.NXDOMAIN, ask("db.", Type.A).getRcode());
        assertEquals(Rcode.SERVFAIL, ask("big.example.", Type.A).getRcode());
        assertEquals(
                Rcode.NXDOMAIN,
                ask(ReverseMap.fromAddress("10.9.7.7").toString(), Type.PTR).getRcode());
    }

    @Test
    void namesAnAddressAndAService() throws IOException {
        Message reverse = ask(ReverseMap.fromAddress("10.9.0.2").toString(), Type.PTR);
        assertEquals(
                "web.net.",
                ((PTRRecord) reverse.getSection(Section.ANSWER).getFirst())
                        .getTarget()
                        .toString());
        Message service = ask("_http._tcp.web.", Type.SRV);
        SRVRecord record = (SRVRecord) service.getSection(Section.ANSWER).getFirst();
        assertEquals(80, record.getPort());
        assertEquals("web.", record.getTarget().toString());
        assertEquals(1, service.getSection(Section.ADDITIONAL).size());
    }

    @Test
    void handsOverAnAnswerThatWasCutAndTheWholeByTcp() throws IOException {
        SimpleResolver udp = new SimpleResolver(new InetSocketAddress(LOOPBACK, port));
        udp.setIgnoreTruncation(true);
        udp.setEDNS(-1);
        Message query = Message.newQuery(Record.newRecord(Name.fromString("big.example."), Type.A, DClass.IN));
        Message cut = udp.send(query);
        assertTrue(cut.getHeader().getFlag(Flags.TC));
        udp.setTCP(true);
        Message whole = udp.send(query);
        assertEquals(100, whole.getSection(Section.ANSWER).size());
        assertEquals(Rcode.NXDOMAIN, ask("nobody.example.", Type.A).getRcode());
    }

    @Test
    void survivesWhatIsNoQuery() throws IOException {
        try (DatagramSocket client = new DatagramSocket()) {
            client.setSoTimeout(5_000);
            client.connect(LOOPBACK, port);
            byte[] nonsense = {1, 2, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 7};
            client.send(new DatagramPacket(new byte[3], 3));
            client.send(new DatagramPacket(nonsense, nonsense.length));
            DatagramPacket answer = new DatagramPacket(new byte[512], 512);
            client.receive(answer);
            assertEquals(Rcode.FORMERR, answer.getData()[3] & 0xF);
        }
        assertEquals(Rcode.NOERROR, ask("web.", Type.A).getRcode());
    }

    /** A tenth of what the product promises, so that a busy machine passes; the number is printed. */
    @Test
    void answersThousandsOfQueriesASecond() throws IOException {
        byte[] query = Message.newQuery(Record.newRecord(Name.fromString("web."), Type.A, DClass.IN))
                .toWire();
        int rounds = 400;
        int window = 50;
        try (DatagramSocket client = new DatagramSocket()) {
            client.setSoTimeout(5_000);
            client.connect(LOOPBACK, port);
            DatagramPacket packet = new DatagramPacket(query, query.length);
            DatagramPacket answer = new DatagramPacket(new byte[512], 512);
            long begin = 0;
            for (int round = -rounds; round < rounds; round++) {
                begin = round == 0 ? System.nanoTime() : begin;
                for (int i = 0; i < window; i++) {
                    client.send(packet);
                }
                for (int i = 0; i < window; i++) {
                    client.receive(answer);
                }
            }
            double seconds = (System.nanoTime() - begin) / 1e9;
            double rate = rounds * window / seconds;
            System.getLogger("NameServerTest")
                    .log(System.Logger.Level.INFO, "{0} queries per second", Math.round(rate));
            assertTrue(rate > 1_000, () -> rate + " queries per second");
        }
    }
}
