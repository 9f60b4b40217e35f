package dev.priok.engine.spec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.core.Failure;
import dev.priok.engine.NetworkSpec;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NameFilesTest {
    private static NetworkSpec network(String mode, List<String> dns, List<String> hosts) {
        return new NetworkSpec(
                mode, false, dns, List.of(), List.of(), hosts, List.of(), List.of(), Map.of(), false, "", Map.of());
    }

    @Test
    void hosts_extraLinesComeLast() {
        String text = NameFiles.hosts(network("default", List.of(), List.of("db:10.0.0.1", "six:[::2]")), "ignored");
        assertTrue(text.startsWith("127.0.0.1\tlocalhost\n"));
        assertTrue(text.endsWith("10.0.0.1\tdb\n::2\tsix\n"));
        assertEquals(
                "1.2.3.4 me\n10.0.0.1\tdb\n",
                NameFiles.hosts(network("host", List.of(), List.of("db:10.0.0.1")), "1.2.3.4 me"));
    }

    @Test
    void hosts_withoutIpv6HaveNoLinesOfIt_andGatewaysOfBothFamilies() {
        assertEquals(
                "127.0.0.1\tlocalhost\n10.0.0.1\tup\nfd00::1\tup\n",
                NameFiles.hosts(
                        network("default", List.of(), List.of("up:host-gateway")),
                        "",
                        List.of("10.0.0.1", "fd00::1"),
                        false));
    }

    @Test
    void extraHosts_needBothParts() {
        assertThrows(Failure.class, () -> NameFiles.checkExtraHosts(List.of("nothing")));
    }

    @Test
    void resolvConf_leavesOutLocalServers() {
        String host = "nameserver 127.0.0.53\nnameserver 9.9.9.9\nsearch lan\noptions edns0\n";
        assertTrue(NameFiles.resolvConf(network("default", List.of(), List.of()), host)
                .endsWith("nameserver 9.9.9.9\nsearch lan\noptions edns0\n"));
        assertEquals(host, NameFiles.resolvConf(network("host", List.of(), List.of()), host));
        assertTrue(NameFiles.resolvConf(network("default", List.of("1.1.1.1"), List.of()), host)
                .contains("nameserver 1.1.1.1\nsearch"));
    }
}
