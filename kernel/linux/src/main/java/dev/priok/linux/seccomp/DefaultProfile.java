package dev.priok.linux.seccomp;

import dev.priok.linux.Architecture;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The filter that a container gets unless told otherwise: Docker's, with the same calls, conditions and capabilities. The
 * list itself is the resource {@code default.profile}.
 */
public final class DefaultProfile {
    /** Compiled filters of about 2 KB each; containers use few sets of capabilities. */
    private static final int MAXIMUM_CACHED = 64;

    private static final SeccompTemplate TEMPLATE = read();
    private static final Map<Key, byte[]> COMPILED = new ConcurrentHashMap<>();

    private DefaultProfile() {}

    private record Key(Set<String> capabilities, Architecture architecture, KernelVersion kernel) {}

    /** The profile before it is known who runs where. */
    public static SeccompTemplate template() {
        return TEMPLATE;
    }

    /**
     * The compiled filter for this machine; do not change the array.
     *
     * @param capabilities the bounding set, names such as {@code CAP_CHOWN}
     */
    public static byte[] compiled(Set<String> capabilities) {
        return compiled(capabilities, Architecture.current(), KernelVersion.current());
    }

    static byte[] compiled(Set<String> capabilities, Architecture architecture, KernelVersion kernel) {
        Key key = new Key(Set.copyOf(new TreeSet<>(capabilities)), architecture, kernel);
        if (COMPILED.size() >= MAXIMUM_CACHED) {
            COMPILED.clear();
        }
        return COMPILED.computeIfAbsent(
                key, k -> SeccompCompiler.compile(TEMPLATE.resolve(k.capabilities(), architecture, kernel)));
    }

    private static SeccompTemplate read() {
        try (InputStream in = DefaultProfile.class.getResourceAsStream("default.profile");
                BufferedReader reader = new BufferedReader(
                        new InputStreamReader(Objects.requireNonNull(in, "default.profile"), StandardCharsets.UTF_8))) {
            return ProfileText.parse(reader.lines().toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
