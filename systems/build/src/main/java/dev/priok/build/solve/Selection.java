package dev.priok.build.solve;

import dev.priok.build.ignore.IgnoreRules;
import dev.priok.build.ignore.PathPattern;
import dev.priok.build.tree.Node;
import dev.priok.build.tree.PathResolver;
import dev.priok.build.tree.SourceTree;
import dev.priok.core.Failure;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finds what the sources of a copy mean in one tree. */
final class Selection {
    private static final String WILDCARDS = "*?[";

    private final SourceTree tree;
    private final String verb;
    private final boolean keepParents;
    private final IgnoreRules ignored;

    /**
     * Looks into a tree.
     *
     * @param verb COPY or ADD, for messages
     * @param ignored why a file may be missing
     */
    Selection(SourceTree tree, String verb, boolean keepParents, IgnoreRules ignored) {
        this.tree = tree;
        this.verb = verb;
        this.keepParents = keepParents;
        this.ignored = ignored;
    }

    /** What a path or pattern means, sorted; at least one thing. */
    List<Selected> select(String written) throws IOException {
        int pivot = keepParents ? written.indexOf("/./") : -1;
        String head = pivot < 0 ? "" : PathResolver.clean(written.substring(0, pivot));
        String path = PathResolver.clean(written);
        if (path.chars().noneMatch(c -> WILDCARDS.indexOf(c) >= 0)) {
            Optional<String> real = tree.resolve(path);
            return List.of(selected(path, real.orElseThrow(() -> missing(written, path)), head));
        }
        List<Selected> found = new ArrayList<>();
        expand("", PathResolver.elements(path), head, found);
        if (found.isEmpty()) {
            throw Failure.invalid("%s failed: no source files were specified", verb);
        }
        return found;
    }

    /** Goes down one element of the pattern; links on the way are followed. */
    private void expand(String done, List<String> pattern, String head, List<Selected> found) throws IOException {
        Optional<String> real = tree.resolve(done);
        if (real.isEmpty()) {
            return;
        }
        if (pattern.isEmpty()) {
            found.add(selected(done, real.get(), head));
            return;
        }
        Node node = tree.node(real.get());
        if (!node.isDirectory() || (keepParents && !real.get().equals(PathResolver.clean(done)))) {
            // With any number of elements in the pattern, a link to a directory could be followed for ever.
            return;
        }
        List<String> rest = pattern.subList(1, pattern.size());
        boolean anyDepth = keepParents && pattern.getFirst().equals("**");
        if (anyDepth) {
            expand(done, rest, head, found);
        }
        PathPattern element = pattern(anyDepth ? "*" : pattern.getFirst());
        for (String name : tree.children(real.get())) {
            String path = done.isEmpty() ? name : done + "/" + name;
            if (element.matches(name)) {
                expand(path, anyDepth ? pattern : rest, head, found);
            }
        }
    }

    private PathPattern pattern(String element) {
        try {
            return PathPattern.of(element, 0);
        } catch (Failure e) {
            throw new Failure(Failure.Kind.INVALID, verb + " failed: syntax error in pattern: " + element, e);
        }
    }

    private Selected selected(String path, String realPath, String head) throws IOException {
        int slash = path.lastIndexOf('/');
        String name = path.substring(slash + 1);
        String parent = slash < 0 ? "" : path.substring(0, slash);
        String below = "";
        if (keepParents) {
            String whole = tree.node(realPath).isDirectory() ? path : parent;
            below = head.isEmpty() || !whole.startsWith(head)
                    ? whole
                    : PathResolver.clean(whole.substring(head.length()));
        }
        return new Selected(tree, realPath, name, below, false, false);
    }

    private Failure missing(String written, String path) {
        String why = ignored.excludedBy(path)
                .map(rule -> ": excluded by \"%s\" on line %d of .dockerignore".formatted(rule.text(), rule.line()))
                .orElse("");
        return Failure.invalid(
                "%s failed: file not found in build context or excluded by .dockerignore: stat %s: file does not exist%s",
                verb, written, why);
    }
}
