package dev.priok.engine.internal;

import dev.priok.core.ImageReference;
import dev.priok.engine.Filters;
import dev.priok.image.Image;
import dev.priok.image.ImageStore;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The filters of {@code docker images}. */
final class ImageFilter {
    private final Filters filters;
    private final @Nullable Instant before;
    private final @Nullable Instant since;
    private final @Nullable Instant until;

    ImageFilter(Filters filters, ImageStore store, Instant now) {
        this.filters = filters.onlyKnowing("before", "since", "dangling", "label", "reference", "until");
        before = created("before", store);
        since = created("since", store);
        until = filters.has("until") ? TimeText.parse(filters.get("until").getFirst(), now) : null;
    }

    private @Nullable Instant created(String key, ImageStore store) {
        return filters.has(key) ? store.resolve(filters.get(key).getFirst()).created() : null;
    }

    boolean passes(Image image) {
        return (before == null || image.created().isBefore(before))
                && (since == null || image.created().isAfter(since))
                && (until == null || image.created().isBefore(until))
                && (!filters.has("dangling")
                        || filters.flag("dangling", false) == image.tags().isEmpty())
                && filters.labels("label", image.config().config().labels())
                && (!filters.has("reference") || !tags(image).isEmpty());
    }

    /** The names that pass the filter by reference. */
    List<String> tags(Image image) {
        return image.tags().stream()
                .filter(name -> !filters.has("reference")
                        || filters.get("reference").stream().anyMatch(pattern -> matches(pattern, name)))
                .map(ImageReference::familiar)
                .toList();
    }

    private static boolean matches(String pattern, ImageReference name) {
        return List.of(name.familiar(), name.familiarName(), name.toString(), name.name()).stream()
                .anyMatch(text -> FileSystems.getDefault()
                        .getPathMatcher("glob:" + pattern)
                        .matches(Path.of(text)));
    }
}
