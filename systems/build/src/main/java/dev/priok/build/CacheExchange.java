package dev.priok.build;

import dev.priok.core.Failure;
import dev.priok.core.ImageReference;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Where a build's cache comes from and goes to, beside what the builder itself remembers.
 *
 * @param from looked into in this order
 * @param to filled when the build succeeded
 */
public record CacheExchange(List<Source> from, List<Target> to) {
    /** No other cache. */
    public static final CacheExchange NONE = new CacheExchange(List.of(), List.of());

    private static final String DEFAULT_TAG = "latest";

    public CacheExchange {
        from = List.copyOf(from);
        to = List.copyOf(to);
    }

    /** A cache that results are taken from. */
    public sealed interface Source {
        /** What an image tells, one that is here before one in a registry: the cache inside it, or its history. */
        record OfImage(ImageReference name) implements Source {}

        /** A cache that was put into a registry, or an image there. */
        record OfRegistry(ImageReference name) implements Source {}

        /** A cache that was written to a folder of the daemon's machine. */
        record OfFolder(Path folder, String tag) implements Source {}
    }

    /**
     * A cache that results are given to.
     *
     * @param place where it is
     * @param everything whether the steps of all stages go there (mode=max), and not only those whose layers are in the image
     * @param mayFail whether the build is good although this went wrong
     */
    public record Target(Place place, boolean everything, boolean mayFail) {}

    /** Where a cache is put. */
    public sealed interface Place {
        /** Into the configuration of the image itself. */
        record InImage() implements Place {}

        /** Into a registry, under a tag of its own. */
        record InRegistry(ImageReference name) implements Place {}

        /** Into a folder of the daemon's machine, as an OCI layout. */
        record InFolder(Path folder, String tag) implements Place {}
    }

    /**
     * Reads what {@code --cache-from} says: an image, or {@code type=registry,ref=NAME} or {@code type=local,src=FOLDER}.
     *
     * @throws Failure of kind INVALID
     */
    public static Source source(String option) {
        if (!option.contains("=")) {
            return new Source.OfImage(ImageReference.parse(option).withDefaultTag());
        }
        Map<String, String> fields = fields(option, Set.of("type", "ref", "src", "tag", "digest"));
        String type = fields.getOrDefault("type", "registry");
        return switch (type) {
            case "registry" -> new Source.OfRegistry(reference(fields, option));
            case "local" -> new Source.OfFolder(folder(fields, "src", option), fields.getOrDefault("tag", DEFAULT_TAG));
            default -> throw Failure.invalid("unknown cache importer: %s", type);
        };
    }

    /**
     * Reads what {@code --cache-to} says: an image's name, {@code type=inline}, {@code type=registry,ref=NAME} or
     * {@code type=local,dest=FOLDER}; with {@code mode=min|max} and {@code ignore-error=true}.
     *
     * @throws Failure of kind INVALID
     */
    public static Target target(String option) {
        Map<String, String> fields = option.contains("=")
                ? fields(option, Set.of("type", "ref", "dest", "tag", "mode", "ignore-error"))
                : Map.of("type", "registry", "ref", option);
        String type = fields.getOrDefault("type", "registry");
        Place place = switch (type) {
            case "inline" -> new Place.InImage();
            case "registry" -> new Place.InRegistry(reference(fields, option));
            case "local" -> new Place.InFolder(folder(fields, "dest", option), fields.getOrDefault("tag", DEFAULT_TAG));
            default -> throw Failure.invalid("unknown cache exporter: %s", type);
        };
        String mode = fields.getOrDefault("mode", "min");
        if (!mode.equals("min") && !mode.equals("max")) {
            throw Failure.invalid("invalid mode %s in %s: min or max", mode, option);
        }
        return new Target(place, mode.equals("max"), Boolean.parseBoolean(fields.get("ignore-error")));
    }

    private static Map<String, String> fields(String option, Set<String> known) {
        Map<String, String> fields = new LinkedHashMap<>();
        for (String field : option.split(",")) {
            String[] pair = field.strip().split("=", 2);
            if (pair.length < 2 || !known.contains(pair[0])) {
                throw Failure.invalid(
                        "invalid cache option '%s' in %s: known are %s",
                        field, option, String.join(", ", known.stream().sorted().toList()));
            }
            fields.put(pair[0], pair[1]);
        }
        return fields;
    }

    private static ImageReference reference(Map<String, String> fields, String option) {
        return Optional.ofNullable(fields.get("ref"))
                .filter(ref -> !ref.isEmpty())
                .map(ref -> ImageReference.parse(ref).withDefaultTag())
                .orElseThrow(() -> Failure.invalid("%s needs ref=NAME", option));
    }

    private static Path folder(Map<String, String> fields, String field, String option) {
        return Stream.ofNullable(fields.get(field))
                .map(Path::of)
                .filter(Path::isAbsolute)
                .findFirst()
                .orElseThrow(() ->
                        Failure.invalid("%s needs %s=FOLDER, an absolute path on the daemon's machine", option, field));
    }
}
