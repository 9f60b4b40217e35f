package dev.priok.cli.container;

import dev.priok.cli.format.HumanSize;
import dev.priok.cli.format.HumanTime;
import dev.priok.cli.format.Listing;
import dev.priok.cli.format.Text;
import dev.priok.cli.template.FieldSource;
import dev.priok.client.JsonObject;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A container in a list.
 *
 * @param container an item of {@code GET /containers/json}
 * @param isCut whether ids, commands and names of volumes are shortened
 * @param now what ages are counted from
 */
public record ContainerRow(JsonObject container, boolean isCut, Instant now) implements Listing.Row {
    private static final int COMMAND_WIDTH = 20;
    private static final int MOUNT_WIDTH = 15;

    /** Fields and titles of lists of containers. */
    public static Listing listing(boolean hasSize) {
        return new Listing("{{.ID}}\t{{.Image}}\t{{.Command}}\t{{.RunningFor}}\t{{.Status}}\t{{.Ports}}\t{{.Names}}"
                        + (hasSize ? "\t{{.Size}}" : ""))
                .title("ID", "CONTAINER ID")
                .title("Image", "IMAGE")
                .title("Command", "COMMAND")
                .title("CreatedAt", "CREATED AT")
                .title("RunningFor", "CREATED")
                .title("Status", "STATUS")
                .title("State", "STATE")
                .title("Ports", "PORTS")
                .title("Names", "NAMES")
                .title("Size", "SIZE")
                .title("Labels", "LABELS")
                .title("Mounts", "MOUNTS")
                .title("LocalVolumes", "LOCAL VOLUMES")
                .title("Networks", "NETWORKS")
                .title("Platform", "PLATFORM");
    }

    static String id(JsonObject container, boolean isCut) {
        String id = container.text("Id");
        return isCut ? Text.shortId(id) : id;
    }

    @Override
    public @Nullable Object value(String field) {
        return switch (field) {
            case "ID" -> id(container, isCut);
            case "Image" -> image();
            case "Command" -> {
                String command = container.text("Command");
                yield Text.quoted(isCut ? Text.ellipsis(command, COMMAND_WIDTH) : command);
            }
            case "CreatedAt" -> HumanTime.local(container.number("Created"));
            case "RunningFor" -> HumanTime.ago(container.number("Created"), now);
            case "Status" -> container.text("Status");
            case "State" -> container.text("State");
            case "Ports" -> Ports.display(container.objects("Ports"));
            case "Names" -> names();
            case "Size" -> size();
            case "Labels" -> Text.labels(container.object("Labels").fields());
            case "Mounts" -> mounts();
            case "LocalVolumes" -> localVolumes();
            case "Networks" -> String.join(",", networks());
            case "Platform" -> null;
            default -> FieldSource.NO_FIELD;
        };
    }

    @Override
    public Object value(String field, String argument) {
        return field.equals("Label") ? container.object("Labels").text(argument) : FieldSource.NO_FIELD;
    }

    private String image() {
        String image = container.text("Image");
        if (image.isEmpty()) {
            return "<no image>";
        }
        if (!isCut) {
            return image;
        }
        String shortId = Text.shortId(container.text("ImageID"));
        if (shortId.equals(Text.shortId(image))) {
            return shortId;
        }
        int digest = image.indexOf('@');
        return digest > 0 ? image.substring(0, digest) : image;
    }

    private String names() {
        StringBuilder out = new StringBuilder();
        for (String name : container.texts("Names")) {
            String plain = name.startsWith("/") ? name.substring(1) : name;
            if (isCut && plain.indexOf('/') >= 0) {
                continue;
            }
            if (isCut) {
                return plain;
            }
            out.append(out.isEmpty() ? "" : ",").append(plain);
        }
        return out.toString();
    }

    private String size() {
        String own = HumanSize.ofThousands(container.number("SizeRw"));
        long whole = container.number("SizeRootFs");
        return whole > 0 ? own + " (virtual " + HumanSize.ofThousands(whole) + ")" : own;
    }

    private String mounts() {
        StringBuilder out = new StringBuilder();
        for (JsonObject mount : container.objects("Mounts")) {
            String name = mount.text("Name").isEmpty() ? mount.text("Source") : mount.text("Name");
            out.append(out.isEmpty() ? "" : ",").append(isCut ? Text.ellipsis(name, MOUNT_WIDTH) : name);
        }
        return out.toString();
    }

    private String localVolumes() {
        int count = 0;
        for (JsonObject mount : container.objects("Mounts")) {
            if (mount.text("Driver").equals("local")) {
                count++;
            }
        }
        return Integer.toString(count);
    }

    private List<String> networks() {
        return List.copyOf(
                container.object("NetworkSettings").object("Networks").fields().keySet());
    }
}
