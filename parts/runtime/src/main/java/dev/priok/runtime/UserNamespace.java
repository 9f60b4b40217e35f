package dev.priok.runtime;

import dev.priok.linux.Fd;
import java.util.Optional;

/**
 * A user namespace that is held open.
 *
 * @param user descriptor of it
 * @param network descriptor of a network namespace that belongs to it, if one was wanted
 */
public record UserNamespace(Fd user, Optional<Fd> network) implements AutoCloseable {
    /** Lets go; the namespaces live on while processes or mounts use them. */
    @Override
    public void close() {
        user.close();
        network.ifPresent(Fd::close);
    }
}
