package dev.priok.network;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetAddress;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IpPrefixTest {
    /** Examples of RFC 5952, sections 2 and 4. */
    @ParameterizedTest
    @CsvSource({
        "2001:db8:0:0:0:0:2:1, 2001:db8::2:1",
        "2001:0DB8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
        "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
        "2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
        "fd00:1235:0:0:0:0:0:0, fd00:1235::",
        "0:0:0:0:0:0:0:0, ::",
        "::1, ::1",
        "10.0.0.1, 10.0.0.1"
    })
    void text_leavesOutTheFirstLongestRunOfZeros(String written, String text) {
        assertEquals(text, IpPrefix.text(InetAddress.ofLiteral(written)));
    }
}
