package dev.priok.cli.system;

import dev.priok.cli.format.HumanSize;
import dev.priok.cli.format.Listing;
import dev.priok.cli.template.FieldSource;
import dev.priok.client.JsonObject;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one kind of object takes of the disk.
 *
 * @param type the kind, as shown
 * @param count how many there are
 * @param active how many are in use
 * @param bytes disk taken
 * @param reclaimableBytes disk that pruning would give back
 * @param showsPercent whether the reclaimable part is also shown in percent
 */
record DiskUsage(String type, long count, long active, long bytes, long reclaimableBytes, boolean showsPercent)
        implements Listing.Row {
    static Listing listing() {
        return new Listing("{{.Type}}\t{{.TotalCount}}\t{{.Active}}\t{{.Size}}\t{{.Reclaimable}}")
                .title("Type", "TYPE")
                .title("TotalCount", "TOTAL")
                .title("Active", "ACTIVE")
                .title("Size", "SIZE")
                .title("Reclaimable", "RECLAIMABLE");
    }

    static DiskUsage images(List<JsonObject> images, long layersBytes) {
        long active = 0;
        long used = 0;
        for (JsonObject image : images) {
            if (image.number("Containers") > 0) {
                active++;
                if (image.number("Size") >= 0 && image.number("SharedSize") >= 0) {
                    used += image.number("Size") - image.number("SharedSize");
                }
            }
        }
        return new DiskUsage("Images", images.size(), active, layersBytes, layersBytes - used, true);
    }

    static DiskUsage containers(List<JsonObject> containers) {
        long active = 0;
        long bytes = 0;
        long reclaimable = 0;
        for (JsonObject container : containers) {
            bytes += container.number("SizeRw");
            switch (container.text("State")) {
                case "running", "paused", "restarting" -> active++;
                default -> reclaimable += container.number("SizeRw");
            }
        }
        return new DiskUsage("Containers", containers.size(), active, bytes, reclaimable, true);
    }

    static DiskUsage volumes(List<JsonObject> volumes) {
        long active = 0;
        long bytes = 0;
        long reclaimable = 0;
        for (JsonObject volume : volumes) {
            JsonObject usage = volume.object("UsageData");
            long size = Math.max(0, usage.number("Size"));
            bytes += size;
            if (usage.number("RefCount") > 0) {
                active++;
            } else {
                reclaimable += size;
            }
        }
        return new DiskUsage("Local Volumes", volumes.size(), active, bytes, reclaimable, true);
    }

    static DiskUsage buildCache(List<JsonObject> records) {
        long active = 0;
        long bytes = 0;
        long inUse = 0;
        for (JsonObject entry : records) {
            long size = entry.flag("Shared") ? 0 : entry.number("Size");
            bytes += size;
            if (entry.flag("InUse")) {
                active++;
                inUse += size;
            }
        }
        return new DiskUsage("Build Cache", records.size(), active, bytes, bytes - inUse, false);
    }

    @Override
    public @Nullable Object value(String field) {
        return switch (field) {
            case "Type" -> type;
            case "TotalCount" -> Long.toString(count);
            case "Active" -> Long.toString(active);
            case "Size" -> HumanSize.ofThousandsPrecise(bytes);
            case "Reclaimable" -> {
                String size = HumanSize.ofThousandsPrecise(reclaimableBytes);
                yield showsPercent && bytes > 0 ? size + " (" + reclaimableBytes * 100 / bytes + "%)" : size;
            }
            default -> FieldSource.NO_FIELD;
        };
    }
}
