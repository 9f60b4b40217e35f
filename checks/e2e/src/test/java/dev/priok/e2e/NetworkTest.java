package dev.priok.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** Networks by docker's command: the default bridge, users' networks with names, published ports, and a daemon that is killed. */
@EnabledIf("isRoot")
class NetworkTest {
    private static TestDaemon daemon;

    static boolean isRoot() {
        return System.getProperty("user.name").equals("root");
    }

    @BeforeAll
    static void start() {
        daemon = TestDaemon.start();
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

    /** A server that answers every connection with a word. */
    private static void server(String name, String word, String... options) {
        String[] all = new String[options.length + 9];
        all[0] = "run";
        all[1] = "-d";
        all[2] = "--name";
        all[3] = name;
        System.arraycopy(options, 0, all, 4, options.length);
        all[options.length + 4] = Busybox.IMAGE;
        all[options.length + 5] = "sh";
        all[options.length + 6] = "-c";
        all[options.length + 7] = "while true; do echo \"$0\" | nc -l -p 80; done";
        all[options.length + 8] = word;
        docker(all);
    }

    @Test
    void aContainerOnTheDefaultBridgeHasAnAddressAndARoute() {
        String addresses = docker("run", "--rm", Busybox.IMAGE, "ip", "-4", "addr", "show", "eth0");
        assertTrue(addresses.contains("inet 10."), addresses);
        assertTrue(docker("run", "--rm", Busybox.IMAGE, "ip", "route").startsWith("default via 10."));
    }

    @Test
    void namesResolveOnAUsersNetworkOnly() {
        docker("network", "create", "front");
        docker(
                "run",
                "-d",
                "--name",
                "db",
                "--network",
                "front",
                "--network-alias",
                "store",
                Busybox.IMAGE,
                "sleep",
                "1000");
        String address = docker("inspect", "-f", "{{.NetworkSettings.Networks.front.IPAddress}}", "db");
        for (String name : new String[] {"db", "store", docker("inspect", "-f", "{{slice .Id 0 12}}", "db")}) {
            String found = docker("run", "--rm", "--network", "front", Busybox.IMAGE, "nslookup", name);
            assertTrue(found.contains(address), name + ": " + found);
            assertNotEquals(
                    0,
                    daemon.docker()
                            .run("run", "--rm", Busybox.IMAGE, "nslookup", name)
                            .exit());
        }
        assertTrue(docker("run", "--rm", "--network", "front", Busybox.IMAGE, "ping", "-c", "1", "-W", "5", "db")
                .contains("1 packets received"));
        docker("rm", "-f", "db");
        docker("network", "rm", "front");
        assertTrue(daemon.docker().run("network", "inspect", "front").err().contains("network front not found"));
    }

    @Test
    void aPortIsTheNextContainersOnceTheLastOneIsRemoved() {
        server("holder", "hello", "-p", "127.0.0.1:0:80");
        String published = docker("port", "holder", "80/tcp");
        for (int i = 0; i < 6; i++) {
            docker("rm", "-f", "holder");
            server("holder", "hello", "-p", published + ":80");
        }
        docker("rm", "-f", "holder");
    }

    @Test
    void aPublishedPortIsReachedAndOutlivesTheDaemon() throws IOException {
        server("web", "hello", "-p", "127.0.0.1:0:80");
        String published = docker("port", "web", "80/tcp");
        int port = Integer.parseInt(published.substring(published.lastIndexOf(':') + 1));
        assertEquals("hello", Asking.ask("127.0.0.1", port));
        daemon.kill();
        assertEquals("hello", Asking.ask("127.0.0.1", port));
        daemon.launch();
        assertEquals("hello", Asking.ask("127.0.0.1", port));
        assertEquals(published, docker("port", "web", "80/tcp"));
        Program.Result second =
                daemon.docker().run("run", "--rm", "-p", "127.0.0.1:" + port + ":80", Busybox.IMAGE, "true");
        assertEquals(125, second.exit());
        assertTrue(second.err().contains("port is already allocated"), second.err());
        docker("rm", "-f", "web");
        docker("run", "--rm", "-p", "127.0.0.1:" + port + ":80", Busybox.IMAGE, "true");
    }

    @Test
    void aRunningContainerJoinsAndLeaves() {
        docker("network", "create", "--subnet", "10.198.7.0/24", "back");
        docker("run", "-d", "--name", "roamer", Busybox.IMAGE, "sleep", "1000");
        docker("network", "connect", "--ip", "10.198.7.77", "back", "roamer");
        assertTrue(docker("exec", "roamer", "ip", "addr").contains("10.198.7.77/24"));
        Program.Result busy = daemon.docker().run("network", "rm", "back");
        assertNotEquals(0, busy.exit());
        assertTrue(busy.err().contains("has active endpoints"), busy.err());
        docker("network", "disconnect", "back", "roamer");
        assertTrue(!docker("exec", "roamer", "ip", "addr").contains("10.198.7.77"));
        docker("rm", "-f", "roamer");
        docker("network", "rm", "back");
    }

    @Test
    void networksDoNotReachEachOther() {
        docker("network", "create", "one");
        docker("network", "create", "two");
        server("hidden", "secret", "--network", "one");
        String address = docker("inspect", "-f", "{{.NetworkSettings.Networks.one.IPAddress}}", "hidden");
        assertEquals(
                "secret", docker("run", "--rm", "--network", "one", Busybox.IMAGE, "nc", "-w", "5", "hidden", "80"));
        assertNotEquals(
                0,
                daemon.docker()
                        .run("run", "--rm", "--network", "two", Busybox.IMAGE, "nc", "-w", "2", address, "80")
                        .exit());
        docker("rm", "-f", "hidden");
        docker("network", "rm", "one", "two");
    }

    @Test
    void whatCannotBeMadeIsRefusedInDockersWords() {
        docker("network", "create", "--subnet", "10.198.9.0/24", "taken");
        String[][] refused = {
            {"operation is not permitted on predefined bridge network", "network", "create", "bridge"},
            {"network with name taken already exists", "network", "create", "taken"},
            {
                "Pool overlaps with other one on this address space",
                "network",
                "create",
                "--subnet",
                "10.198.9.128/25",
                "n"
            },
            {"invalid", "network", "create", "--subnet", "10.198.300.0/24", "n"},
            {"plugin not found", "network", "create", "-d", "weave", "n"},
            {"pre-defined network and cannot be removed", "network", "rm", "host"},
            {"network nowhere not found", "run", "--rm", "--network", "nowhere", Busybox.IMAGE, "true"},
        };
        for (String[] line : refused) {
            Program.Result result = daemon.docker().run(java.util.Arrays.copyOfRange(line, 1, line.length));
            assertNotEquals(0, result.exit(), line[0]);
            assertTrue(result.err().contains(line[0]), line[0] + ": " + result.err());
        }
        docker("network", "rm", "taken");
    }
}
