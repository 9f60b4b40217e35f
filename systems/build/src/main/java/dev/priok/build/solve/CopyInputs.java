package dev.priok.build.solve;

import dev.priok.build.context.NamelessFile;
import dev.priok.build.context.SpooledTree;
import dev.priok.build.fetch.GitAddress;
import dev.priok.build.ignore.IgnoreRules;
import dev.priok.build.plan.Operation;
import dev.priok.build.plan.Operation.CopySource;
import dev.priok.build.tree.Content;
import dev.priok.build.tree.Node;
import dev.priok.build.tree.PathResolver;
import dev.priok.build.tree.SourceTree;
import dev.priok.core.Digest;
import dev.priok.linux.Fd;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Opens everything that a copy takes; closing it closes all of it. */
final class CopyInputs implements AutoCloseable {
    private static final int TEXT_PERMISSIONS = 0644;

    private final BuildRun build;
    private final Operation.Copy copy;
    private final StepScope scope;
    private final StepMounts.Trees trees;
    private final Map<Integer, LayerStore.OpenTree> open = new HashMap<>();
    private final Deque<AutoCloseable> closers = new ArrayDeque<>();
    private final List<Selected> selected = new ArrayList<>();

    CopyInputs(BuildRun build, Operation.Copy copy, StepScope scope, StepMounts.Trees trees) {
        this.build = build;
        this.copy = copy;
        this.scope = scope;
        this.trees = trees;
    }

    /** Finds all sources; archives are still files. */
    List<Selected> select() throws IOException {
        for (CopySource source : copy.sources()) {
            switch (source) {
                case CopySource.FromContext(String name, String path) ->
                    new Selection(
                                    timed(build.context(name).tree()),
                                    copy.verb(),
                                    copy.parents(),
                                    build.context(name).ignored())
                            .select(path)
                            .forEach(s -> selected.add(copy.unpack() ? s.unpacking() : s));
                case CopySource.FromStep(int step, String path) ->
                    selected.addAll(
                            new Selection(tree(step), copy.verb(), copy.parents(), IgnoreRules.NONE).select(path));
                case CopySource.FromText(Operation.InlineFile file) -> selected.add(text(file));
                case CopySource.FromWeb web -> selected.add(web(web));
                case CopySource.FromGit(GitAddress address) -> selected.add(git(address));
            }
        }
        return selected;
    }

    /** What was found. */
    List<Selected> selected() {
        return List.copyOf(selected);
    }

    /** The files of the context have the times of whoever unpacked it, which say nothing. */
    private SourceTree timed(SourceTree tree) {
        return scope.time().isPresent() ? new TimedTree(tree, scope.time().getAsLong()) : tree;
    }

    private LayerStore.OpenTree tree(int step) throws IOException {
        LayerStore.OpenTree known = open.get(step);
        if (known != null) {
            return known;
        }
        LayerStore.OpenTree tree = trees.open(step);
        closers.push(tree);
        open.put(step, tree);
        return tree;
    }

    private Selected text(Operation.InlineFile file) {
        byte[] bytes = file.text().getBytes(StandardCharsets.UTF_8);
        long now = scope.nowSeconds();
        String name = PathResolver.elements(file.name()).getLast();
        SingleFile tree = new SingleFile(
                name, Node.file(TEXT_PERMISSIONS, bytes.length, now), Content.Bytes.of(bytes), Digest.sha256(bytes));
        return new Selected(tree, name, name, "", false, false);
    }

    private Selected web(CopySource.FromWeb web) throws IOException {
        Fd file = NamelessFile.open(build.scratch());
        closers.push(file);
        SingleFile tree = WebFile.fetch(
                web,
                file,
                copy.destination().endsWith("/"),
                Instant.ofEpochSecond(scope.nowSeconds()),
                scope.time().isPresent(),
                scope.cancel());
        return new Selected(tree, tree.name(), tree.name(), "", web.unpack(), false);
    }

    private Selected git(GitAddress address) throws IOException {
        SpooledTree tree = GitTree.fetch(build.request(), address, build.agents(), build.scratch(), scope.cancel());
        closers.push(tree);
        return new Selected(timed(tree), "", "", "", false, false);
    }

    /** The same selection with archives opened where they are to be unpacked. */
    List<Selected> unpacked() throws IOException {
        List<Selected> result = new ArrayList<>();
        for (Selected s : selected) {
            if (s.mayUnpack() && s.tree().node(s.realPath()).isRegular() && Archives.isArchive(s)) {
                SpooledTree content = Archives.open(s, build.scratch());
                closers.push(content);
                result.add(new Selected(content, "", s.name(), "", false, true));
            } else {
                result.add(s);
            }
        }
        return result;
    }

    @Override
    public void close() throws IOException {
        while (!closers.isEmpty()) {
            try {
                closers.pop().close();
            } catch (IOException | RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IOException(e);
            }
        }
    }
}
