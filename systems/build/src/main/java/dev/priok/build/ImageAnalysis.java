package dev.priok.build;

import java.util.List;

/**
 * What an image is made of, and what of it is of no use.
 *
 * @param image its id
 * @param bytes of all layers
 * @param wastedBytes of files that later layers overwrite or remove
 * @param score 100 for an image without waste and leftovers, 0 for one with nothing else
 * @param layers the lowest first
 * @param wasted the paths with the most waste, largest first
 * @param leftovers caches and tools that a running container hardly needs
 * @param advice sentences for people
 */
public record ImageAnalysis(
        String image,
        long bytes,
        long wastedBytes,
        int score,
        List<LayerReport> layers,
        List<Waste> wasted,
        List<Leftover> leftovers,
        List<String> advice) {
    public ImageAnalysis {
        layers = List.copyOf(layers);
        wasted = List.copyOf(wasted);
        leftovers = List.copyOf(leftovers);
        advice = List.copyOf(advice);
    }

    /**
     * One layer.
     *
     * @param createdBy what made it
     * @param added files that were not there before
     * @param overwritten files that were
     * @param removed files of lower layers that are gone
     * @param largest paths of its largest files
     */
    public record LayerReport(
            String digest,
            String createdBy,
            long bytes,
            int added,
            int overwritten,
            int removed,
            List<String> largest) {
        public LayerReport {
            largest = List.copyOf(largest);
        }
    }

    /**
     * A path whose content is in the image more than once, or for nothing.
     *
     * @param bytes that nobody sees
     * @param times how often it was overwritten or removed
     */
    public record Waste(String path, long bytes, int times) {}

    /**
     * Something left behind.
     *
     * @param kind what it is
     * @param path where it begins
     */
    public record Leftover(String kind, String path, long bytes) {}
}
