package dev.priok.build.tree;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** Follows the symbolic links on a path by asking for one node after the other, with the tree as the root. */
public final class PathResolver {
    private PathResolver() {}

    /** Finds the node at a path without links, if there is one. */
    public interface Lookup {
        Optional<Node> find(String realPath) throws IOException;
    }

    /** The real path that {@code path} leads to; nothing when something on the way is missing or links never end. */
    public static Optional<String> resolve(String path, Lookup lookup) throws IOException {
        return resolve(path, lookup, false);
    }

    /** The same, where what is missing is taken to be a directory or file that will be made; nothing for endless links. */
    public static Optional<String> resolveNew(String path, Lookup lookup) throws IOException {
        return resolve(path, lookup, true);
    }

    private static Optional<String> resolve(String path, Lookup lookup, boolean mayBeMissing) throws IOException {
        Deque<String> rest = new ArrayDeque<>(elements(path));
        List<String> done = new ArrayList<>();
        int links = 0;
        while (!rest.isEmpty()) {
            String element = rest.removeFirst();
            if (element.equals("..")) {
                if (!done.isEmpty()) {
                    done.removeLast();
                }
                continue;
            }
            done.add(element);
            Optional<Node> node = lookup.find(String.join("/", done));
            if (node.isEmpty()) {
                if (!mayBeMissing) {
                    return Optional.empty();
                }
            } else if (node.get().isSymbolicLink()) {
                if (++links > SourceTree.MAXIMUM_LINKS) {
                    return Optional.empty();
                }
                done.removeLast();
                String target = node.get().linkTarget();
                if (target.startsWith("/")) {
                    done.clear();
                }
                elements(target).reversed().forEach(rest::addFirst);
            } else if (!node.get().isDirectory() && !rest.isEmpty() && !mayBeMissing) {
                return Optional.empty();
            }
        }
        return Optional.of(String.join("/", done));
    }

    /** The elements of a path without empty ones and {@code .}. */
    public static List<String> elements(String path) {
        List<String> elements = new ArrayList<>();
        int from = 0;
        while (from < path.length()) {
            int slash = path.indexOf('/', from);
            int end = slash < 0 ? path.length() : slash;
            String element = path.substring(from, end);
            if (!element.isEmpty() && !element.equals(".")) {
                elements.add(element);
            }
            from = end + 1;
        }
        return Collections.unmodifiableList(elements);
    }

    /** A relative path with {@code ..} resolved by name and never above the root, as COPY reads its sources. */
    public static String clean(String path) {
        List<String> done = new ArrayList<>();
        for (String element : elements(path)) {
            if (!element.equals("..")) {
                done.add(element);
            } else if (!done.isEmpty()) {
                done.removeLast();
            }
        }
        return String.join("/", done);
    }
}
