package dev.priok.build.analyze;

import dev.priok.build.ImageAnalysis;
import dev.priok.build.ImageAnalysis.LayerReport;
import dev.priok.build.ImageAnalysis.Leftover;
import dev.priok.build.ImageAnalysis.Waste;
import dev.priok.image.Image;
import dev.priok.oci.image.History;
import dev.priok.snapshot.Layer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Adds up the layers of one image. For one image and one thread. */
public final class ImageAnalyzer {
    private static final int MOST_SHOWN = 50;
    private static final int LARGEST_SHOWN = 5;
    private static final String DOCUMENTATION = "documentation";
    private static final String TOOLS = "compiler or build tool";

    /** Kinds of leftovers by where they lie. */
    private static final Map<String, Pattern> KINDS = Map.of(
            "package lists of apt",
            Pattern.compile("var/lib/apt/lists/[^/]+"),
            "packages kept by apt",
            Pattern.compile("var/cache/apt/archives/.+\\.deb"),
            "cache of apk, yum or dnf",
            Pattern.compile("var/cache/(apk|yum|dnf|libdnf5)/.+"),
            "cache of pip",
            Pattern.compile("(root|home/[^/]+)/\\.cache/(pip|uv)/.+"),
            "cache of npm or yarn",
            Pattern.compile("(root|home/[^/]+)/(\\.npm|\\.cache/yarn)/.+|usr/local/share/\\.cache/yarn/.+"),
            "cache of maven, gradle, cargo or go",
            Pattern.compile("(root|home/[^/]+)/(\\.m2|\\.gradle|\\.cargo/registry|go/pkg|\\.cache/go-build)/.+"),
            "git repository",
            Pattern.compile("(.+/)?\\.git/.+"),
            TOOLS,
            Pattern.compile(
                    "usr/(local/)?(bin|lib/jvm/[^/]+/bin)/(gcc(-\\d+)?|cc1|g\\+\\+(-\\d+)?|make|cmake|ninja|javac|rustc|cargo|go)"
                            + "|usr/lib(exec)?/gcc/.+"),
            DOCUMENTATION,
            Pattern.compile("usr/share/(doc|man|info)/.+"));

    private final TreeMap<String, Long> visible = new TreeMap<>();
    private final Map<String, Waste> waste = new HashMap<>();

    private ImageAnalyzer() {}

    /**
     * Analyzes an image.
     *
     * @param layers of it, the lowest first
     */
    public static ImageAnalysis analyze(Image image, List<Layer> layers) throws IOException {
        return new ImageAnalyzer().run(image, layers);
    }

    private ImageAnalysis run(Image image, List<Layer> layers) throws IOException {
        List<String> makers = image.config().history().stream()
                .filter(h -> !h.emptyLayer())
                .map(History::createdBy)
                .toList();
        // A base that was imported may have layers that its history does not tell of: they are the lowest.
        int unknown = Math.max(0, layers.size() - makers.size());
        List<LayerReport> reports = new ArrayList<>();
        long bytes = 0;
        for (int i = 0; i < layers.size(); i++) {
            String maker = i >= unknown && i - unknown < makers.size() ? makers.get(i - unknown) : "";
            reports.add(layer(layers.get(i), maker));
            bytes += layers.get(i).size();
        }
        long wasted = waste.values().stream().mapToLong(Waste::bytes).sum();
        List<Leftover> leftovers = leftovers();
        long left = leftovers.stream()
                .filter(l -> !l.kind().equals(DOCUMENTATION))
                .mapToLong(Leftover::bytes)
                .sum();
        return new ImageAnalysis(
                image.id().toString(),
                bytes,
                wasted,
                bytes == 0 ? 100 : (int) Math.max(0, 100 - Math.round(100.0 * (wasted + left) / bytes)),
                reports,
                waste.values().stream()
                        .sorted(Comparator.comparingLong(Waste::bytes)
                                .reversed()
                                .thenComparing(Waste::path))
                        .limit(MOST_SHOWN)
                        .toList(),
                leftovers,
                advice(wasted, leftovers, image));
    }

    private LayerReport layer(Layer layer, String maker) throws IOException {
        Map<String, Long> own = new HashMap<>();
        List<String> gone = new ArrayList<>();
        LayerWalk.walk(layer.folder(), new LayerWalk.Visitor() {
            @Override
            public void file(String path, long size) {
                own.put(path, size);
            }

            @Override
            public void removed(String path) {
                gone.add(path);
            }
        });
        int removed = 0;
        for (String path : gone) {
            removed += remove(path);
        }
        int overwritten = 0;
        for (Map.Entry<String, Long> file : own.entrySet()) {
            Long before = visible.put(file.getKey(), file.getValue());
            if (before != null) {
                overwritten++;
                waste(file.getKey(), before);
            }
        }
        List<String> largest = own.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed().thenComparing(Map.Entry.comparingByKey()))
                .limit(LARGEST_SHOWN)
                .map(Map.Entry::getKey)
                .toList();
        return new LayerReport(
                layer.diffId().toString(),
                maker,
                layer.size(),
                own.size() - overwritten,
                overwritten,
                removed,
                largest);
    }

    private int remove(String path) {
        List<String> all = new ArrayList<>();
        if (visible.containsKey(path)) {
            all.add(path);
        }
        // '0' is the character after '/': everything below the path lies between.
        all.addAll(visible.subMap(path + "/", path + "0").keySet());
        for (String each : all) {
            Long size = visible.remove(each);
            waste(each, size == null ? 0 : size);
        }
        return all.size();
    }

    private void waste(String path, long bytes) {
        waste.merge(path, new Waste(path, bytes, 1), (a, b) -> new Waste(path, a.bytes() + b.bytes(), a.times() + 1));
    }

    private List<Leftover> leftovers() {
        Map<String, Leftover> found = new TreeMap<>();
        visible.forEach((path, size) -> KINDS.forEach((kind, pattern) -> {
            if (pattern.matcher(path).matches()) {
                found.merge(
                        kind,
                        new Leftover(kind, path, size),
                        (a, b) -> new Leftover(kind, a.path(), a.bytes() + b.bytes()));
            }
        }));
        return found.values().stream()
                .filter(l -> l.bytes() > 0)
                .sorted(Comparator.comparingLong(Leftover::bytes).reversed())
                .toList();
    }

    private static List<String> advice(long wasted, List<Leftover> leftovers, Image image) {
        List<String> advice = new ArrayList<>();
        if (wasted > 0) {
            advice.add(
                    "remove files in the RUN that makes them: what a later layer removes or replaces stays in the image");
        }
        if (leftovers.stream().anyMatch(l -> l.kind().equals(TOOLS))) {
            advice.add("build in a stage of its own and COPY --from it only what runs: compilers stay behind then,"
                    + " and the last stage can begin with a slim or runtime image, or with scratch");
        }
        if (leftovers.stream()
                .anyMatch(l -> l.kind().contains("cache of") || l.kind().contains("apt"))) {
            advice.add("keep package caches out of layers: RUN --mount=type=cache, or remove them in the same RUN");
        }
        if (image.config().config().user().isEmpty()) {
            advice.add("the image runs as root: USER says otherwise");
        }
        return advice;
    }
}
