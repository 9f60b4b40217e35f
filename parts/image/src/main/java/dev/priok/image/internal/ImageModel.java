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
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Images and names in memory; not safe for threads, its owner locks. */
final class ImageModel {
    private static final Pattern ID_PREFIX = Pattern.compile("[a-f0-9]{1,64}");

    private final Map<Digest, ImageRow> images = new HashMap<>();
    private final TreeMap<String, Digest> names = new TreeMap<>();

    ImageModel(Collection<ImageRow> rows, Map<String, Digest> names) {
        rows.forEach(row -> images.put(row.id(), row));
        this.names.putAll(names);
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
        images.put(row.id(), row);
    }

    void name(ImageReference name, Digest image) {
        names.put(name.toString(), image);
    }

    void unname(String name) {
        names.remove(name);
    }

    void remove(Digest image) {
        images.remove(image);
    }

    /** All names of an image, sorted: those with a tag and those with a digest. */
    List<ImageReference> names(Digest image) {
        List<ImageReference> result = new ArrayList<>();
        names.forEach((name, id) -> {
            if (id.equals(image)) {
                result.add(ImageReference.parse(name));
            }
        });
        return result;
    }

    List<Digest> children(Digest image) {
        return images.values().stream()
                .filter(row -> row.parent().isPresent() && row.parent().get().equals(image))
                .map(ImageRow::id)
                .sorted()
                .toList();
    }

    /** What a text was found by: decides what removing it means. */
    record Found(ImageRow image, Optional<ImageReference> name) {}

    /** The image that a person means. */
    Found resolve(String text) {
        if (text.startsWith("sha256:") || Pattern.matches("[a-f0-9]{64}", text)) {
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
