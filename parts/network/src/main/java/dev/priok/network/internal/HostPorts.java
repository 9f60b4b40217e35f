package dev.priok.network.internal;

import dev.priok.linux.Errno;
import dev.priok.linux.Fd;
import dev.priok.linux.SocketCalls;
import dev.priok.linux.SyscallException;
import dev.priok.network.PortBinding;
import dev.priok.network.PortRequest;
import dev.priok.network.Publication;
import dev.priok.network.Transport;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Ports of the host that are published: each is held by a bound socket that takes nothing in, so that no other program gets
 * the port while the firewall leads its packets away. To be used on a thread in the host's namespace.
 */
final class HostPorts implements AutoCloseable {
    /** Tries for a free port that all wanted addresses have free. */
    private static final int RANDOM_ATTEMPTS = 64;

    private final SocketCalls calls = SocketCalls.host();
    private final Map<Slot, List<Held>> held = new HashMap<>();

    /** A port of a protocol. */
    private record Slot(Transport transport, int port) {}

    /** Who has it at which address; the socket is missing for a protocol that the kernel has no sockets of. */
    private record Held(String owner, InetAddress address, Optional<Fd> socket) {
        boolean meets(InetAddress other) {
            return address.equals(other)
                    || (address.getClass() == other.getClass()
                            && (address.isAnyLocalAddress() || other.isAnyLocalAddress()));
        }
    }

    /** Reserves ports for all requests or for none. */
    synchronized Publication reserve(String owner, List<PortRequest> requests, List<InetAddress> anyAddresses) {
        List<PortBinding> done = new ArrayList<>();
        for (PortRequest request : requests) {
            List<InetAddress> addresses = request.hostAddress().map(List::of).orElse(anyAddresses);
            Publication one = reserve(owner, request, addresses);
            if (!(one instanceof Publication.Published(var bindings))) {
                done.forEach(b -> release(owner, b));
                return one;
            }
            done.addAll(bindings);
        }
        return new Publication.Published(done);
    }

    private Publication reserve(String owner, PortRequest request, List<InetAddress> addresses) {
        boolean random = request.firstHostPort() == 0;
        int first = random ? 0 : request.firstHostPort();
        int last = random ? RANDOM_ATTEMPTS - 1 : request.lastHostPort();
        Publication refused = new Publication.Published(List.of());
        for (int candidate = first; candidate <= last; candidate++) {
            List<PortBinding> bound = new ArrayList<>();
            int port = random ? 0 : candidate;
            Optional<Publication> refusal = Optional.empty();
            for (InetAddress address : addresses) {
                PortBinding wanted = new PortBinding(address, port, request.transport(), request.containerPort());
                Publication one = hold(owner, wanted);
                if (one instanceof Publication.Published(var bindings)) {
                    bound.addAll(bindings);
                    port = bindings.getFirst().hostPort();
                } else {
                    refusal = Optional.of(one);
                    break;
                }
            }
            if (refusal.isEmpty()) {
                return new Publication.Published(bound);
            }
            bound.forEach(b -> release(owner, b));
            refused = refusal.get();
        }
        return refused;
    }

    /** Holds one port, or says why not; port 0 stands for any free one. */
    synchronized Publication hold(String owner, PortBinding binding) {
        InetAddress address = binding.hostAddress();
        if (isHeld(binding.transport(), binding.hostPort(), address)) {
            return new Publication.Allocated(address, binding.hostPort(), binding.transport());
        }
        try {
            Optional<Fd> socket = bind(binding);
            int port = binding.hostPort() != 0 || socket.isEmpty() ? binding.hostPort() : calls.port(socket.get());
            if (port == 0 || isHeld(binding.transport(), port, address)) {
                socket.ifPresent(Fd::close);
                return new Publication.Allocated(address, port, binding.transport());
            }
            held.computeIfAbsent(new Slot(binding.transport(), port), _ -> new ArrayList<>())
                    .add(new Held(owner, address, socket));
            return new Publication.Published(
                    List.of(new PortBinding(address, port, binding.transport(), binding.containerPort())));
        } catch (SyscallException e) {
            return new Publication.Refused(
                    address, binding.hostPort(), binding.transport(), e.errno().message());
        }
    }

    private boolean isHeld(Transport transport, int port, InetAddress address) {
        return held.getOrDefault(new Slot(transport, port), List.of()).stream().anyMatch(h -> h.meets(address));
    }

    private Optional<Fd> bind(PortBinding binding) throws SyscallException {
        boolean ipv4 = binding.hostAddress() instanceof Inet4Address;
        boolean datagrams = binding.transport() == Transport.UDP;
        Fd socket;
        try {
            socket = calls.socket(
                    ipv4 ? SocketCalls.AF_INET : SocketCalls.AF_INET6,
                    datagrams ? SocketCalls.SOCK_DGRAM : SocketCalls.SOCK_STREAM,
                    binding.transport().number());
        } catch (SyscallException e) {
            if (binding.transport() == Transport.SCTP
                    && (e.errno() == Errno.EPROTONOSUPPORT || e.errno() == Errno.ESOCKTNOSUPPORT)) {
                return Optional.empty(); // no program of this host can take the port either
            }
            throw e;
        }
        try {
            calls.dropEverything(socket);
            if (!ipv4) {
                calls.setOption(socket, SocketCalls.IPPROTO_IPV6, SocketCalls.IPV6_V6ONLY, 1);
            }
            if (!datagrams) {
                // Old connections in TIME_WAIT are no reason to refuse; that it listens keeps other programs out.
                calls.setOption(socket, SocketCalls.SOL_SOCKET, SocketCalls.SO_REUSEADDR, 1);
            }
            calls.bind(socket, new InetSocketAddress(binding.hostAddress(), binding.hostPort()));
            if (!datagrams) {
                calls.listen(socket);
            }
            return Optional.of(socket);
        } catch (SyscallException e) {
            socket.close();
            throw e;
        }
    }

    synchronized void release(String owner, PortBinding binding) {
        Slot slot = new Slot(binding.transport(), binding.hostPort());
        List<Held> there = held.getOrDefault(slot, List.of());
        for (Held h : List.copyOf(there)) {
            if (h.owner.equals(owner) && h.address.equals(binding.hostAddress())) {
                h.socket.ifPresent(Fd::close);
                there.remove(h);
            }
        }
        if (there.isEmpty()) {
            held.remove(slot);
        }
    }

    @Override
    public synchronized void close() {
        held.values().forEach(some -> some.forEach(h -> h.socket.ifPresent(Fd::close)));
        held.clear();
    }
}
