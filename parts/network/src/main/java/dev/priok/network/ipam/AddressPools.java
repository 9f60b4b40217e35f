package dev.priok.network.ipam;

import dev.priok.core.Failure;
import dev.priok.network.IpPrefix;
import java.math.BigInteger;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Where networks that name no subnet get theirs from.
 *
 * @param pools in the order in which they are used up
 */
public record AddressPools(List<Pool> pools) {
    private static final int UNIQUE_LOCAL_BITS = 48;
    private static final int IPV6_SUBNET_BITS = 64;

    /** Docker's pools (moby {@code daemon/libnetwork/ipamutils/utils.go}). */
    public static final AddressPools DEFAULT = new AddressPools(List.of(
            Pool.of("172.17.0.0/16", 16),
            Pool.of("172.18.0.0/16", 16),
            Pool.of("172.19.0.0/16", 16),
            Pool.of("172.20.0.0/14", 16),
            Pool.of("172.24.0.0/14", 16),
            Pool.of("172.28.0.0/14", 16),
            Pool.of("192.168.0.0/16", 20)));

    public AddressPools {
        pools = List.copyOf(pools);
    }

    /**
     * A range that is cut into subnets of one size.
     *
     * @param base the whole
     * @param subnetBits length of the prefix of each part
     */
    public record Pool(IpPrefix base, int subnetBits) {
        public Pool {
            int most = base.isIpv4() ? 32 : 128;
            if (subnetBits < base.bits() || subnetBits > most) {
                throw Failure.invalid(
                        "invalid default address pool: the size %d does not fit the base %s", subnetBits, base);
            }
            base = base.network();
        }

        static Pool of(String base, int subnetBits) {
            return new Pool(IpPrefix.parse(base), subnetBits);
        }

        /** Parses dockerd's {@code base=10.10.0.0/16,size=24}. */
        public static Pool parse(String text) {
            String base = "";
            int size = -1;
            for (String part : text.split(",")) {
                String[] pair = part.split("=", 2);
                if (pair.length == 2 && pair[0].strip().equals("base")) {
                    base = pair[1].strip();
                } else if (pair.length == 2
                        && pair[0].strip().equals("size")
                        && pair[1].strip().matches("\\d{1,3}")) {
                    size = Integer.parseInt(pair[1].strip());
                } else {
                    throw Failure.invalid("invalid default address pool '%s': want base=ADDRESS/BITS,size=BITS", text);
                }
            }
            if (base.isEmpty() || size < 0) {
                throw Failure.invalid("invalid default address pool '%s': want base=ADDRESS/BITS,size=BITS", text);
            }
            return new Pool(IpPrefix.parse(base), size);
        }
    }

    /** These pools with one for IPv6 behind them, made up of a random unique local prefix (RFC 4193), if they have none. */
    public AddressPools withIpv6(SecureRandom random) {
        if (pools.stream().anyMatch(pool -> !pool.base().isIpv4())) {
            return this;
        }
        byte[] bytes = new byte[16];
        random.nextBytes(bytes);
        bytes[0] = (byte) 0xfd;
        InetAddress address = Numbers.address(new BigInteger(1, bytes), false);
        List<Pool> all = new ArrayList<>(pools);
        all.add(new Pool(new IpPrefix(address, UNIQUE_LOCAL_BITS), IPV6_SUBNET_BITS));
        return new AddressPools(all);
    }

    /**
     * The first subnet that overlaps none of those that are in use.
     *
     * @throws Failure INVALID when there is none, in Docker's words
     */
    public IpPrefix choose(boolean ipv4, Collection<IpPrefix> inUse) {
        List<IpPrefix> obstacles = inUse.stream()
                .filter(prefix -> prefix.isIpv4() == ipv4 && prefix.bits() > 0)
                .toList();
        for (Pool pool : pools) {
            if (pool.base().isIpv4() == ipv4) {
                Optional<IpPrefix> found = choose(pool, obstacles);
                if (found.isPresent()) {
                    return found.get();
                }
            }
        }
        throw Failure.invalid("all predefined address pools have been fully subnetted");
    }

    /** Jumps behind each obstacle, so that each is met once at most. */
    private static Optional<IpPrefix> choose(Pool pool, List<IpPrefix> obstacles) {
        int most = pool.base().isIpv4() ? 32 : 128;
        BigInteger size = BigInteger.ONE.shiftLeft(most - pool.subnetBits());
        BigInteger end = Numbers.last(pool.base());
        BigInteger candidate = Numbers.first(pool.base());
        List<IpPrefix> near = obstacles.stream().filter(pool.base()::overlaps).toList();
        while (candidate.compareTo(end) <= 0) {
            IpPrefix subnet =
                    new IpPrefix(Numbers.address(candidate, pool.base().isIpv4()), pool.subnetBits());
            Optional<BigInteger> behind =
                    near.stream().filter(subnet::overlaps).map(Numbers::last).max(BigInteger::compareTo);
            if (behind.isEmpty()) {
                return Optional.of(subnet);
            }
            BigInteger next = behind.get().add(BigInteger.ONE);
            BigInteger steps =
                    next.subtract(candidate).add(size).subtract(BigInteger.ONE).divide(size);
            candidate = candidate.add(size.multiply(steps.max(BigInteger.ONE)));
        }
        return Optional.empty();
    }
}
