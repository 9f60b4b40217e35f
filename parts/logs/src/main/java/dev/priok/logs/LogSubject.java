package dev.priok.logs;

import java.util.List;
import java.util.Map;

/**
 * Whose log it is: what the options {@code labels}, {@code env} and {@code tag} draw from.
 *
 * @param id the container's whole id
 * @param name the container's name without a slash
 * @param imageId the image's digest
 * @param imageName the image as the user named it
 * @param command entrypoint and arguments
 * @param labels the container's labels
 * @param env its environment, as {@code KEY=value}
 */
public record LogSubject(
        String id,
        String name,
        String imageId,
        String imageName,
        List<String> command,
        Map<String, String> labels,
        List<String> env) {
    public LogSubject {
        command = List.copyOf(command);
        labels = Map.copyOf(labels);
        env = List.copyOf(env);
    }
}
