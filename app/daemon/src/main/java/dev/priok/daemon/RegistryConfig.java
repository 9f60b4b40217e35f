package dev.priok.daemon;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
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
 * @param upstreams registries of which this one keeps copies
 * @param audit where it is written who did what
 * @param rateLimits how often one may ask
 * @param webhooks whom it is told what happens
 * @param retention which tags go by themselves
 * @param scrubHours how often every blob is read again; 0 for never
 * @param scrubMegabytesPerSecond how fast at most
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
        @Nullable Double graceMinutes,
        @Nullable Double collectMinutes,
        @Nullable Boolean removeUntagged,
        @Nullable List<UpstreamRegistry> upstreams,
        @Nullable Audit audit,
        @Nullable RateLimits rateLimits,
        @Nullable List<Webhook> webhooks,
        @Nullable List<Retention> retention,
        @Nullable Integer scrubHours,
        @Nullable Integer scrubMegabytesPerSecond) {
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

    /**
     * A registry of which this one keeps copies.
     *
     * @param prefix below which its repositories are; everything here is a copy when absent
     * @param registry host, with port
     * @param user who we are there
     * @param passwordFile with the password alone
     * @param freshSeconds how long the meaning of a tag is believed; 60
     * @param insecure whether it may be spoken to without TLS
     */
    record UpstreamRegistry(
            @Nullable String prefix,
            String registry,
            @Nullable String user,
            @Nullable String passwordFile,
            @Nullable Integer freshSeconds,
            @Nullable Boolean insecure) {}

    /**
     * The audit log.
     *
     * @param enabled false for none
     * @param file {@code audit.log} in the registry's folder when absent
     * @param megabytes of one file; 50
     * @param files at most; 10
     */
    record Audit(
            @Nullable Boolean enabled,
            @Nullable String file,
            @Nullable Integer megabytes,
            @Nullable Integer files) {}

    /**
     * Limits of requests.
     *
     * @param address of each address
     * @param user of each user
     */
    record RateLimits(@Nullable Limit address, @Nullable Limit user) {}

    /**
     * A limit.
     *
     * @param perSecond requests in the long run
     * @param burst requests at once; ten seconds' worth when absent
     */
    record Limit(double perSecond, @Nullable Double burst) {}

    /**
     * Who is told what happens.
     *
     * @param name of its queue
     * @param url where events go
     * @param headers with them
     * @param secretFile with what bodies are signed
     * @param actions push, pull, mount, delete, damage; push and delete when absent
     * @param repositories globs; all when absent
     * @param timeoutSeconds of a request; 10
     * @param lifeHours how long an event is tried; 24
     */
    record Webhook(
            String name,
            String url,
            @Nullable Map<String, String> headers,
            @Nullable String secretFile,
            @Nullable Set<String> actions,
            @Nullable List<String> repositories,
            @Nullable Integer timeoutSeconds,
            @Nullable Integer lifeHours) {}

    /**
     * Which tags go.
     *
     * @param repositories globs; all when absent
     * @param keepTags globs of tags that stay
     * @param keepNewest how many of the others stay in any case
     * @param pushedBeforeDays only what was pushed longer ago goes
     * @param pulledBeforeDays only what was not used for so long goes
     * @param untagged whether manifests go that nothing keeps
     */
    record Retention(
            @Nullable List<String> repositories,
            @Nullable List<String> keepTags,
            @Nullable Integer keepNewest,
            @Nullable Integer pushedBeforeDays,
            @Nullable Integer pulledBeforeDays,
            @Nullable Boolean untagged) {}

    /** Everything as it is when nothing is set. */
    static RegistryConfig empty() {
        return of(JSON.createObjectNode(), "flags");
    }

    /** The same at another address. */
    RegistryConfig listeningOn(String address) {
        ObjectNode tree = JSON.valueToTree(this);
        return of(tree.put("listen", address), "flags");
    }

    /** Reads the file. */
    static RegistryConfig read(Path file) throws IOException {
        return of(tree(file), file.toString());
    }

    /** Reads the file, as a tree to which flags can be added. */
    static ObjectNode tree(Path file) throws IOException {
        try {
            if (JSON.readTree(Files.readAllBytes(file)) instanceof ObjectNode tree) {
                return tree;
            }
            throw Failure.invalid("the registry's configuration %s is no JSON object", file);
        } catch (JsonProcessingException e) {
            throw malformed(file.toString(), e);
        }
    }

    /** The configuration in a tree. */
    static RegistryConfig of(ObjectNode tree, String from) {
        try {
            return JSON.treeToValue(tree, RegistryConfig.class);
        } catch (JsonProcessingException e) {
            throw malformed(from, e);
        }
    }

    static ObjectNode emptyTree() {
        return JSON.createObjectNode();
    }

    private static Failure malformed(String from, JsonProcessingException e) {
        return new Failure(
                Failure.Kind.INVALID, "the registry's configuration %s: %s".formatted(from, e.getOriginalMessage()), e);
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
