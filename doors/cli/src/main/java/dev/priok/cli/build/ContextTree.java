package dev.priok.cli.build;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What is in a folder and all below it, without contents: looked at once, by as many threads as there are processors, with one
 * system call a file. By the class library and not by calls of our own: linking those takes longer than 3,000 files.
 */
final class ContextTree {
    /** More threads would wait for each other in the kernel. */
    private static final int MOST_THREADS = 4;

    private static final String ATTRIBUTES = "unix:mode,size,lastModifiedTime,ctime,nlink,ino,dev";

    private final IgnoreRules rules;
    private final Deque<Folder> waiting = new ArrayDeque<>();
    private int working;
    private @Nullable Exception failure;

    private ContextTree(IgnoreRules rules) {
        this.rules = rules;
    }

    /**
     * Something in a folder, and what it is.
     *
     * @param mode type and permission bits
     * @param device of the file system
     * @param links how many names it has
     */
    record Child(Path file, String name, int mode, long device, long links, ContextIndex.Version version) {
        private static final int TYPE_MASK = 0170000;
        static final int REGULAR = 0100000;
        static final int FOLDER = 0040000;
        static final int LINK = 0120000;
        static final int PIPE = 0010000;

        /** Looks at a file; links are not followed. */
        static Child of(Path file) throws IOException {
            Map<String, Object> facts = Files.readAttributes(file, ATTRIBUTES, LinkOption.NOFOLLOW_LINKS);
            return new Child(
                    file,
                    file.getFileName().toString(),
                    (int) number(facts, "mode"),
                    number(facts, "dev"),
                    number(facts, "nlink"),
                    new ContextIndex.Version(
                            number(facts, "ino"),
                            number(facts, "size"),
                            nanos(facts, "lastModifiedTime"),
                            nanos(facts, "ctime")));
        }

        private static long number(Map<String, Object> facts, String name) {
            return facts.get(name) instanceof Number number ? number.longValue() : 0;
        }

        private static long nanos(Map<String, Object> facts, String name) {
            return facts.get(name) instanceof FileTime time ? time.to(TimeUnit.NANOSECONDS) : 0;
        }

        int type() {
            return mode & TYPE_MASK;
        }

        int permissions() {
            return mode & 07777;
        }

        /** In whole seconds since 1970. */
        long modifiedSeconds() {
            return Math.floorDiv(version.modified(), 1_000_000_000L);
        }

        boolean isFolder() {
            return type() == FOLDER;
        }
    }

    /** One folder; {@link #children} is empty until it was looked at. */
    static final class Folder {
        private final Path path;
        private final String prefix;
        private final IgnoreRules.Match match;
        private final Map<String, Folder> folders = new HashMap<>();
        private List<Child> children = List.of();

        Folder(Path path, String prefix, IgnoreRules.Match match) {
            this.path = path;
            this.prefix = prefix;
            this.match = match;
        }

        /** What is in it and is sent, by name. */
        List<Child> children() {
            return children;
        }

        /** One of its folders. */
        Folder folder(String name) {
            return Objects.requireNonNull(folders.get(name));
        }
    }

    /**
     * Looks at a folder.
     *
     * @param root without links
     * @param rules what they ignore is not looked at
     */
    static Folder of(Path root, IgnoreRules rules) throws IOException {
        ContextTree tree = new ContextTree(rules);
        Folder folder = new Folder(root, "", IgnoreRules.Match.NONE);
        tree.waiting.add(folder);
        List<Thread> others = new ArrayList<>();
        int threads = Math.min(MOST_THREADS, Runtime.getRuntime().availableProcessors());
        for (int i = 1; i < threads; i++) {
            others.add(Thread.ofPlatform().name("context-" + i).daemon().start(tree::work));
        }
        tree.work();
        try {
            for (Thread other : others) {
                other.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the build context was looked at", e);
        }
        if (tree.failure instanceof IOException e) {
            throw e;
        }
        if (tree.failure instanceof RuntimeException e) {
            throw e;
        }
        return folder;
    }

    private void work() {
        for (Folder folder = next(); folder != null; folder = next()) {
            Exception failed = null;
            try {
                look(folder);
            } catch (IOException | RuntimeException e) {
                failed = e;
            }
            done(folder, failed);
        }
    }

    private synchronized @Nullable Folder next() {
        try {
            while (waiting.isEmpty() && working > 0 && failure == null) {
                wait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            failure = new IOException("interrupted while the build context was looked at", e);
        }
        if (failure != null || waiting.isEmpty()) {
            return null;
        }
        working++;
        return waiting.pop();
    }

    private synchronized void done(Folder folder, @Nullable Exception failed) {
        working--;
        failure = failure == null ? failed : failure;
        waiting.addAll(folder.folders.values());
        notifyAll();
    }

    private void look(Folder folder) throws IOException {
        List<Child> found = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder.path)) {
            for (Path file : files) {
                add(folder, file, found);
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        } catch (NoSuchFileException e) {
            // A folder that went away since its name was read is as good as one that went away before.
            if (folder.prefix.isEmpty()) {
                throw e;
            }
        }
        found.sort(Comparator.comparing(Child::name));
        folder.children = found;
    }

    private void add(Folder folder, Path file, List<Child> found) throws IOException {
        String whole = rules.isEmpty() ? "" : folder.prefix + file.getFileName();
        IgnoreRules.Match match = rules.isEmpty() ? folder.match : rules.match(whole, folder.match);
        if (match.isIgnored() && !rules.mayKeepBelow(whole)) {
            return;
        }
        Child child;
        try {
            child = Child.of(file);
        } catch (NoSuchFileException _) {
            return;
        }
        // A folder that is ignored is sent only for what is kept in it; the daemon ignores it again.
        if (match.isIgnored() && !child.isFolder()) {
            return;
        }
        found.add(child);
        if (child.isFolder()) {
            folder.folders.put(child.name(), new Folder(file, folder.prefix + child.name() + "/", match));
        }
    }
}
