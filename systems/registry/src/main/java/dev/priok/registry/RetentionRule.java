package dev.priok.registry;

import dev.priok.registry.access.Policy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Which tags of some repositories go by themselves. A tag goes when no glob of {@code keepTags} covers its name, it is not among
 * the {@code keepNewest}, and it is old by every age that is set. A rule that sets neither a number nor an age removes no tag.
 *
 * @param repositories globs, as in policies
 * @param keepTags globs of names that stay for ever
 * @param keepNewest of the tags that no glob keeps, those that were pushed last stay
 * @param pushedBefore only what was pushed longer ago goes
 * @param pulledBefore only what was neither pushed nor pulled within this goes
 * @param untagged whether manifests go that no tag, index or subject keeps
 */
public record RetentionRule(
        List<String> repositories,
        List<String> keepTags,
        OptionalInt keepNewest,
        Optional<Duration> pushedBefore,
        Optional<Duration> pulledBefore,
        boolean untagged) {
    public RetentionRule {
        repositories = List.copyOf(repositories);
        keepTags = List.copyOf(keepTags);
        if (keepNewest.isPresent() && keepNewest.getAsInt() < 0) {
            throw new IllegalArgumentException("keep a number of tags of at least 0, not " + keepNewest.getAsInt());
        }
    }

    boolean covers(RepositoryName repository) {
        return repositories.stream().anyMatch(glob -> Policy.covers(glob, repository.text()));
    }

    boolean removesTags() {
        return keepNewest.isPresent() || pushedBefore.isPresent() || pulledBefore.isPresent();
    }

    boolean keeps(String tag) {
        return keepTags.stream().anyMatch(glob -> Policy.covers(glob, tag));
    }
}
