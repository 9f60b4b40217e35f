package dev.priok.cli.image;

import dev.priok.cli.format.HumanSize;
import dev.priok.cli.format.HumanTime;
import dev.priok.cli.format.Listing;
import dev.priok.cli.format.RepositoryTag;
import dev.priok.cli.format.Text;
import dev.priok.cli.template.FieldSource;
import dev.priok.client.JsonObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One name of an image in a list.
 *
 * @param image an item of {@code GET /images/json}
 * @param repository the name's repository
 * @param tag the name's tag
 * @param digest the digest known for the repository
 * @param isCut whether ids are shortened
 * @param now what ages are counted from
 */
public record ImageRow(JsonObject image, String repository, String tag, String digest, boolean isCut, Instant now)
        implements Listing.Row {
    private static final String NONE = "<none>";

    /** Fields and titles of lists of images. */
    public static Listing listing(boolean showsDigests) {
        return new Listing("{{.Repository}}\t{{.Tag}}\t" + (showsDigests ? "{{.Digest}}\t" : "")
                        + "{{.ID}}\t{{.CreatedSince}}\t{{.Size}}")
                .title("ID", "IMAGE ID")
                .title("Repository", "REPOSITORY")
                .title("Tag", "TAG")
                .title("Digest", "DIGEST")
                .title("CreatedSince", "CREATED")
                .title("CreatedAt", "CREATED AT")
                .title("Size", "SIZE")
                .title("Containers", "CONTAINERS")
                .title("VirtualSize", "SIZE")
                .title("SharedSize", "SHARED SIZE")
                .title("UniqueSize", "UNIQUE SIZE");
    }

    /** One row for each name; images without a name have one row of their own. */
    public static List<ImageRow> of(
            List<JsonObject> images, boolean isCut, boolean showsDigests, boolean keepsDangling, Instant now) {
        List<ImageRow> rows = new ArrayList<>();
        for (JsonObject image : images) {
            List<String> tags = image.texts("RepoTags");
            tags.removeIf(name -> name.equals("<none>:<none>"));
            List<String> digests = image.texts("RepoDigests");
            digests.removeIf(name -> name.equals("<none>@<none>"));
            for (String name : tags) {
                RepositoryTag parsed = RepositoryTag.parse(name);
                rows.add(new ImageRow(
                        image, parsed.repository(), parsed.tag(), digestOf(digests, parsed.repository()), isCut, now));
            }
            if (tags.isEmpty()) {
                Set<String> repositories = new LinkedHashSet<>();
                for (String name : digests) {
                    RepositoryTag parsed = RepositoryTag.parse(name);
                    if (showsDigests || repositories.add(parsed.repository())) {
                        rows.add(new ImageRow(image, parsed.repository(), NONE, parsed.digest(), isCut, now));
                    }
                }
                if (digests.isEmpty() || (keepsDangling && repositories.isEmpty() && !showsDigests)) {
                    rows.add(new ImageRow(image, NONE, NONE, NONE, isCut, now));
                }
            }
        }
        return rows;
    }

    private static String digestOf(List<String> digests, String repository) {
        for (String name : digests) {
            RepositoryTag parsed = RepositoryTag.parse(name);
            if (parsed.repository().equals(repository)) {
                return parsed.digest();
            }
        }
        return NONE;
    }

    @Override
    public @Nullable Object value(String field) {
        return switch (field) {
            case "ID" -> isCut ? Text.shortId(image.text("Id")) : image.text("Id");
            case "Repository" -> repository;
            case "Tag" -> tag;
            case "Digest" -> digest;
            case "CreatedSince" -> created() <= 0 ? "N/A" : HumanTime.ago(created(), now);
            case "CreatedAt" -> HumanTime.local(created());
            case "Size" -> HumanSize.ofThousands(image.number("Size"));
            case "VirtualSize" -> HumanSize.ofThousandsPrecise(image.number("Size"));
            case "Containers" -> known("Containers") ? Long.toString(image.number("Containers")) : "N/A";
            case "SharedSize" -> known("SharedSize") ? HumanSize.ofThousandsPrecise(image.number("SharedSize")) : "N/A";
            case "UniqueSize" ->
                known("SharedSize")
                        ? HumanSize.ofThousandsPrecise(image.number("Size") - image.number("SharedSize"))
                        : "N/A";
            default -> FieldSource.NO_FIELD;
        };
    }

    private long created() {
        return image.number("Created");
    }

    private boolean known(String field) {
        return image.number(field) >= 0 && image.has(field);
    }
}
