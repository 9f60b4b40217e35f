package dev.priok.daemon;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.priok.core.Failure;
import dev.priok.registry.access.Action;
import dev.priok.registry.access.Policy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The registry's configuration file, JSON; flags of the same meaning win. Everything is optional.
 *
 * @param listen address and port
 * @param data folder of what is kept
 * @param htpasswd users with bcrypt hashes
 * @param token whether clients get tokens instead of sending the password each time
 * @param service by which tokens name this registry
 * @param tls files for TLS
 * @param anonymous what callers without a name may do everywhere: {@code none}, {@code pull} or {@code push}
 * @param groups users by group
 * @param policies who may do what
 * @param deletion whether clients may delete; true when absent
 * @param graceMinutes how long what is unneeded is kept for a push that is about to need it
 * @param collectMinutes how often garbage is collected; 0 for never
 * @param removeUntagged whether a collection also takes manifests that nothing names
 */
record RegistryConfig(
        @Nullable String listen,
        @Nullable String data,
        @Nullable String htpasswd,
        @Nullable Boolean token,
        @Nullable String service,
        @Nullable Tls tls,
        @Nullable String anonymous,
        @Nullable Map<String, List<String>> groups,
        @Nullable List<PolicyRule> policies,
        @Nullable Boolean deletion,
        @Nullable Integer graceMinutes,
        @Nullable Integer collectMinutes,
        @Nullable Boolean removeUntagged) {
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(com.fasterxml.jackson.core.json.JsonReadFeature.ALLOW_JAVA_COMMENTS)
            .build();

    /**
     * Files for TLS.
     *
     * @param certificate PEM
     * @param key PEM, PKCS #8
     * @param clientAuthorities who signs certificates of clients, whose common name is then a user
     * @param clientsRequired whether clients must show one
     */
    record Tls(
            String certificate,
            String key,
            @Nullable String clientAuthorities,
            @Nullable Boolean clientsRequired) {}

    /**
     * One rule.
     *
     * @param repositories globs; all when absent
     * @param users names, {@code *} for all
     * @param groups names
     * @param anonymous whether also callers without a name
     * @param actions {@code pull}, {@code push}, {@code delete}, or {@code *}
     */
    record PolicyRule(
            @Nullable List<String> repositories,
            @Nullable Set<String> users,
            @Nullable Set<String> groups,
            @Nullable Boolean anonymous,
            List<String> actions) {}

    static RegistryConfig empty() {
        return new RegistryConfig(null, null, null, null, null, null, null, null, null, null, null, null, null);
    }

    /** The same at another address. */
    RegistryConfig listeningOn(String address) {
        return new RegistryConfig(
                address,
                data,
                htpasswd,
                token,
                service,
                tls,
                anonymous,
                groups,
                policies,
                deletion,
                graceMinutes,
                collectMinutes,
                removeUntagged);
    }

    /** Reads the file. */
    static RegistryConfig read(Path file) throws IOException {
        try {
            return JSON.readValue(Files.readAllBytes(file), RegistryConfig.class);
        } catch (JsonProcessingException e) {
            throw new Failure(
                    Failure.Kind.INVALID,
                    "the registry's configuration %s: %s".formatted(file, e.getOriginalMessage()),
                    e);
        }
    }

    /** The rules of this file; without users everybody on this machine may do everything. */
    @JsonIgnore
    Policy policy() {
        List<Policy.Rule> rules = new ArrayList<>();
        String open = anonymous == null ? (htpasswd == null ? "push" : "none") : anonymous;
        Set<Action> everybody = switch (open) {
            case "none" -> Set.of();
            case "pull" -> Set.of(Action.PULL);
            case "push" -> Set.of(Action.values());
            default -> throw Failure.invalid("anonymous is %s: want none, pull or push", open);
        };
        if (!everybody.isEmpty()) {
            rules.add(new Policy.Rule(List.of("**"), Set.of(), Set.of(), true, everybody));
        }
        if (policies == null) {
            rules.add(new Policy.Rule(List.of("**"), Set.of("*"), Set.of(), false, Set.of(Action.values())));
            return new Policy(rules);
        }
        for (PolicyRule rule : policies) {
            rules.add(new Policy.Rule(
                    rule.repositories() == null ? List.of("**") : rule.repositories(),
                    rule.users() == null ? Set.of() : rule.users(),
                    rule.groups() == null ? Set.of() : rule.groups(),
                    Boolean.TRUE.equals(rule.anonymous()),
                    actions(rule.actions())));
        }
        return new Policy(rules);
    }

    private static Set<Action> actions(List<String> names) {
        Set<Action> actions = EnumSet.noneOf(Action.class);
        for (String name : names) {
            if (name.equals("*")) {
                return Set.of(Action.values());
            }
            try {
                actions.add(Action.valueOf(name.toUpperCase(Locale.ROOT)));
            } catch (IllegalArgumentException e) {
                throw new Failure(
                        Failure.Kind.INVALID, "no such action: " + name + ": want pull, push, delete or *", e);
            }
        }
        return actions;
    }

    /** Groups of a user. */
    Set<String> groupsOf(String user) {
        Set<String> mine = new TreeSet<>();
        if (groups != null) {
            groups.forEach((group, users) -> {
                if (users.contains(user)) {
                    mine.add(group);
                }
            });
        }
        return mine;
    }
}
