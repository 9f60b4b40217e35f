package dev.priok.build.solve;

import dev.priok.build.tree.Node;
import dev.priok.build.tree.PathResolver;
import dev.priok.build.tree.TargetTree;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * What of a root file system decides the layer of a copy into it: the folders on the way to where it writes, and that nothing is
 * there that it would replace. Two root file systems that agree in that get the same layer, whatever else they hold
 * (docs/decisions/0044).
 */
final class CopyPlace {
    /** More names in one folder are not looked for; then the copy is done. */
    private static final int MOST_NAMES = 1_000;

    private final TargetTree target;
    private final KeyHash hash = new KeyHash("copy place");

    private CopyPlace(TargetTree target) {
        this.target = target;
    }

    /** Names what a copy meets; nothing when it would replace something, or when that takes long to find out. */
    static Optional<KeyHash> find(TargetTree target, List<Selected> selected, String destination) throws IOException {
        CopyPlace place = new CopyPlace(target);
        for (Selected s : selected) {
            boolean isOpen = !s.archive() && !s.mayUnpack() && place.add(s, Copier.place(s, destination));
            if (!isOpen) {
                return Optional.empty();
            }
        }
        return Optional.of(place.hash);
    }

    private boolean add(Selected s, String written) throws IOException {
        List<String> elements = PathResolver.elements(target.realPath(written));
        int last = addFolders(elements);
        if (last < elements.size()) {
            // What is missing is made like a template or the source, both of which count already.
            Optional<Node> there = target.find(String.join("/", elements.subList(0, last + 1)));
            return there.isEmpty();
        }
        boolean isFolder = s.tree().node(s.realPath()).isDirectory();
        List<String> names = isFolder ? s.tree().children(s.realPath()) : List.of(s.name());
        if (names.size() > MOST_NAMES) {
            return false;
        }
        String folder = String.join("/", elements);
        for (String name : names) {
            if (target.find(folder.isEmpty() ? name : folder + "/" + name).isPresent() || isLink(folder, name)) {
                return false;
            }
        }
        return true;
    }

    /** Whether a name is a link that leads nowhere: it has another real path than its own. */
    private boolean isLink(String folder, String name) throws IOException {
        String path = folder.isEmpty() ? name : folder + "/" + name;
        return !target.realPath(path).equals(path);
    }

    /** Counts the folders that are there; how many are. */
    private int addFolders(List<String> elements) throws IOException {
        int there = 0;
        while (there < elements.size()) {
            Optional<Node> node = target.find(String.join("/", elements.subList(0, there + 1)));
            if (node.isEmpty() || !node.get().isDirectory()) {
                break;
            }
            there++;
            hash.add(node.get().fingerprint())
                    .add(Long.toString(node.get().modifiedSeconds()))
                    .add(Integer.toString(node.get().modifiedNanos()));
        }
        hash.add(elements).add(Integer.toString(there));
        return there;
    }
}
