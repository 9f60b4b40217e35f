package dev.priok.registry.access;

import dev.priok.registry.RepositoryName;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Who calls.
 *
 * @param name of the user; empty for nobody in particular
 * @param groups of the user
 * @param granted what a token grants by repository; empty when the policy decides
 * @param by how the caller showed who it is
 */
public record Caller(String name, Set<String> groups, Optional<Map<String, Set<Action>>> granted, Proof by) {
    /** How a caller shows who it is. */
    public enum Proof {
        NONE,
        PASSWORD,
        API_KEY,
        CERTIFICATE,
        TOKEN
    }

    /** Nobody in particular. */
    public static final Caller ANONYMOUS = new Caller("", Set.of(), Optional.empty(), Proof.NONE);

    public Caller {
        groups = Set.copyOf(groups);
        granted = granted.map(Map::copyOf);
    }

    public boolean isAnonymous() {
        return name.isEmpty();
    }

    /** What a token grants for a repository. */
    Set<Action> grantedFor(RepositoryName repository) {
        return granted.map(all -> all.getOrDefault(repository.text(), Set.of())).orElse(Set.of());
    }
}
