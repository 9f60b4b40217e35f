package dev.priok.build.solve;

import dev.priok.build.CancelSignal;
import dev.priok.core.Credentials;
import dev.priok.image.ImageSource;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * Whether base images are brought from registries.
 *
 * @param when a registry is asked
 * @param credentials for each registry, by its domain
 * @param progress is told how far pulls are, by several threads
 * @param cancel ends pulls
 */
record Pull(
        When when,
        Function<String, Credentials> credentials,
        BiConsumer<String, ImageSource.Progress> progress,
        CancelSignal cancel) {
    /** No registry is asked. */
    static final Pull NEVER = new Pull(When.NEVER, _ -> Credentials.ANONYMOUS, (_, _) -> {}, new CancelSignal());

    enum When {
        NEVER,
        /** For what is not here. */
        MISSING,
        /** Also for what is here: the registry may have a newer one. */
        ALWAYS
    }
}
