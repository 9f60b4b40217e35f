package dev.priok.snapshot;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What has to be mounted to see a snapshot, as mount(8) would be told; the currency between snapshots and those who mount. For
 * type {@code overlay} the options are {@code lowerdir=A:B} (highest first; short links, so that more than a hundred fit a page),
 * {@code upperdir=}, {@code workdir=} and flags; all paths are absolute. For type {@code bind} the source is a folder.
 *
 * @param type {@code overlay} or {@code bind}
 * @param source what is mounted; {@code overlay} for an overlay
 * @param options file system options, and {@code ro} for read-only
 */
public record Mount(String type, String source, List<String> options) {
    public Mount {
        options = List.copyOf(options);
    }

    /** The value of {@code key=value} among the options. */
    public Optional<String> option(String key) {
        String prefix = key + "=";
        return options.stream()
                .filter(option -> option.startsWith(prefix))
                .map(option -> option.substring(prefix.length()))
                .findFirst();
    }

    /** The folders under the writable one, highest first; none for a bind. */
    public List<String> lowers() {
        return option("lowerdir").map(lowers -> List.of(lowers.split(":"))).orElse(List.of());
    }

    /** The same with further folders on top of those under the writable one; a bind is left as it is. */
    public Mount withLowers(List<Path> above) {
        String more = above.stream().map(Path::toString).collect(Collectors.joining(":"));
        return new Mount(
                type,
                source,
                options.stream()
                        .map(option -> option.startsWith("lowerdir=")
                                ? "lowerdir=" + more + ":" + option.substring("lowerdir=".length())
                                : option)
                        .toList());
    }

    public boolean readOnly() {
        return options.contains("ro");
    }
}
