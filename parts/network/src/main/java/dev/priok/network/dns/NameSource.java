package dev.priok.network.dns;

import java.net.InetAddress;
import java.util.List;

/** What one container may know of names; asked for every query, from many threads, and quick. */
public interface NameSource {
    /**
     * Looks a name up.
     *
     * @param name in lower case, without the last dot
     */
    Found find(String name);

    /** Looks up who has an address. */
    Found find(InetAddress address);

    /**
     * Looks up who offers a service.
     *
     * @param name as {@code _http._tcp.web}, in lower case, without the last dot
     */
    Found services(String name);

    /** Servers for what is not known here, in order; none for a container that may not look outside. */
    List<Upstream> upstreams();

    /** What a look-up came to. */
    sealed interface Found {
        /** The name's addresses, of both families; never none. */
        record Addresses(List<InetAddress> addresses) implements Found {
            public Addresses {
                addresses = List.copyOf(addresses);
            }
        }

        /** Whose the address is, without the last dot. */
        record Names(List<String> names) implements Found {
            public Names {
                names = List.copyOf(names);
            }
        }

        /** Who offers the service. */
        record Services(List<Service> services) implements Found {
            public Services {
                services = List.copyOf(services);
            }
        }

        /** It is ours, and there is no answer: nobody outside may be asked. */
        record Nobody() implements Found {}

        /** It is not ours: ask outside. */
        record Elsewhere() implements Found {}
    }

    /**
     * One place where a service is offered.
     *
     * @param host without the last dot
     */
    record Service(String host, int port, List<InetAddress> addresses) {
        public Service {
            addresses = List.copyOf(addresses);
        }
    }
}
