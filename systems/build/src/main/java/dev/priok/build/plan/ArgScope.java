package dev.priok.build.plan;

import dev.priok.core.Platform;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The build arguments that one stage, or the part before the first stage, can see. */
final class ArgScope {
    /** Usable by RUN without ARG, and then without influence on cache and history. */
    static final Set<String> PROXIES = Set.of(
            "HTTP_PROXY",
            "http_proxy",
            "HTTPS_PROXY",
            "https_proxy",
            "FTP_PROXY",
            "ftp_proxy",
            "NO_PROXY",
            "no_proxy",
            "ALL_PROXY",
            "all_proxy");

    private final Map<String, String> given;
    private final Map<String, String> inherited;
    private final Map<String, Optional<String>> declared = new LinkedHashMap<>();

    private ArgScope(Map<String, String> given, Map<String, String> inherited) {
        this.given = given;
        this.inherited = inherited;
    }

    /** The scope before the first FROM: it sees the platform arguments without declaring them. */
    static ArgScope global(Map<String, String> given, Platform target, String targetStage) {
        Map<String, String> automatic = new TreeMap<>();
        describe("TARGET", target, automatic);
        describe("BUILD", Platform.current(), automatic);
        automatic.put("TARGETSTAGE", targetStage);
        return new ArgScope(given, automatic);
    }

    private static void describe(String prefix, Platform platform, Map<String, String> into) {
        into.put(prefix + "PLATFORM", platform.toString());
        into.put(prefix + "OS", platform.os());
        into.put(prefix + "ARCH", platform.architecture());
        into.put(prefix + "VARIANT", platform.variant());
        into.put(prefix + "OSVERSION", "");
    }

    /** The scope of a stage: of the global arguments it sees what it declares. */
    ArgScope stage() {
        Map<String, String> global = new TreeMap<>(inherited);
        declared.forEach((name, value) -> value.ifPresent(v -> global.put(name, v)));
        return new ArgScope(given, global);
    }

    /** The scope of a stage that begins with the result of a stage with this scope. */
    ArgScope child() {
        ArgScope child = new ArgScope(given, inherited);
        child.declared.putAll(declared);
        return child;
    }

    /** ARG: a value of the request beats the default, which beats a global argument. */
    void declare(String name, Optional<String> defaultValue) {
        Optional<String> value = Optional.ofNullable(given.get(name));
        declared.put(name, value.or(() -> defaultValue).or(() -> Optional.ofNullable(inherited.get(name))));
    }

    /** The value of a declared argument. */
    Optional<String> value(String name) {
        return declared.getOrDefault(name, Optional.empty());
    }

    /** The value of an argument where FROM may use it: the platform arguments need no declaration there. */
    Optional<String> globalValue(String name) {
        return declared.containsKey(name) ? value(name) : Optional.ofNullable(inherited.get(name));
    }

    /** Declared arguments that have a value, sorted by name. */
    Map<String, String> values() {
        Map<String, String> values = new TreeMap<>();
        declared.forEach((name, value) -> value.ifPresent(v -> values.put(name, v)));
        return values;
    }

    /** Proxies of the request that are not declared. */
    Map<String, String> undeclaredProxies() {
        Map<String, String> proxies = new TreeMap<>();
        given.forEach((name, value) -> {
            if (PROXIES.contains(name) && !declared.containsKey(name)) {
                proxies.put(name, value);
            }
        });
        return proxies;
    }

    Set<String> declaredNames() {
        return new TreeSet<>(declared.keySet());
    }
}
