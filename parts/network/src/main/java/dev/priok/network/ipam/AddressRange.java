package dev.priok.network.ipam;

import dev.priok.network.IpPrefix;
import java.math.BigInteger;
import java.net.InetAddress;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The addresses of one subnet, each free or taken. Those to be handed out lie in a range within it, which may be the whole; a
 * given address of the subnet may be taken from outside the range too. The first address of an IPv4 subnet, its network's
 * name, and the last, for broadcasts, are never free, unless the subnet has no more than two; the first of IPv6 (the routers'
 * anycast address) neither.
 *
 * <p>Kept as intervals of free addresses: taking and giving back is O(log n) in the number of gaps. Safe for many threads.
 */
public final class AddressRange {
    private static final int SMALLEST_WITH_NAMES = 2;

    private final IpPrefix subnet;
    private final BigInteger firstInRange;
    private final BigInteger lastInRange;

    /** First to last address of each interval of free ones, which never touch; guarded by this. */
    private final TreeMap<BigInteger, BigInteger> free = new TreeMap<>();

    /**
     * All free.
     *
     * @param range what {@link #takeAny} takes from, within the subnet
     */
    public AddressRange(IpPrefix subnet, IpPrefix range) {
        this.subnet = subnet.network();
        this.firstInRange = Numbers.first(range);
        this.lastInRange = Numbers.last(range);
        BigInteger first = Numbers.first(subnet);
        BigInteger last = Numbers.last(subnet);
        int most = subnet.isIpv4() ? 32 : 128;
        if (most - subnet.bits() >= SMALLEST_WITH_NAMES) {
            first = first.add(BigInteger.ONE);
            last = subnet.isIpv4() ? last.subtract(BigInteger.ONE) : last;
        }
        free.put(first, last);
    }

    public IpPrefix subnet() {
        return subnet;
    }

    /** Takes the lowest free address of the range; empty when all are taken. */
    public synchronized Optional<InetAddress> takeAny() {
        Map.Entry<BigInteger, BigInteger> gap = free.floorEntry(firstInRange);
        if (gap == null || gap.getValue().compareTo(firstInRange) < 0) {
            gap = free.higherEntry(firstInRange);
        }
        if (gap == null) {
            return Optional.empty();
        }
        BigInteger lowest = gap.getKey().max(firstInRange);
        if (lowest.compareTo(lastInRange) > 0) {
            return Optional.empty();
        }
        remove(gap, lowest);
        return Optional.of(Numbers.address(lowest, subnet.isIpv4()));
    }

    /** Takes this address; false when it is taken, or none of the subnet's. */
    public synchronized boolean take(InetAddress address) {
        if (!subnet.contains(address)) {
            return false;
        }
        BigInteger number = Numbers.of(address);
        Map.Entry<BigInteger, BigInteger> gap = free.floorEntry(number);
        if (gap == null || gap.getValue().compareTo(number) < 0) {
            return false;
        }
        remove(gap, number);
        return true;
    }

    private void remove(Map.Entry<BigInteger, BigInteger> gap, BigInteger number) {
        free.remove(gap.getKey());
        if (gap.getKey().compareTo(number) < 0) {
            free.put(gap.getKey(), number.subtract(BigInteger.ONE));
        }
        if (number.compareTo(gap.getValue()) < 0) {
            free.put(number.add(BigInteger.ONE), gap.getValue());
        }
    }

    /** Gives a taken address back; it may be the very next that is taken. Free already: nothing. */
    public synchronized void give(InetAddress address) {
        if (!subnet.contains(address)) {
            return;
        }
        BigInteger number = Numbers.of(address);
        Map.Entry<BigInteger, BigInteger> below = free.floorEntry(number);
        if (below != null && below.getValue().compareTo(number) >= 0) {
            return;
        }
        BigInteger first = number;
        BigInteger last = number;
        if (below != null && below.getValue().add(BigInteger.ONE).equals(number)) {
            first = below.getKey();
        }
        BigInteger next = number.add(BigInteger.ONE);
        BigInteger end = free.remove(next);
        if (end != null) {
            last = end;
        }
        free.put(first, last);
    }
}
