package dev.priok.it;

import dev.priok.linux.Fd;
import dev.priok.linux.FileCalls;
import dev.priok.linux.OpenFlag;
import dev.priok.linux.OsThread;
import dev.priok.linux.SocketCalls;
import dev.priok.netlink.Link;
import dev.priok.netlink.LinkRequests;
import dev.priok.netlink.LinkSocket;
import dev.priok.network.Wiring;
import dev.priok.network.WiringConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

/** A host in a network namespace of its own, and another host outside that it is connected to: 192.0.2.1 and 192.0.2.2. */
final class NetworkWorld implements AutoCloseable {
    static final InetAddress HOST = InetAddress.ofLiteral("192.0.2.1");
    static final InetAddress OUTSIDE = InetAddress.ofLiteral("192.0.2.2");
    /** Longer than the second after which TCP repeats a first packet that was lost. */
    private static final int PATIENCE_MILLIS = 1500;

    final Fd host = namespace();
    final Fd outside = namespace();
    Wiring wiring;

    NetworkWorld() throws Exception {
        in(host, () -> {
            try (LinkSocket links = LinkSocket.open()) {
                links.send(new LinkRequests().addVeth("up0", 1500, 0, "eth0", new byte[] {2, 0, 0, 0, 0, 9}, outside));
                Link up = links.link("up0").orElseThrow();
                links.send(new LinkRequests().addAddress(up.index(), HOST, 24).up(up.index()));
            }
            return 0;
        });
        in(outside, () -> {
            try (LinkSocket links = LinkSocket.open()) {
                int eth0 = links.link("eth0").orElseThrow().index();
                links.send(new LinkRequests()
                        .addAddress(eth0, OUTSIDE, 24)
                        .up(eth0)
                        .replaceRoute(InetAddress.ofLiteral("0.0.0.0"), 0, Optional.of(HOST), eth0));
            }
            return 0;
        });
        wiring = restarted();
    }

    /** Gives both hosts an IPv6 address: 2001:db8::1 and ::2. */
    void addIpv6() throws Exception {
        address(host, "up0", "2001:db8::1");
        address(outside, "eth0", "2001:db8::2");
        in(outside, () -> {
            try (LinkSocket links = LinkSocket.open()) {
                int eth0 = links.link("eth0").orElseThrow().index();
                links.send(new LinkRequests()
                        .replaceRoute(
                                InetAddress.ofLiteral("fd77::"),
                                16,
                                Optional.of(InetAddress.ofLiteral("2001:db8::1")),
                                eth0));
            }
            return 0;
        });
    }

    private static void address(Fd namespace, String link, String address) throws Exception {
        in(namespace, () -> {
            try (LinkSocket links = LinkSocket.open()) {
                int index = links.link(link).orElseThrow().index();
                links.send(new LinkRequests().addAddress(index, InetAddress.ofLiteral(address), 64));
            }
            return 0;
        });
    }

    Wiring restarted() throws Exception {
        return in(host, () -> Wiring.ofHost(new WiringConfig("priok-it", 2, true, true)));
    }

    private static Fd namespace() {
        try {
            return OsThread.run("world", () -> {
                SocketCalls.host().leaveNetwork();
                try (LinkSocket links = LinkSocket.open()) {
                    links.send(new LinkRequests().up(1));
                }
                return FileCalls.host().open("/proc/thread-self/ns/net", OpenFlag.RDONLY | OpenFlag.CLOEXEC, 0);
            });
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    static <T> T in(Fd namespace, Callable<T> task) throws Exception {
        return OsThread.run("in-world", () -> {
            SocketCalls.host().enterNetwork(namespace);
            return task.call();
        });
    }

    /** Connects and says whom the server saw; "no" when nothing answers. */
    static String reach(Callable<Socket> open, InetAddress to, int port) throws Exception {
        try (Socket socket = open.call()) {
            socket.connect(new InetSocketAddress(to, port), PATIENCE_MILLIS);
            socket.setSoTimeout(PATIENCE_MILLIS);
            return new String(socket.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        } catch (IOException _) {
            return "no";
        }
    }

    String fromOutside(InetAddress to, int port) throws Exception {
        return reach(() -> in(outside, NetworkWorld::socket), to, port);
    }

    String fromHost(InetAddress to, int port) throws Exception {
        return reach(() -> in(host, NetworkWorld::socket), to, port);
    }

    String from(String sandbox, InetAddress to, int port) throws Exception {
        return reach(() -> wiring.inside(sandbox, NetworkWorld::socket), to, port);
    }

    /** A socket that exists already in the kernel, in the namespace of the calling thread. */
    private static Socket socket() throws IOException {
        Socket socket = new Socket();
        socket.bind(new InetSocketAddress(0));
        return socket;
    }

    /** A server that tells each client its address. */
    static ServerSocket server(int port) throws IOException {
        return server(port, InetAddress.ofLiteral("0.0.0.0"));
    }

    static ServerSocket server(int port, InetAddress address) throws IOException {
        ServerSocket server = new ServerSocket(port, 50, address);
        Thread.ofVirtual().start(() -> {
            while (!server.isClosed()) {
                try (Socket client = server.accept()) {
                    client.getOutputStream()
                            .write(client.getInetAddress()
                                    .getHostAddress()
                                    .getBytes(java.nio.charset.StandardCharsets.UTF_8));
                } catch (IOException _) {
                    // closed, or the client is gone
                }
            }
        });
        return server;
    }

    List<String> linksOfHost() throws Exception {
        return in(host, () -> {
            try (LinkSocket links = LinkSocket.open()) {
                return links.links().stream().map(Link::name).toList();
            }
        });
    }

    @Override
    public void close() {
        wiring.close();
        host.close();
        outside.close();
    }
}
