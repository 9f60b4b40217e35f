package dev.priok.image.internal;

import dev.priok.core.Digest;
import dev.priok.core.Failure;
import dev.priok.core.ImageReference;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Images and names in memory; not safe for threads, its owner locks. */
final class ImageModel {
    private static final Pattern ID = Pattern.compile("[a-f0-9]{64}");
    private static final Pattern ID_PREFIX = Pattern.compile("[a-f0-9]{1,64}");

    private final Map<Digest, ImageRow> images = new HashMap<>();
    private final TreeMap<String, Digest> names = new TreeMap<>();
    private final Map<Digest, TreeMap<String, ImageReference>> namesOf = new HashMap<>();
    private final Map<Digest, TreeSet<Digest>> childrenOf = new HashMap<>();

    ImageModel(Collection<ImageRow> rows, Map<String, Digest> names) {
        rows.forEach(this::put);
        names.forEach((name, image) -> name(ImageReference.parse(name), image));
    }

    ImageModel copy() {
        return new ImageModel(images.values(), names);
    }

    Collection<ImageRow> all() {
        return Collections.unmodifiableCollection(images.values());
    }

    Optional<ImageRow> find(Digest id) {
        return Optional.ofNullable(images.get(id));
    }

    void put(ImageRow row) {
        remove(row.id());
        images.put(row.id(), row);
        row.parent()
                .ifPresent(parent ->
                        childrenOf.computeIfAbsent(parent, _ -> new TreeSet<>()).add(row.id()));
    }

    /** Gives an image a name, taking it from the one that had it. */
    void name(ImageReference name, Digest image) {
        unname(name.toString());
        names.put(name.toString(), image);
        namesOf.computeIfAbsent(image, _ -> new TreeMap<>()).put(name.toString(), name);
    }

    void unname(String name) {
        Digest image = names.remove(name);
        if (image != null) {
            namesOf.getOrDefault(image, new TreeMap<>()).remove(name);
        }
    }

    /** Forgets an image; its names are removed before. */
    void remove(Digest image) {
        ImageRow row = images.remove(image);
        if (row != null && row.parent().isPresent()) {
            childrenOf.getOrDefault(row.parent().get(), new TreeSet<>()).remove(image);
        }
    }

    /** All names of an image, sorted: those with a tag and those with a digest. */
    List<ImageReference> names(Digest image) {
        TreeMap<String, ImageReference> mine = namesOf.get(image);
        return mine == null ? List.of() : List.copyOf(mine.values());
    }

    List<Digest> children(Digest image) {
        TreeSet<Digest> mine = childrenOf.get(image);
        return mine == null ? List.of() : List.copyOf(mine);
    }

    /** The images that {@code docker save} means: a name without a tag means all its tags. */
    List<Found> resolveAll(String text) {
        List<Found> all = new ArrayList<>();
        if (!text.startsWith("sha256:") && !ID.matcher(text).matches()) {
            ImageReference reference = ImageReference.parse(text);
            if (reference.tag().isEmpty() && reference.digest().isEmpty()) {
                String prefix = reference + ":";
                names.subMap(prefix, prefix + Character.MAX_VALUE)
                        .forEach((name, image) -> find(image)
                                .ifPresent(row -> all.add(new Found(row, Optional.of(ImageReference.parse(name))))));
            }
        }
        return all.isEmpty() ? List.of(resolve(text)) : all;
    }

    /** What a text was found by: decides what removing it means. */
    record Found(ImageRow image, Optional<ImageReference> name) {}

    /** The image that a person means. */
    Found resolve(String text) {
        if (text.startsWith("sha256:") || ID.matcher(text).matches()) {
            return byId(text.startsWith("sha256:") ? text.substring(7) : text, text);
        }
        ImageReference reference = ImageReference.parse(text).withDefaultTag();
        Digest named = names.get(reference.toString());
        if (named == null && reference.digest().isPresent() && reference.tag().isPresent()) {
            // A tag beside a digest is decoration.
            ImageReference plain =
                    new ImageReference(reference.domain(), reference.path(), Optional.empty(), reference.digest());
            named = names.get(plain.toString());
        }
        if (named != null && images.containsKey(named)) {
            return new Found(images.get(named), Optional.of(reference));
        }
        if (ID_PREFIX.matcher(text).matches()) {
            return byId(text, reference.familiar());
        }
        throw missing(reference.familiar());
    }

    private Found byId(String hex, String text) {
        if (!ID_PREFIX.matcher(hex).matches()) {
            throw missing(text);
        }
        try (Stream<ImageRow> rows = images.values().stream()) {
            List<ImageRow> fitting =
                    rows.filter(row -> row.id().hex().startsWith(hex)).limit(2).toList();
            if (fitting.isEmpty()) {
                throw missing(text);
            }
            if (fitting.size() > 1) {
                throw Failure.invalid("ambiguous reference: %s fits more than one image", hex);
            }
            return new Found(fitting.getFirst(), Optional.empty());
        }
    }

    static Failure missing(String text) {
        return Failure.notFound("No such image: %s", text);
    }
}
