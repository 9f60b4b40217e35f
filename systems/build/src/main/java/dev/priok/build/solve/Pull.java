package dev.priok.build.solve;

import dev.priok.core.Credentials;
import java.util.function.Function;

/**
 * Whether base images are brought from registries.
 *
 * @param when a registry is asked
 * @param credentials for each registry, by its domain
 */
record Pull(When when, Function<String, Credentials> credentials) {
    /** No registry is asked. */
    static final Pull NEVER = new Pull(When.NEVER, _ -> Credentials.ANONYMOUS);

    enum When {
        NEVER,
        /** For what is not here. */
        MISSING,
        /** Also for what is here: the registry may have a newer one. */
        ALWAYS
    }
}
