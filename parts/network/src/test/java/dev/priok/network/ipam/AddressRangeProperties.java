package dev.priok.network.ipam;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.network.IpPrefix;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Whatever is taken and given back in whatever order: no address has two owners, and the lowest free one is next. */
class AddressRangeProperties {
    @Property(tries = 300)
    void agreesWithAListOfAddresses(
            @ForAll @Size(max = 200) List<@IntRange(max = 400) Integer> actions, @ForAll boolean ipv4) {
        IpPrefix subnet = IpPrefix.parse(ipv4 ? "10.1.2.0/26" : "fd00::40/122");
        IpPrefix range = IpPrefix.parse(ipv4 ? "10.1.2.32/27" : "fd00::60/123");
        AddressRange tested = new AddressRange(subnet, range);
        TreeMap<Integer, Boolean> taken = new TreeMap<>();
        for (int host = 0; host < 64; host++) {
            taken.put(host, host == 0 || (ipv4 && host == 63));
        }
        for (int action : actions) {
            int host = action % 64;
            if (action > 300) {
                Optional<Integer> lowest = taken.entrySet().stream()
                        .filter(e -> e.getKey() >= 32 && !e.getValue())
                        .map(java.util.Map.Entry::getKey)
                        .findFirst();
                assertEquals(lowest.map(h -> address(subnet, h)), tested.takeAny());
                lowest.ifPresent(h -> taken.put(h, true));
            } else if (action > 150) {
                assertEquals(!taken.get(host), tested.take(address(subnet, host)));
                taken.put(host, true);
            } else if (host != 0 && !(ipv4 && host == 63)) {
                tested.give(address(subnet, host));
                taken.put(host, false);
            }
        }
    }

    private static InetAddress address(IpPrefix subnet, int host) {
        byte[] bytes = subnet.network().address().getAddress();
        bytes[bytes.length - 1] += (byte) host;
        try {
            return InetAddress.getByAddress(bytes);
        } catch (java.net.UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    @Example
    void endsWhenAllAreTaken() {
        IpPrefix subnet = IpPrefix.parse("192.168.7.0/30");
        AddressRange range = new AddressRange(subnet, subnet);
        assertEquals("192.168.7.1", range.takeAny().orElseThrow().getHostAddress());
        InetAddress second = range.takeAny().orElseThrow();
        assertEquals("192.168.7.2", second.getHostAddress());
        assertTrue(range.takeAny().isEmpty());
        range.give(second);
        assertEquals(second, range.takeAny().orElseThrow());
    }

    @Example
    void knowsOnlyItsSubnet() {
        IpPrefix subnet = IpPrefix.parse("192.168.7.0/24");
        AddressRange range = new AddressRange(subnet, subnet);
        assertFalse(range.take(InetAddress.ofLiteral("192.168.8.4")));
        assertFalse(range.take(InetAddress.ofLiteral("fd00::4")));
        assertFalse(range.take(InetAddress.ofLiteral("192.168.7.0")));
        assertFalse(range.take(InetAddress.ofLiteral("192.168.7.255")));
    }

    /** A list of taken addresses would need minutes for this. */
    @Example
    void isQuickWhenNearlyAllAreTaken() {
        IpPrefix subnet = IpPrefix.parse("10.0.0.0/12");
        AddressRange range = new AddressRange(subnet, subnet);
        for (int i = 0; i < 200_000; i++) {
            assertTrue(range.takeAny().isPresent());
        }
        for (int i = 0; i < 200_000; i++) {
            InetAddress lowest = InetAddress.ofLiteral("10.0.0.1");
            range.give(lowest);
            assertEquals(lowest, range.takeAny().orElseThrow());
        }
    }
}
