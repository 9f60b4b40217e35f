package dev.priok.engine.spec;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The environment of a container's processes (moby {@code container/env.go}). */
public final class Environment {
    private static final String PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private Environment() {}

    /**
     * Docker's own variables, those of links, then the container's; a bare name removes one. HOME is added when nobody set it.
     */
    public static List<String> of(String hostname, boolean tty, List<String> links, List<String> wanted, String home) {
        List<String> defaults = new ArrayList<>(List.of(PATH, "HOSTNAME=" + hostname));
        if (tty) {
            defaults.add("TERM=xterm");
        }
        defaults.addAll(links);
        List<String> env = replaceOrAppend(defaults, wanted);
        if (env.stream().noneMatch(entry -> entry.startsWith("HOME="))) {
            env.add("HOME=" + home);
        }
        return env;
    }

    /** {@code base} with {@code overrides}: later values win, in the place of the first; a bare name removes. */
    public static List<String> replaceOrAppend(List<String> base, List<String> overrides) {
        Map<String, String> byName = new LinkedHashMap<>();
        for (String entry : base) {
            int equals = entry.indexOf('=');
            if (equals > 0) {
                byName.put(entry.substring(0, equals), entry);
            }
        }
        for (String entry : overrides) {
            int equals = entry.indexOf('=');
            if (equals < 0) {
                byName.remove(entry);
            } else {
                byName.put(entry.substring(0, equals), entry);
            }
        }
        return new ArrayList<>(byName.values());
    }
}
