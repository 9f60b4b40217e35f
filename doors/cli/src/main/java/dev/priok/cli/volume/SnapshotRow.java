package dev.priok.cli.volume;

import dev.priok.cli.format.HumanSize;
import dev.priok.cli.format.Listing;
import dev.priok.cli.template.FieldSource;
import dev.priok.client.JsonObject;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot in a list.
 *
 * @param snapshot an item of {@code GET /priok/volumes/snapshots}
 */
record SnapshotRow(JsonObject snapshot) implements Listing.Row {
    /** Fields and titles of lists of snapshots. */
    static Listing listing() {
        return new Listing("{{.Name}}\t{{.CreatedAt}}\t{{.Files}}\t{{.Size}}\t{{.CopiedSize}}")
                .title("Name", "SNAPSHOT")
                .title("CreatedAt", "CREATED AT")
                .title("Files", "FILES")
                .title("Size", "SIZE")
                .title("CopiedSize", "OF ITS OWN");
    }

    String name() {
        return snapshot.text("Volume") + "@" + snapshot.text("Name");
    }

    @Override
    public @Nullable Object value(String field) {
        return switch (field) {
            case "Name" -> name();
            case "Volume", "CreatedAt" -> snapshot.text(field);
            case "Files" -> Long.toString(snapshot.number(field));
            case "Size", "CopiedSize" -> HumanSize.ofThousandsPrecise(snapshot.number(field));
            default -> FieldSource.NO_FIELD;
        };
    }
}
