package dev.priok.image.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.core.Digest;
import dev.priok.core.Failure;
import dev.priok.core.ImageReference;
import dev.priok.image.ImageUsers;
import dev.priok.image.Removed;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RemovalTest {
    private static final String DIGEST = "@sha256:" + "a".repeat(64);

    private final List<ImageRow> rows = new ArrayList<>();
    private final Map<String, Digest> names = new HashMap<>();
    private ImageUsers users = ImageUsers.NOBODY;

    /** An image that differs by its text; with names, and a parent or null. */
    private Digest image(String text, Digest parent, String... called) {
        String json = "{\"author\":\"" + text + "\"}";
        Digest id = Digest.sha256(json.getBytes(StandardCharsets.UTF_8));
        rows.add(new ImageRow(
                id,
                json,
                ImageRow.read(json),
                Optional.ofNullable(parent),
                Optional.empty(),
                Optional.empty(),
                Optional.empty()));
        for (String name : called) {
            names.put(ImageReference.parse(name).withDefaultTag().toString(), id);
        }
        return id;
    }

    private ImageModel model() {
        return new ImageModel(rows, names);
    }

    /** What is removed, as docker prints it with image ids as their authors. */
    private List<String> remove(String text, boolean force, boolean prune) {
        ImageModel model = model();
        Removal removal = new Removal(model, users, force);
        removal.remove(model.resolve(text), prune);
        List<String> told = new ArrayList<>();
        for (Removed one : removal.removed()) {
            told.add(
                    switch (one) {
                        case Removed.Untagged untagged ->
                            "Untagged: " + untagged.name().familiar();
                        case Removed.Deleted deleted -> "Deleted: " + author(deleted.image());
                        case Removed.LayerDeleted layer -> "Layer: " + layer.chainId();
                    });
        }
        return told;
    }

    private String author(Digest id) {
        return rows.stream()
                .filter(row -> row.id().equals(id))
                .map(row -> row.config().author())
                .findFirst()
                .orElseThrow();
    }

    private String conflict(String text, boolean force) {
        Failure failure = assertThrows(Failure.class, () -> remove(text, force, true));
        assertEquals(Failure.Kind.CONFLICT, failure.kind());
        return failure.message();
    }

    @Test
    void remove_oneOfTwoNames_onlyUntags() {
        image("a", null, "one", "two:v1");
        assertEquals(List.of("Untagged: two:v1"), remove("two:v1", false, true));
    }

    @Test
    void remove_lastName_deletes() {
        image("a", null, "one");
        assertEquals(List.of("Untagged: one:latest", "Deleted: a"), remove("one", false, true));
    }

    @Test
    void remove_lastTagOfARepository_takesItsDigestsAlong() {
        image("a", null, "one", "one" + DIGEST);
        assertEquals(
                List.of("Untagged: one:latest", "Untagged: one" + DIGEST, "Deleted: a"), remove("one", false, true));
    }

    @Test
    void remove_byIdWithOneName_deletes() {
        Digest id = image("a", null, "one");
        assertEquals(List.of("Untagged: one:latest", "Deleted: a"), remove(id.shortHex(), false, true));
    }

    @Test
    void remove_byIdWithSeveralNames_needsForce() {
        Digest id = image("a", null, "one", "two");
        assertEquals(
                "conflict: unable to delete " + id.shortHex()
                        + " (must be forced) - image is referenced in multiple repositories",
                conflict(id.hex(), false));
        assertEquals(
                List.of("Untagged: one:latest", "Untagged: two:latest", "Deleted: a"), remove(id.hex(), true, true));
    }

    @Test
    void remove_untaggedParents_goAlongWhenPruned() {
        Digest grand = image("g", null);
        Digest parent = image("p", grand);
        image("a", parent, "one");
        assertEquals(
                List.of("Untagged: one:latest", "Deleted: a", "Deleted: p", "Deleted: g"), remove("one", false, true));
        assertEquals(List.of("Untagged: one:latest", "Deleted: a"), remove("one", false, false));
    }

    @Test
    void remove_parentWithNameOrOtherChild_stays() {
        Digest named = image("n", null, "base");
        image("a", named, "one");
        assertEquals(List.of("Untagged: one:latest", "Deleted: a"), remove("one", false, true));
        Digest shared = image("s", null);
        image("b", shared, "two");
        image("c", shared, "three");
        assertEquals(List.of("Untagged: two:latest", "Deleted: b"), remove("two", false, true));
    }

    @Test
    void remove_imageWithChildren_onlyLosesItsName() {
        Digest base = image("b", null, "base");
        image("a", base, "one");
        assertEquals(List.of("Untagged: base:latest"), remove("base", false, true));
        assertEquals(
                "conflict: unable to delete " + base.shortHex()
                        + " (cannot be forced) - image has dependent child images",
                conflict(base.hex(), true));
    }

    @Test
    void remove_usedByStoppedContainer_needsForce() {
        Digest id = image("a", null, "one");
        users = _ -> List.of(new ImageUsers.User("c".repeat(64), false));
        assertEquals(
                "conflict: unable to remove repository reference \"one:latest\" (must force) - container cccccccccccc"
                        + " is using its referenced image " + id.shortHex(),
                conflict("one", false));
        assertEquals(
                "conflict: unable to delete " + id.shortHex()
                        + " (must be forced) - image is being used by stopped container cccccccccccc",
                conflict(id.hex(), false));
        assertEquals(List.of("Untagged: one:latest", "Deleted: a"), remove("one", true, true));
    }

    @Test
    void remove_usedByRunningContainer_cannotBeForced() {
        Digest id = image("a", null, "one");
        users = _ -> List.of(new ImageUsers.User("c".repeat(64), true));
        assertEquals(List.of("Untagged: one:latest"), remove("one", true, true));
        assertTrue(conflict(id.hex(), true).endsWith("image is being used by running container cccccccccccc"));
    }

    @Test
    void resolveAll_nameWithoutTag_meansAllItsTags() {
        image("a", null, "one:1", "onemore:1");
        image("b", null, "one:2", "one" + DIGEST);
        List<String> found = new ArrayList<>();
        model().resolveAll("one")
                .forEach(f -> found.add(f.image().config().author() + " "
                        + f.name().orElseThrow().familiar()));
        assertEquals(List.of("a one:1", "b one:2"), found);
        assertEquals(1, model().resolveAll("one:2").size());
        assertThrows(Failure.class, () -> model().resolveAll("two"));
    }

    @Test
    void resolve_texts_meanWhatTheyMeanToDocker() {
        Digest id = image("a", null, "one", "localhost:5000/x/y:v2", "one" + DIGEST);
        for (String text : List.of(
                "one",
                "one:latest",
                "docker.io/library/one",
                "localhost:5000/x/y:v2",
                "one" + DIGEST,
                "one:latest" + DIGEST,
                id.toString(),
                id.hex(),
                id.shortHex(),
                "sha256:" + id.shortHex())) {
            assertEquals(id, model().resolve(text).image().id(), text);
        }
        assertEquals(
                "No such image: nope:latest",
                assertThrows(Failure.class, () -> model().resolve("nope")).message());
        assertEquals(
                Failure.Kind.INVALID,
                assertThrows(Failure.class, () -> model().resolve("UPPER")).kind());
        for (int i = 0; i < 20; i++) {
            image("many" + i, null);
        }
        List<String> hex = rows.stream().map(row -> row.id().hex()).toList();
        String ambiguous = hex.stream()
                .map(h -> h.substring(0, 1))
                .filter(p -> hex.stream().filter(h -> h.startsWith(p)).count() > 1)
                .findFirst()
                .orElseThrow();
        assertTrue(assertThrows(Failure.class, () -> model().resolve(ambiguous))
                .message()
                .startsWith("ambiguous reference"));
    }
}
