package dev.priok.engine;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What an image says of the containers made from it: the {@code Config} of an image. */
public record ImageSettings(
        String user,
        List<String> exposedPorts,
        List<String> env,
        @Nullable List<String> entrypoint,
        @Nullable List<String> cmd,
        List<String> volumes,
        String workingDir,
        Map<String, String> labels,
        String stopSignal,
        @Nullable Healthcheck healthcheck,
        @Nullable List<String> shell,
        List<String> onBuild,
        boolean argsEscaped) {
    /** Says nothing. */
    public static final ImageSettings NONE = new ImageSettings(
            "", List.of(), List.of(), null, null, List.of(), "", Map.of(), "", null, null, List.of(), false);

    public ImageSettings {
        user = Copies.text(user);
        exposedPorts = Copies.sorted(exposedPorts);
        env = Copies.list(env);
        entrypoint = Copies.listOrNull(entrypoint);
        cmd = Copies.listOrNull(cmd);
        volumes = Copies.sorted(volumes);
        workingDir = Copies.text(workingDir);
        labels = Copies.map(labels);
        stopSignal = Copies.text(stopSignal);
        shell = Copies.listOrNull(shell);
        onBuild = Copies.list(onBuild);
    }
}
