package dev.priok.build;

import dev.priok.core.ImageReference;
import dev.priok.core.Platform;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What one build is asked to do. {@link #of} gives the defaults.
 *
 * @param context the build context as a tar stream, plain or compressed; read once, to its end, and not closed
 * @param dockerfile path of the Dockerfile inside the context
 * @param target stage to build: its name or its index; the last one when empty
 * @param buildArgs values for ARG, and proxy variables
 * @param labels added to the image as if by a last LABEL
 * @param tags names that point to the image when the build succeeded
 * @param platform to build for; this machine's when empty
 * @param noCache whether every step runs although its result is known
 * @param pull whether base images are looked for in the registry although they are here
 * @param secrets by id, for {@code RUN --mount=type=secret}
 * @param run how the processes of RUN are confined
 * @param cancel ends the build early
 * @param extras what few builds ask for
 */
public record BuildRequest(
        InputStream context,
        String dockerfile,
        Optional<String> target,
        Map<String, String> buildArgs,
        Map<String, String> labels,
        List<ImageReference> tags,
        Optional<Platform> platform,
        boolean noCache,
        boolean pull,
        Map<String, Secret> secrets,
        RunSettings run,
        CancelSignal cancel,
        BuildExtras extras) {
    /** Where a Dockerfile is looked for when the caller names none. */
    public static final String DEFAULT_DOCKERFILE = "Dockerfile";

    public BuildRequest {
        buildArgs = Map.copyOf(buildArgs);
        labels = Map.copyOf(labels);
        tags = tags.stream().map(ImageReference::withDefaultTag).distinct().toList();
        secrets = Map.copyOf(secrets);
    }

    /** The same build with other secrets. */
    public BuildRequest withSecrets(Map<String, Secret> newSecrets) {
        return new BuildRequest(
                context,
                dockerfile,
                target,
                buildArgs,
                labels,
                tags,
                platform,
                noCache,
                pull,
                newSecrets,
                run,
                cancel,
                extras);
    }

    /** The same build, watched by somebody. */
    public BuildRequest withObserver(BuildObserver observer) {
        return new BuildRequest(
                context,
                dockerfile,
                target,
                buildArgs,
                labels,
                tags,
                platform,
                noCache,
                pull,
                secrets,
                run,
                cancel,
                extras.withObserver(observer));
    }

    /** A build of the Dockerfile in this context, with every default. */
    public static BuildRequest of(InputStream context) {
        return new BuildRequest(
                context,
                DEFAULT_DOCKERFILE,
                Optional.empty(),
                Map.of(),
                Map.of(),
                List.of(),
                Optional.empty(),
                false,
                false,
                Map.of(),
                RunSettings.DEFAULT,
                new CancelSignal(),
                BuildExtras.NONE);
    }
}
