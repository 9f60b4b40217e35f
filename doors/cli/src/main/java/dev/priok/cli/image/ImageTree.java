package dev.priok.cli.image;

import dev.priok.cli.format.HumanSize;
import dev.priok.cli.format.Table;
import dev.priok.client.JsonObject;
import java.util.ArrayList;
import java.util.List;

/**
 * Images with their names below them: what is shared between them is counted once in each, and told.
 *
 * @param images items of {@code GET /images/json} with {@code shared-size}
 */
record ImageTree(List<JsonObject> images) {
    private static final int SHORT_ID = 12;

    ImageTree {
        images = List.copyOf(images);
    }

    @Override
    public String toString() {
        Table table = new Table();
        table.addLine("IMAGE\tID\tDISK USAGE\tSHARED\tIN USE");
        for (JsonObject image : images) {
            List<String> names = new ArrayList<>(image.texts("RepoTags"));
            names.removeIf(name -> name.equals("<none>:<none>"));
            String id = image.text("Id").replace("sha256:", "");
            table.addLine("%s\t%s\t%s\t%s\t%s"
                    .formatted(
                            names.isEmpty() ? "<untagged>" : names.getFirst(),
                            id.substring(0, Math.min(SHORT_ID, id.length())),
                            HumanSize.ofThousands(image.number("Size")),
                            HumanSize.ofThousands(Math.max(0, image.number("SharedSize"))),
                            image.number("Containers") > 0 ? "yes" : ""));
            List<String> below = names.isEmpty() ? List.of() : names.subList(1, names.size());
            for (int i = 0; i < below.size(); i++) {
                table.addLine((i + 1 < below.size() ? "\u251c\u2500 " : "\u2514\u2500 ") + below.get(i) + "\t\t\t\t");
            }
        }
        return table.toString();
    }
}
