package dev.priok.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** The rarer wishes about networks by docker's command, on a daemon with IPv6 that publishes at loopback. */
@EnabledIf("isRoot")
class NetworkFeaturesTest {
    private static final String SERVE = "while true; do echo hello | nc -l -p 80; done";

    private static TestDaemon daemon;

    static boolean isRoot() {
        return System.getProperty("user.name").equals("root");
    }

    @BeforeAll
    static void start() {
        daemon = TestDaemon.start(
                "--ipv6",
                "--fixed-cidr-v6",
                "fd42:7072:696f::/64",
                "--ip",
                "127.0.0.1",
                "--default-network-opt",
                "bridge=com.docker.network.driver.mtu=1400",
                "--userland-proxy=true",
                "--iptables=true");
        Busybox.into(daemon.docker());
    }

    @AfterAll
    static void stop() {
        if (daemon != null) {
            daemon.close();
        }
    }

    private static String docker(String... arguments) {
        return daemon.docker().run(arguments).ok().out().strip();
    }

    private static String refusal(String... arguments) {
        Program.Result result = daemon.docker().run(arguments);
        assertNotEquals(0, result.exit(), () -> String.join(" ", arguments));
        return result.err();
    }

    private static int port(String published) {
        return Integer.parseInt(published.substring(published.lastIndexOf(':') + 1));
    }

    @Test
    void theDefaultRouteAndThePortsGoWhereThePrioritySays() throws IOException {
        docker("network", "create", "--subnet", "10.198.21.0/24", "first");
        docker("network", "create", "--subnet", "10.198.22.0/24", "second");
        docker(
                "run",
                "-d",
                "--name",
                "gw",
                "-p",
                "127.0.0.1:0:80",
                "--network",
                "name=first",
                "--network",
                "name=second,gw-priority=1",
                Busybox.IMAGE,
                "sh",
                "-c",
                SERVE);
        String published = docker("port", "gw", "80/tcp");
        assertRoute("10.198.22.1", published);
        docker("network", "disconnect", "second", "gw");
        assertRoute("10.198.21.1", published);
        docker("network", "connect", "--gw-priority", "5", "second", "gw");
        assertRoute("10.198.22.1", published);
        docker("network", "disconnect", "first", "gw");
        assertRoute("10.198.22.1", published);
        daemon.kill();
        assertEquals("hello", Asking.ask("127.0.0.1", port(published)));
        daemon.launch();
        assertRoute("10.198.22.1", published);
        docker("rm", "-f", "gw");
        docker("network", "rm", "first", "second");
    }

    private static void assertRoute(String gateway, String published) throws IOException {
        String routes = docker("exec", "gw", "ip", "route");
        assertTrue(routes.startsWith("default via " + gateway), routes);
        assertEquals(published, docker("port", "gw", "80/tcp"));
        assertEquals("hello", Asking.ask("127.0.0.1", port(published)));
    }

    @Test
    void endpointOptionsSetSysctlsAndTheLinksName() {
        docker("network", "create", "tuned");
        String option = "name=tuned,driver-opt=com.docker.network.endpoint.sysctls=net.ipv4.conf.IFNAME.log_martians=1,"
                + "driver-opt=com.docker.network.endpoint.ifname=wan0";
        assertEquals(
                "1",
                docker(
                        "run",
                        "--rm",
                        "--network",
                        option,
                        Busybox.IMAGE,
                        "cat",
                        "/proc/sys/net/ipv4/conf/wan0/log_martians"));
        String bad = "name=tuned,driver-opt=com.docker.network.endpoint.sysctls=net.core.somaxconn=1";
        assertTrue(
                refusal("run", "--rm", "--network", bad, Busybox.IMAGE, "true").contains("invalid endpoint sysctl"));
        assertTrue(
                docker("run", "--rm", "--network", "tuned", Busybox.IMAGE, "ip", "link", "show", "eth0")
                        .contains("mtu 1400"),
                "the daemon's option of all networks");
        docker("network", "rm", "tuned");
    }

    @Test
    void aConfigurationNetworkGivesItsSettings() {
        docker("network", "create", "--config-only", "--subnet", "10.198.31.0/24", "settings");
        docker("network", "create", "--config-from", "settings", "with space");
        assertTrue(refusal("run", "--rm", "--network", "settings", Busybox.IMAGE, "true")
                .contains("configuration-only network"));
        assertTrue(refusal("network", "rm", "settings").contains("is in use"));
        String address = "ip -4 addr show eth0; cat /sys/class/net/eth0/address";
        String first = docker("run", "--name", "made", "--network", "with space", Busybox.IMAGE, "sh", "-c", address);
        String second = docker("start", "-a", "made");
        assertTrue(first.contains("10.198.31.2/24"), first);
        assertNotEquals(
                first.lines().toList().getLast(), second.lines().toList().getLast(), "a MAC is made up again");
        docker("rm", "-f", "made");
        docker("network", "rm", "with space", "settings");
    }

    @Test
    void aNetworkIsFreeAtTheEndOfItsContainers() {
        for (int i = 0; i < 5; i++) {
            docker("network", "create", "brief");
            docker("run", "-d", "--name", "short", "--network", "brief", "-p", "0:80", Busybox.IMAGE, "sleep", "60");
            docker("rm", "-f", "short");
            docker("network", "rm", "brief");
        }
    }

    @Test
    void portsArePublishedInBothFamilies() throws IOException {
        docker("network", "create", "--ipv6", "both");
        docker("run", "-d", "--name", "six", "--network", "both", "-p", "0:80", Busybox.IMAGE, "sh", "-c", SERVE);
        List<String> published = docker("port", "six", "80/tcp").lines().toList();
        assertEquals(2, published.size(), published::toString);
        assertEquals(port(published.getFirst()), port(published.getLast()));
        assertEquals("hello", Asking.ask("127.0.0.1", port(published.getFirst())));
        assertEquals("hello", Asking.ask("::1", port(published.getFirst())));
        String inside = docker("exec", "six", "ip", "-6", "route");
        assertTrue(inside.contains("default via fd"), inside);
        docker("rm", "-f", "six");
        docker("network", "rm", "both");

        docker("run", "-d", "--name", "plain", "-p", "0:80", Busybox.IMAGE, "sh", "-c", SERVE);
        assertTrue(docker("port", "plain", "80/tcp").startsWith("127.0.0.1:"), "the daemon's --ip");
        assertTrue(docker("exec", "plain", "ip", "-6", "addr").contains("fd42:7072:696f:"), "the daemon's --ipv6");
        docker("rm", "-f", "plain");
    }

    @Test
    void namesOfContainersAreNotAskedOutside() throws Exception {
        docker("network", "create", "--subnet", "10.198.23.0/24", "quiet");
        docker("run", "-d", "--name", "up", "--network", "quiet", Busybox.IMAGE, "sleep", "1000");
        docker("create", "--name", "down", "--network", "quiet", "--network-alias", "idle", Busybox.IMAGE, "true");
        List<String> asked = new CopyOnWriteArrayList<>();
        try (DatagramSocket server = new DatagramSocket(53, InetAddress.ofLiteral("10.198.23.1"))) {
            Thread.ofVirtual().start(() -> refuseAll(server, asked));
            for (String name : new String[] {"up", "down", "idle", "down.quiet", "elsewhere.example"}) {
                daemon.docker()
                        .run(
                                "run",
                                "--rm",
                                "--network",
                                "quiet",
                                "--dns",
                                "10.198.23.1",
                                Busybox.IMAGE,
                                "nslookup",
                                name);
            }
        }
        assertTrue(asked.contains("elsewhere.example"), asked::toString);
        assertTrue(asked.stream().allMatch("elsewhere.example"::equals), asked::toString);
        docker("rename", "down", "renamed");
        docker("start", "up");
        docker("rm", "-f", "up", "renamed");
        docker("network", "rm", "quiet");
    }

    /** Answers with "no such name" and remembers what was asked. */
    private static void refuseAll(DatagramSocket server, List<String> asked) {
        DatagramPacket packet = new DatagramPacket(new byte[512], 512);
        while (!server.isClosed()) {
            try {
                server.receive(packet);
                byte[] data = packet.getData();
                StringBuilder name = new StringBuilder();
                for (int at = 12; data[at] != 0; at += data[at] + 1) {
                    name.append(name.isEmpty() ? "" : ".")
                            .append(new String(data, at + 1, data[at], StandardCharsets.US_ASCII));
                }
                asked.add(name.toString());
                data[2] |= (byte) 0x80;
                data[3] = (byte) 0x83;
                server.send(packet);
            } catch (IOException _) {
                return; // the test is over
            }
        }
    }

    @Test
    void resolversAreToldWhatWasAsked() {
        docker("network", "create", "told");
        String text = docker(
                "run",
                "--rm",
                "--network",
                "told",
                "--dns",
                "192.0.2.53",
                "--dns-search",
                "example.org",
                "--dns-option",
                "ndots:3",
                Busybox.IMAGE,
                "cat",
                "/etc/resolv.conf");
        assertTrue(text.contains("nameserver 127.0.0.11"), text);
        assertFalse(text.contains("192.0.2.53\n"), text);
        assertTrue(text.contains("search example.org"), text);
        assertTrue(text.contains("options ndots:3"), text);
        docker("network", "rm", "told");
    }

    @Test
    void linesAddedToHostsStay() {
        docker("network", "create", "--subnet", "10.198.24.0/24", "other");
        docker("run", "-d", "--name", "edited", Busybox.IMAGE, "sleep", "1000");
        docker("exec", "edited", "sh", "-c", "echo '192.0.2.9 mine' >> /etc/hosts");
        docker("network", "connect", "other", "edited");
        assertHosts("192.0.2.9 mine", "10.198.24.2");
        docker("restart", "-t", "0", "edited");
        assertHosts("192.0.2.9 mine", "10.198.24.2");
        docker("network", "disconnect", "other", "edited");
        String hosts = docker("exec", "edited", "cat", "/etc/hosts");
        assertTrue(hosts.contains("192.0.2.9 mine") && !hosts.contains("10.198.24.2"), hosts);
        assertEquals(hosts.lines().distinct().count(), hosts.lines().count(), hosts);
        docker("rm", "-f", "edited");
        docker("network", "rm", "other");
    }

    private static void assertHosts(String... lines) {
        String hosts = docker("exec", "edited", "cat", "/etc/hosts");
        for (String line : lines) {
            assertTrue(hosts.contains(line), hosts);
        }
    }

    @Test
    void macvlanAndRoutedNetworksWork() {
        docker("network", "create", "-d", "macvlan", "--subnet", "10.198.25.0/24", "wire");
        docker("run", "-d", "--name", "one", "--network", "wire", Busybox.IMAGE, "sh", "-c", SERVE);
        assertEquals("hello", docker("run", "--rm", "--network", "wire", Busybox.IMAGE, "nc", "-w", "5", "one", "80"));
        docker("rm", "-f", "one");
        docker("network", "rm", "wire");
        assertTrue(refusal("network", "create", "-d", "macvlan", "-o", "parent=nowhere7", "wire")
                .contains("nowhere7"));

        docker("network", "create", "-o", "com.docker.network.bridge.gateway_mode_ipv4=routed", "routed");
        docker("run", "-d", "--name", "direct", "--network", "routed", "-p", "80", Busybox.IMAGE, "sh", "-c", SERVE);
        String address = docker("inspect", "-f", "{{.NetworkSettings.Networks.routed.IPAddress}}", "direct");
        assertEquals(
                "hello", docker("run", "--rm", "--network", "host", Busybox.IMAGE, "nc", "-w", "5", address, "80"));
        docker("rm", "-f", "direct");
        docker("network", "rm", "routed");
        assertTrue(refusal("network", "create", "-o", "com.docker.network.bridge.gateway_mode_ipv4=open", "bad")
                .contains("gateway mode"));
    }
}
