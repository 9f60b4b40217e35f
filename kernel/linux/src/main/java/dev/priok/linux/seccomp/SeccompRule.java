package dev.priok.linux.seccomp;

import java.util.List;

/**
 * What happens to some calls.
 *
 * @param names kernel names of the calls; those that this kernel's table does not know are passed over
 * @param conditions all must hold; but of several on the same argument, any (as runc reads profiles)
 */
public record SeccompRule(List<String> names, SeccompAction action, List<SeccompCondition> conditions) {
    public SeccompRule {
        names = List.copyOf(names);
        conditions = List.copyOf(conditions);
    }

    /** A rule for every use of the calls. */
    public static SeccompRule always(SeccompAction action, String... names) {
        return new SeccompRule(List.of(names), action, List.of());
    }

    /** The groups of conditions of which one must hold as a whole; empty when there is no condition. */
    List<List<SeccompCondition>> alternatives() {
        long distinct =
                conditions.stream().map(SeccompCondition::index).distinct().count();
        if (conditions.isEmpty()) {
            return List.of();
        }
        return distinct == conditions.size()
                ? List.of(conditions)
                : conditions.stream().map(List::of).toList();
    }
}
