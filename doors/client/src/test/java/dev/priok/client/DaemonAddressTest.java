package dev.priok.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.priok.core.Failure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DaemonAddressTest {
    @Test
    void parse_forms_areRead() {
        assertEquals(new DaemonAddress.Unix("/run/p.sock"), DaemonAddress.parse("unix:///run/p.sock"));
        assertEquals(new DaemonAddress.Tcp("host", 2375), DaemonAddress.parse("tcp://host"));
        assertEquals(new DaemonAddress.Tcp("host", 99), DaemonAddress.parse("http://host:99/"));
        assertEquals(new DaemonAddress.Tcp("::1", 99), DaemonAddress.parse("tcp://[::1]:99"));
        assertEquals(new DaemonAddress.Tcp("localhost", 99), DaemonAddress.parse("tcp://:99"));
        assertEquals("tcp://[::1]:99", DaemonAddress.parse("tcp://[::1]:99").toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/run/p.sock", "unix://", "tcp://host:x", "tcp://host:70000", "ssh://host", "fd://"})
    void parse_badText_isRefusedByName(String text) {
        Failure failure = assertThrows(Failure.class, () -> DaemonAddress.parse(text));
        assertEquals(Failure.Kind.INVALID, failure.kind());
        assertEquals(true, failure.message().contains("`" + text + "`"));
    }
}
