package dev.priok.build.solve;

import dev.priok.build.ignore.IgnoreRules;
import dev.priok.build.tree.Node;
import dev.priok.build.tree.SourceTree;
import dev.priok.core.Digest;
import java.io.IOException;
import java.util.List;

/** Hashes what a copy takes: names, attributes and contents, and times where they are told to count. */
final class SelectionHash {
    private final KeyHash hash = new KeyHash("files");
    private final IgnoreRules excludes;
    private final boolean withTimes;

    private SelectionHash(IgnoreRules excludes, boolean withTimes) {
        this.excludes = excludes;
        this.withTimes = withTimes;
    }

    /**
     * Hashes a selection.
     *
     * @param withTimes whether times count too: where they are the same on every machine, they are part of the result
     */
    static Digest of(List<Selected> selected, IgnoreRules excludes, boolean withTimes) throws IOException {
        SelectionHash all = new SelectionHash(excludes, withTimes);
        for (Selected s : selected) {
            s.fetch(excludes, SourceTree.Need.DIGESTS);
            Node node = s.tree().node(s.realPath());
            all.hash.add(s.name()).add(s.below()).add(s.mayUnpack() ? "unpacked" : "as is");
            all.add(s, "", s.realPath(), node);
        }
        return all.hash.digest();
    }

    private void add(Selected s, String relative, String realPath, Node node) throws IOException {
        hash.add(relative).add(node.fingerprint());
        if (withTimes) {
            hash.add(Long.toString(node.modifiedSeconds()));
        }
        if (node.isRegular()) {
            hash.add(s.tree().contentDigest(realPath).hex());
        } else if (node.isDirectory()) {
            for (String name : s.tree().children(realPath)) {
                String path = relative.isEmpty() ? name : relative + "/" + name;
                String real = realPath.isEmpty() ? name : realPath + "/" + name;
                boolean excluded = excludes.excludedBy(path).isPresent();
                Node child = s.tree().node(real);
                if (!excluded || (child.isDirectory() && excludes.hasExceptions())) {
                    add(s, path, real, child);
                }
            }
        }
    }
}
