package dev.priok.engine.spec;

import dev.priok.core.Failure;
import java.util.Set;

/**
 * {@code source:target[:mode]} of HostConfig.Binds.
 *
 * @param source absolute path, or the name of a volume
 * @param target absolute, cleaned
 * @param mode as written
 * @param readOnly whether writes are refused
 * @param propagation empty for the default
 * @param noCopy whether the volume stays empty
 */
public record BindText(
        String source, String target, String mode, boolean readOnly, String propagation, boolean noCopy) {
    private static final Set<String> PROPAGATIONS =
            Set.of("private", "rprivate", "shared", "rshared", "slave", "rslave");
    private static final Set<String> IGNORED = Set.of("rw", "z", "Z", "consistent", "cached", "delegated");

    boolean isBind() {
        return source.startsWith("/");
    }

    static BindText parse(String text) {
        String[] parts = text.split(":", -1);
        if (parts.length < 2 || parts.length > 3 || parts[0].isEmpty() || parts[1].isEmpty()) {
            throw Failure.invalid("invalid volume specification: '%s'", text);
        }
        String mode = parts.length == 3 ? parts[2] : "";
        boolean readOnly = false;
        boolean noCopy = false;
        String propagation = "";
        for (String word : mode.isEmpty() ? new String[0] : mode.split(",", -1)) {
            if (word.equals("ro")) {
                readOnly = true;
            } else if (word.equals("nocopy")) {
                noCopy = true;
            } else if (PROPAGATIONS.contains(word)) {
                propagation = word;
            } else if (!IGNORED.contains(word)) {
                throw Failure.invalid("invalid mode: %s", mode);
            }
        }
        String source = parts[0].startsWith("/") ? clean(parts[0]) : parts[0];
        if (source.startsWith("/") && noCopy) {
            throw Failure.invalid("invalid mode: %s", mode);
        }
        return new BindText(source, target(parts[1], text), mode, readOnly, propagation, noCopy);
    }

    /** A target that something may be mounted on. */
    static String target(String target, String what) {
        if (!target.startsWith("/")) {
            throw Failure.invalid(
                    "invalid volume specification: '%s': invalid mount path: '%s' mount path must be absolute",
                    what, target);
        }
        String clean = clean(target);
        if (clean.equals("/")) {
            throw Failure.invalid(
                    "invalid volume specification: '%s': invalid specification: destination can't be '/'", what);
        }
        return clean;
    }

    /** An absolute path without {@code .}, {@code ..} and doubled slashes. */
    public static String clean(String path) {
        java.util.ArrayDeque<String> parts = new java.util.ArrayDeque<>();
        for (String part : path.split("/")) {
            switch (part) {
                case "", "." -> {
                    // Says nothing.
                }
                case ".." -> parts.pollLast();
                default -> parts.add(part);
            }
        }
        return "/" + String.join("/", parts);
    }
}
