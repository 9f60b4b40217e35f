package dev.priok.cli.volume;

import dev.priok.cli.format.HumanSize;
import dev.priok.cli.format.Listing;
import dev.priok.cli.format.Text;
import dev.priok.cli.template.FieldSource;
import dev.priok.client.JsonObject;
import org.jspecify.annotations.Nullable;

/**
 * A volume in a list.
 *
 * @param volume an item of {@code GET /volumes}
 */
public record VolumeRow(JsonObject volume) implements Listing.Row {
    /** Fields and titles of lists of volumes. */
    public static Listing listing() {
        return listing("{{.Driver}}\t{{.Name}}");
    }

    /** The same with how much is in each. */
    static Listing sizes() {
        return listing("{{.Driver}}\t{{.Name}}\t{{.Links}}\t{{.Size}}");
    }

    private static Listing listing(String format) {
        return new Listing(format)
                .title("Driver", "DRIVER")
                .title("Name", "VOLUME NAME")
                .title("Scope", "SCOPE")
                .title("Mountpoint", "MOUNTPOINT")
                .title("Labels", "LABELS")
                .title("Links", "LINKS")
                .title("Size", "SIZE");
    }

    @Override
    public @Nullable Object value(String field) {
        return switch (field) {
            case "Driver", "Name", "Scope", "Mountpoint" -> volume.text(field);
            case "Labels" -> Text.labels(volume.object("Labels").fields());
            case "Links" ->
                volume.has("UsageData")
                        ? Long.toString(volume.object("UsageData").number("RefCount"))
                        : "N/A";
            case "Size" ->
                volume.has("UsageData")
                        ? HumanSize.ofThousandsPrecise(
                                volume.object("UsageData").number("Size"))
                        : "N/A";
            default -> FieldSource.NO_FIELD;
        };
    }

    @Override
    public Object value(String field, String argument) {
        return field.equals("Label") ? volume.object("Labels").text(argument) : FieldSource.NO_FIELD;
    }
}
