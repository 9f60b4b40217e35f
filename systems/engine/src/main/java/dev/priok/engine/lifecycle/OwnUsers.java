package dev.priok.engine.lifecycle;

import dev.priok.engine.IdRemap;
import dev.priok.engine.network.Attachments;
import dev.priok.engine.state.Definition;
import dev.priok.linux.Fd;
import dev.priok.runtime.UserNamespace;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The user namespace of a run whose users are not the host's, and the network namespace that belongs to it: whoever is root inside
 * may set up its links and mount its /sys. Held by descriptors until the run has joined both.
 */
final class OwnUsers implements AutoCloseable {
    private final @Nullable UserNamespace made;

    private OwnUsers(@Nullable UserNamespace made) {
        this.made = made;
    }

    /** Makes both for a container with a network of its own; a run without one makes its user namespace itself. */
    static OwnUsers make(Machine machine, Definition definition) throws IOException {
        IdRemap remap = definition.remap();
        return new OwnUsers(
                remap == null || !Attachments.hasOwn(definition)
                        ? null
                        : machine.parts().runtime().makeUserNamespace(remap.uids(), remap.gids(), true));
    }

    /** Path of the user namespace. */
    Optional<String> user() {
        return made == null ? Optional.empty() : Optional.of(path(made.user()));
    }

    /** Path of the network namespace. */
    Optional<String> network() {
        return made == null ? Optional.empty() : made.network().map(OwnUsers::path);
    }

    private static String path(Fd namespace) {
        return "/proc/" + ProcessHandle.current().pid() + "/fd/" + namespace.number();
    }

    @Override
    public void close() {
        if (made != null) {
            made.close();
        }
    }
}
