package dev.priok.build.solve;

import dev.priok.build.CancelSignal;
import dev.priok.build.ignore.IgnoreRules;
import dev.priok.build.tree.Content;
import dev.priok.build.tree.Node;
import dev.priok.build.tree.PathResolver;
import dev.priok.build.tree.SourceTree;
import dev.priok.build.tree.TargetDirectory;
import dev.priok.build.tree.TargetTree;
import dev.priok.core.Failure;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Writes what a copy takes into a root file system. */
final class Copier {
    /** Directories inside each other; the kernel's limit on paths (4096 bytes) allows no more than this. */
    private static final int MAXIMUM_DEPTH = 2048;

    private static final int NEW_DIRECTORY_PERMISSIONS = 0755;

    private final TargetTree target;
    private final Optional<Accounts.Owner> owner;
    private final Optional<FileMode> mode;
    private final IgnoreRules excludes;
    private final Node template;
    private final CancelSignal cancel;

    /** Where the first name of a file with several was written. */
    private final Map<Link, String> links = new HashMap<>();

    private record Link(SourceTree tree, long group) {}

    /**
     * Prepares a copy.
     *
     * @param nowSeconds time of the directories that are made on the way
     */
    Copier(
            TargetTree target,
            Optional<Accounts.Owner> owner,
            Optional<FileMode> mode,
            IgnoreRules excludes,
            long nowSeconds,
            CancelSignal cancel) {
        this.target = target;
        this.owner = owner;
        this.mode = mode;
        this.excludes = excludes;
        this.template = owned(Node.directory(NEW_DIRECTORY_PERMISSIONS, nowSeconds));
        this.cancel = cancel;
    }

    /** Copies everything; a destination with a slash at its end is a directory. */
    void copy(List<Selected> selected, String destination) throws IOException {
        for (Selected s : selected) {
            s.fetch(excludes, SourceTree.Need.CONTENTS);
            String place = place(s, destination);
            Node node = s.tree().node(s.realPath());
            if (node.isDirectory()) {
                copyContents(s, node, place);
            } else {
                copyFile(s, node, place);
            }
        }
    }

    /** Where one of the things copied goes; with a slash at its end into a directory. */
    static String place(Selected s, String destination) {
        return s.below().isEmpty()
                ? destination
                : destination + (destination.endsWith("/") ? "" : "/") + s.below() + "/";
    }

    private void copyContents(Selected s, Node node, String place) throws IOException {
        try (TargetDirectory directory = s.archive() ? target.directory(place, template) : destination(place, node)) {
            children(s.tree(), s.realPath(), "", directory, 0);
        }
    }

    /** Opens the directory that the contents of a source directory go to; a new one becomes like the source. */
    private TargetDirectory destination(String place, Node node) throws IOException {
        List<String> elements = PathResolver.elements(target.realPath(place));
        Optional<Node> there = target.find(place);
        if (there.isPresent() || elements.isEmpty()) {
            return target.directory(place, template);
        }
        String parent = String.join("/", elements.subList(0, elements.size() - 1));
        try (TargetDirectory opened = target.directory(parent, template)) {
            return opened.directory(elements.getLast(), changed(node), true);
        }
    }

    private void copyFile(Selected s, Node node, String place) throws IOException {
        Optional<Node> there = target.find(place);
        boolean intoDirectory =
                place.endsWith("/") || there.filter(Node::isDirectory).isPresent();
        // A link at the very end is followed too: the file that it leads to is replaced or made.
        List<String> elements = PathResolver.elements(target.realPath(place));
        if (!intoDirectory && elements.isEmpty()) {
            throw Failure.invalid("cannot copy to non-directory: %s", place);
        }
        String parent = intoDirectory ? place : String.join("/", elements.subList(0, elements.size() - 1));
        String name = intoDirectory ? s.name() : elements.getLast();
        try (TargetDirectory directory = target.directory(parent, template)) {
            file(s.tree(), s.realPath(), node, directory, name);
        }
    }

    private void children(SourceTree tree, String realPath, String relative, TargetDirectory directory, int depth)
            throws IOException {
        if (depth > MAXIMUM_DEPTH) {
            throw Failure.invalid("directories are more than %d deep: %s", MAXIMUM_DEPTH, relative);
        }
        for (String name : tree.children(realPath)) {
            cancel.check();
            String path = relative.isEmpty() ? name : relative + "/" + name;
            String real = realPath.isEmpty() ? name : realPath + "/" + name;
            boolean excluded = excludes.excludedBy(path).isPresent();
            Node node = tree.node(real);
            if (node.isDirectory() && (!excluded || excludes.hasExceptions())) {
                try (TargetDirectory child = directory.directory(name, changed(node), true)) {
                    children(tree, real, path, child, depth + 1);
                }
            } else if (!excluded) {
                file(tree, real, node, directory, name);
            }
        }
    }

    private void file(SourceTree tree, String realPath, Node node, TargetDirectory directory, String name)
            throws IOException {
        if (!node.isRegular()) {
            directory.special(name, owned(node));
            return;
        }
        if (node.linkGroup() != 0) {
            String first = links.get(new Link(tree, node.linkGroup()));
            if (first != null) {
                directory.link(name, first);
                return;
            }
        }
        try (Content content = tree.content(realPath)) {
            directory.file(name, changed(node), content);
        }
        if (node.linkGroup() != 0) {
            String parent = directory.realPath();
            links.put(new Link(tree, node.linkGroup()), parent.isEmpty() ? name : parent + "/" + name);
        }
    }

    private Node changed(Node node) {
        Node owned = owned(node);
        return mode.map(m -> owned.withPermissions(m.apply(node.permissions(), node.isDirectory())))
                .orElse(owned);
    }

    private Node owned(Node node) {
        return owner.map(o -> node.withOwner(o.uid(), o.gid())).orElse(node);
    }
}
