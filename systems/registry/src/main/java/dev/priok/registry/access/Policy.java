package dev.priok.registry.access;

import dev.priok.registry.RepositoryName;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Rules that each allow something; what no rule allows is refused.
 *
 * @param rules in no order
 */
public record Policy(List<Rule> rules) {
    /** Everybody may do everything: a registry on this machine alone. */
    public static final Policy OPEN =
            new Policy(List.of(new Rule(List.of("**"), Set.of(), Set.of(), true, Set.of(Action.values()))));

    public Policy {
        rules = List.copyOf(rules);
    }

    /**
     * What some may do.
     *
     * @param repositories globs: {@code *} is anything but a slash, {@code **} anything, <code>${user}</code> the caller's name
     * @param users names; {@code *} is everybody who is known
     * @param groups names
     * @param anonymous whether also nobody in particular
     * @param actions what is allowed
     */
    public record Rule(
            List<String> repositories, Set<String> users, Set<String> groups, boolean anonymous, Set<Action> actions) {
        public Rule {
            repositories = List.copyOf(repositories);
            users = Set.copyOf(users);
            groups = Set.copyOf(groups);
            actions = Set.copyOf(actions);
        }

        boolean concerns(Caller caller) {
            return anonymous
                    || (!caller.isAnonymous()
                            && (users.contains(caller.name())
                                    || users.contains("*")
                                    || caller.groups().stream().anyMatch(groups::contains)));
        }

        boolean covers(String repository, Caller caller) {
            for (String glob : repositories) {
                if (matches(glob, repository, caller)) {
                    return true;
                }
            }
            return false;
        }

        private static boolean matches(String glob, String repository, Caller caller) {
            if (glob.equals("**")) {
                return true;
            }
            if (glob.contains("${user}") && caller.isAnonymous()) {
                return false;
            }
            return Globs.pattern(glob.replace("${user}", Globs.quote(caller.name())))
                    .matcher(repository)
                    .matches();
        }
    }

    /** Whether the caller may do this by the rules. */
    boolean allows(Caller caller, RepositoryName repository, Action action) {
        for (Rule rule : rules) {
            if (rule.actions().contains(action) && rule.concerns(caller) && rule.covers(repository.text(), caller)) {
                return true;
            }
        }
        return false;
    }

    /** Whether a glob covers a name, for rules that are not about callers. */
    public static boolean covers(String glob, String name) {
        return Globs.pattern(glob).matcher(name).matches();
    }

    /** Whether somebody without a name may do anything at all. */
    boolean knowsAnonymous() {
        return rules.stream().anyMatch(Rule::anonymous);
    }

    /** Globs as patterns, kept. */
    static final class Globs {
        /** More different globs than a policy has; with user names in them there may be many. */
        private static final int KEPT = 10_000;

        private static final java.util.Map<String, Pattern> PATTERNS = new java.util.concurrent.ConcurrentHashMap<>();

        private Globs() {}

        /** A name as a glob that means only itself. */
        static String quote(String name) {
            return name.replace("*", "");
        }

        static Pattern pattern(String glob) {
            Pattern known = PATTERNS.get(glob);
            if (known == null) {
                known = compile(glob);
                if (PATTERNS.size() < KEPT) {
                    PATTERNS.put(glob, known);
                }
            }
            return known;
        }

        private static Pattern compile(String glob) {
            var regex = new StringBuilder();
            for (int i = 0; i < glob.length(); i++) {
                char c = glob.charAt(i);
                if (c == '*' && i + 1 < glob.length() && glob.charAt(i + 1) == '*') {
                    regex.append(".*");
                    i++;
                } else if (c == '*') {
                    regex.append("[^/]*");
                } else {
                    regex.append(Pattern.quote(String.valueOf(c)));
                }
            }
            return Pattern.compile(regex.toString());
        }
    }
}
