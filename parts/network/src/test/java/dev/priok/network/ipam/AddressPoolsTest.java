package dev.priok.network.ipam;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.core.Failure;
import dev.priok.network.IpPrefix;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AddressPoolsTest {
    @Test
    void givesDockersSubnetsInDockersOrder() {
        List<IpPrefix> inUse = new ArrayList<>();
        for (int i = 0; i < 31; i++) {
            inUse.add(AddressPools.DEFAULT.choose(true, inUse));
        }
        assertEquals("172.17.0.0/16", inUse.get(0).toString());
        assertEquals("172.20.0.0/16", inUse.get(3).toString());
        assertEquals("172.31.0.0/16", inUse.get(14).toString());
        assertEquals("192.168.0.0/20", inUse.get(15).toString());
        assertEquals("192.168.240.0/20", inUse.get(30).toString());
        Failure failure = assertThrows(Failure.class, () -> AddressPools.DEFAULT.choose(true, inUse));
        assertEquals("all predefined address pools have been fully subnetted", failure.message());
    }

    @Test
    void keepsOffWhatTheHostUses() {
        List<IpPrefix> host =
                List.of(IpPrefix.parse("172.17.5.0/24"), IpPrefix.parse("172.18.0.0/15"), IpPrefix.parse("0.0.0.0/0"));
        assertEquals("172.20.0.0/16", AddressPools.DEFAULT.choose(true, host).toString());
    }

    @Test
    void makesSubnetsOfIpv6() {
        AddressPools pools = AddressPools.DEFAULT.withIpv6(new SecureRandom());
        IpPrefix first = pools.choose(false, List.of());
        IpPrefix second = pools.choose(false, List.of(first));
        assertEquals(64, first.bits());
        assertTrue(first.toString().startsWith("fd"));
        assertTrue(!first.overlaps(second));
    }

    @Test
    void readsDockersWords() {
        AddressPools.Pool pool = AddressPools.Pool.parse("base=10.10.0.0/16,size=24");
        assertEquals(new AddressPools.Pool(IpPrefix.parse("10.10.0.0/16"), 24), pool);
        assertThrows(Failure.class, () -> AddressPools.Pool.parse("base=10.10.0.0/16"));
        assertThrows(Failure.class, () -> AddressPools.Pool.parse("base=10.10.0.0/16,size=8"));
        assertThrows(Failure.class, () -> AddressPools.Pool.parse("10.10.0.0/16"));
    }
}
