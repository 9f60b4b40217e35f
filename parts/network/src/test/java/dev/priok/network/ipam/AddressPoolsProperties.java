package dev.priok.network.ipam;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.core.Failure;
import dev.priok.network.IpPrefix;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Whatever is in use: a subnet that is chosen overlaps nothing, is the first such one, and all are given before none is. */
class AddressPoolsProperties {
    private static final int SUBNETS = 16;

    private static AddressPools pools(boolean ipv4) {
        return new AddressPools(List.of(
                new AddressPools.Pool(IpPrefix.parse(ipv4 ? "10.20.0.0/21" : "fd20::/61"), ipv4 ? 24 : 64),
                new AddressPools.Pool(IpPrefix.parse(ipv4 ? "10.30.0.0/21" : "fd30::/61"), ipv4 ? 24 : 64)));
    }

    private static IpPrefix subnet(boolean ipv4, int number) {
        int second = number < SUBNETS / 2 ? 20 : 30;
        return IpPrefix.parse(
                ipv4
                        ? "10.%d.%d.0/24".formatted(second, number % 8)
                        : "fd%d:0:0:%d::/64".formatted(second, number % 8));
    }

    @Property(tries = 300)
    void theFirstThatIsFree(
            @ForAll boolean ipv4,
            @ForAll @Size(max = 30) List<@IntRange(max = 15) Integer> used,
            @ForAll @IntRange(max = 8) int narrower) {
        List<IpPrefix> inUse = new ArrayList<>();
        for (int number : used) {
            IpPrefix whole = subnet(ipv4, number);
            // A part of a subnet is in its way as the whole is.
            inUse.add(new IpPrefix(whole.last(), whole.bits() + narrower).network());
        }
        for (int number = 0; number < SUBNETS; number++) {
            IpPrefix next = subnet(ipv4, number);
            if (inUse.stream().noneMatch(next::overlaps)) {
                IpPrefix chosen = pools(ipv4).choose(ipv4, inUse);
                assertEquals(next, chosen);
                assertTrue(inUse.stream().noneMatch(chosen::overlaps));
                inUse.add(chosen);
            }
        }
        assertThrows(Failure.class, () -> pools(ipv4).choose(ipv4, inUse));
    }
}
