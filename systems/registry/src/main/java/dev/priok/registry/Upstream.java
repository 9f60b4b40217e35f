package dev.priok.registry;

import dev.priok.core.Credentials;
import dev.priok.core.Failure;
import dev.priok.core.ImageReference;
import java.time.Duration;
import java.util.Optional;

/**
 * A registry whose repositories are shown below a prefix: {@code hub/library/alpine} here is {@code library/alpine} of
 * {@code docker.io} when the prefix is {@code hub}.
 *
 * @param prefix first parts of the names here; empty when everything here is a copy
 * @param domain host of the upstream, with its port
 * @param credentials who we are there
 * @param fresh how long the meaning of a tag is believed before the upstream is asked again
 */
public record Upstream(String prefix, String domain, Credentials credentials, Duration fresh) {
    public Upstream {
        if (!prefix.isEmpty()) {
            var _ = new RepositoryName(prefix);
        }
        if (fresh.isNegative()) {
            throw Failure.invalid("upstream %s: a time of freshness below zero: %s", domain, fresh);
        }
    }

    /** What a repository is called there; empty when it does not lie below the prefix. */
    Optional<ImageReference> nameOf(RepositoryName here) {
        String text = here.text();
        String path;
        if (prefix.isEmpty()) {
            path = text;
        } else if (text.startsWith(prefix + "/")) {
            path = text.substring(prefix.length() + 1);
        } else {
            return Optional.empty();
        }
        if (domain.equals(ImageReference.DEFAULT_DOMAIN) && path.indexOf('/') < 0) {
            path = "library/" + path;
        }
        return Optional.of(new ImageReference(domain, path, Optional.empty(), Optional.empty()));
    }
}
