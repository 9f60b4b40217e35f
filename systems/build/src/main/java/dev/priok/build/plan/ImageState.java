package dev.priok.build.plan;

import dev.priok.oci.image.ContainerDefaults;
import dev.priok.oci.image.Healthcheck;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What an image says about running it. Immutable; {@link #change} gives a mutable copy.
 *
 * @param config what containers start with
 * @param author who made it, or empty
 */
public record ImageState(ContainerDefaults config, String author) {
    /** What scratch says: nothing. */
    public static final ImageState EMPTY = new ImageState(ContainerDefaults.NONE, "");

    private static final List<String> DEFAULT_SHELL = List.of("/bin/sh", "-c");

    /** The environment by name, in the order of definition. */
    public Map<String, String> env() {
        Map<String, String> env = new LinkedHashMap<>();
        for (String pair : config.env()) {
            int equals = pair.indexOf('=');
            env.put(equals < 0 ? pair : pair.substring(0, equals), equals < 0 ? "" : pair.substring(equals + 1));
        }
        return env;
    }

    /** The shell for shell forms, never empty. */
    public List<String> effectiveShell() {
        return config.shell().isEmpty() ? DEFAULT_SHELL : config.shell();
    }

    /** A mutable copy. */
    public Change change() {
        return new Change(this);
    }

    /** An {@link ImageState} being changed; not safe for several threads. */
    static final class Change {
        final Map<String, String> env;
        final Map<String, String> labels;
        final TreeSet<String> exposedPorts;
        final TreeSet<String> volumes;
        final List<String> onBuild;
        String workingDirectory;
        String user;
        List<String> command;
        List<String> entrypoint;
        List<String> shell;
        String stopSignal;

        @Nullable
        Healthcheck healthcheck;

        String author;
        private final ContainerDefaults from;

        private Change(ImageState state) {
            from = state.config;
            env = state.env();
            labels = new TreeMap<>(from.labels());
            exposedPorts = new TreeSet<>(from.exposedPorts().keySet());
            volumes = new TreeSet<>(from.volumes().keySet());
            onBuild = new ArrayList<>(from.onBuild());
            workingDirectory = from.workingDir();
            user = from.user();
            command = from.cmd();
            entrypoint = from.entrypoint();
            shell = from.shell();
            stopSignal = from.stopSignal();
            healthcheck = from.healthcheck();
            author = state.author;
        }

        /** The changed state. */
        ImageState done() {
            ContainerDefaults config = new ContainerDefaults(
                    from.hostname(),
                    from.domainname(),
                    user,
                    set(exposedPorts),
                    env.entrySet().stream()
                            .map(e -> e.getKey() + "=" + e.getValue())
                            .toList(),
                    entrypoint,
                    command,
                    healthcheck,
                    from.argsEscaped(),
                    set(volumes),
                    workingDirectory,
                    onBuild,
                    labels,
                    stopSignal,
                    from.stopTimeout(),
                    shell);
            return new ImageState(config, author);
        }

        private static Map<String, ContainerDefaults.Empty> set(Set<String> members) {
            Map<String, ContainerDefaults.Empty> set = new TreeMap<>();
            members.forEach(member -> set.put(member, ContainerDefaults.Empty.VALUE));
            return set;
        }
    }
}
