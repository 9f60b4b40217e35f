package dev.priok.image.internal;

import dev.priok.core.Digest;
import dev.priok.core.Failure;
import dev.priok.core.ImageReference;
import dev.priok.image.ImageUsers;
import dev.priok.image.Removed;
import dev.priok.image.internal.ImageModel.Found;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Decides what {@code docker rmi} does, by the rules of Docker's daemon; changes the model, and says what the database must follow.
 *
 * @see <a href="https://github.com/moby/moby/blob/master/daemon/images/image_delete.go">the rules, in moby</a>
 */
final class Removal {
    private final ImageModel model;
    private final ImageUsers users;
    private final boolean force;
    private final List<Removed> removed = new ArrayList<>();

    Removal(ImageModel model, ImageUsers users, boolean force) {
        this.model = model;
        this.users = users;
        this.force = force;
    }

    List<Removed> removed() {
        return removed;
    }

    /** Names that are gone. */
    List<String> names() {
        List<String> names = new ArrayList<>();
        for (Removed one : removed) {
            if (one instanceof Removed.Untagged untagged) {
                names.add(untagged.name().toString());
            }
        }
        return names;
    }

    /** Images that are gone. */
    List<Digest> images() {
        List<Digest> images = new ArrayList<>();
        for (Removed one : removed) {
            if (one instanceof Removed.Deleted deleted) {
                images.add(deleted.image());
            }
        }
        return images;
    }

    void remove(Found found, boolean prune) {
        Digest image = found.image().id();
        if (found.name().isPresent()) {
            removeName(found.name().get(), image);
            if (!model.names(image).isEmpty()) {
                return;
            }
        } else if (isSingle(model.names(image))) {
            Optional<Conflict> conflict = conflict(image, !force, false);
            if (conflict.isPresent()) {
                throw conflict.get().failure();
            }
            untagAll(image);
        }
        delete(image, force, prune, found.name().isPresent());
    }

    private void removeName(ImageReference name, Digest image) {
        List<ImageReference> names = model.names(image);
        if (!force && isSingle(names)) {
            Optional<ImageUsers.User> user = users.of(image).stream().findFirst();
            if (user.isPresent()) {
                throw Failure.conflict(
                        "conflict: unable to remove repository reference \"%s\" (must force) - container %s is using its referenced image %s",
                        name.familiar(), shortId(user.get().container()), image.shortHex());
            }
        }
        untag(name, image);
        List<ImageReference> rest = model.names(image);
        boolean otherTag =
                rest.stream().anyMatch(r -> r.digest().isEmpty() && r.name().equals(name.name()));
        if (name.digest().isEmpty() && !otherTag) {
            // Digests of a repository that has no tag left say nothing to anybody.
            rest.stream().filter(r -> r.name().equals(name.name())).forEach(r -> untag(r, image));
        }
    }

    /** Whether all names are one: one tag, or one tag and digests of the same repository. */
    private static boolean isSingle(List<ImageReference> names) {
        if (names.size() <= 1) {
            return true;
        }
        Set<String> repositories = new HashSet<>();
        long tags = names.stream().filter(name -> name.digest().isEmpty()).count();
        names.forEach(name -> repositories.add(name.name()));
        return tags <= 1 && repositories.size() == 1;
    }

    private void untag(ImageReference name, Digest image) {
        model.unname(name.toString());
        removed.add(new Removed.Untagged(name, image));
    }

    private void untagAll(Digest image) {
        model.names(image).forEach(name -> untag(name, image));
    }

    /** Why an image may not go, and whether that is because a container uses it. */
    private record Conflict(boolean used, Failure failure) {}

    /**
     * Deletes an image, and its parents that nothing names.
     *
     * @param quiet an image that must stay, stays without a word: its name is gone, which is what was asked
     */
    private void delete(Digest image, boolean forced, boolean prune, boolean quiet) {
        Optional<Conflict> conflict = conflict(image, !forced, true);
        if (conflict.isPresent()) {
            boolean dangling =
                    model.names(image).isEmpty() && model.children(image).isEmpty();
            if (quiet && (!dangling || conflict.get().used())) {
                return;
            }
            throw conflict.get().failure();
        }
        Optional<Digest> parent = model.find(image).flatMap(ImageRow::parent);
        untagAll(image);
        model.remove(image);
        removed.add(new Removed.Deleted(image));
        if (prune && parent.isPresent() && model.find(parent.get()).isPresent()) {
            delete(parent.get(), false, true, true);
        }
    }

    /** The first of: children, running containers; and, when {@code soft}, names (if asked) and stopped containers. */
    private Optional<Conflict> conflict(Digest image, boolean soft, boolean names) {
        if (!model.children(image).isEmpty()) {
            return conflict(image, false, "cannot be forced", "image has dependent child images");
        }
        List<ImageUsers.User> all = users.of(image);
        for (ImageUsers.User user : all) {
            if (user.running()) {
                String why = "image is being used by running container " + shortId(user.container());
                return conflict(image, true, "cannot be forced", why);
            }
        }
        if (soft && names && !model.names(image).isEmpty()) {
            return conflict(image, false, "must be forced", "image is referenced in multiple repositories");
        }
        if (soft && !all.isEmpty()) {
            String why = "image is being used by stopped container "
                    + shortId(all.getFirst().container());
            return conflict(image, true, "must be forced", why);
        }
        return Optional.empty();
    }

    private static Optional<Conflict> conflict(Digest image, boolean used, String how, String why) {
        return Optional.of(new Conflict(
                used, Failure.conflict("conflict: unable to delete %s (%s) - %s", image.shortHex(), how, why)));
    }

    private static String shortId(String id) {
        return id.length() > 12 ? id.substring(0, 12) : id;
    }
}
