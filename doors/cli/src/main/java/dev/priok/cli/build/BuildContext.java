package dev.priok.cli.build;

import dev.priok.cli.archive.FileTree;
import dev.priok.cli.archive.TarEntry;
import dev.priok.cli.archive.TarWriter;
import dev.priok.cli.command.CommandFailed;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** A folder as it is sent to a build: without what .dockerignore names, and with a Dockerfile from wherever it is. */
final class BuildContext {
    private static final String DEFAULT_NAME = "Dockerfile";
    /** Name under which a Dockerfile from outside the context travels; a leading dot and its oddity keep it out of the way. */
    private static final String FOREIGN_NAME = ".dockerfile.priok-context";

    private static final int FINGERPRINT_BYTES = 16;

    private static final Path NOWHERE = Path.of("");

    private final Path folder;
    private final String dockerfile;
    private final IgnoreRules rules;
    private final byte[] foreign;

    private BuildContext(Path folder, String dockerfile, IgnoreRules rules, byte[] foreign) {
        this.folder = folder;
        this.dockerfile = dockerfile;
        this.rules = rules;
        this.foreign = foreign;
    }

    /**
     * Looks at a folder.
     *
     * @param path the folder, as the user wrote it
     * @param file the Dockerfile, as the user wrote it; empty for {@code PATH/Dockerfile}
     */
    static BuildContext of(String path, String file) throws IOException {
        Path folder = Path.of(path);
        if (!Files.exists(folder)) {
            throw new CommandFailed("unable to prepare context: path \"" + path + "\" not found");
        }
        if (!Files.isDirectory(folder)) {
            throw new CommandFailed("unable to prepare context: context must be a directory: " + path);
        }
        Path root = folder.toRealPath();
        Path wanted =
                file.isEmpty() ? root.resolve(DEFAULT_NAME) : Path.of(file).toAbsolutePath();
        if (!Files.exists(wanted)) {
            throw new CommandFailed("unable to prepare context: unable to evaluate symlinks in Dockerfile path: lstat "
                    + wanted + ": no such file or directory");
        }
        Path real = wanted.toRealPath();
        IgnoreRules rules = IgnoreRules.read(root, wanted);
        if (!real.startsWith(root)) {
            return new BuildContext(root, FOREIGN_NAME, rules, Files.readAllBytes(real));
        }
        String name = root.relativize(real).toString();
        IgnoreRules keeping =
                rules.isEmpty() ? rules : rules.keeping(".dockerignore").keeping(name);
        return new BuildContext(root, name, keeping, new byte[0]);
    }

    /** A folder with a Dockerfile that came from elsewhere, such as standard input. */
    static BuildContext of(String path, byte[] dockerfile) throws IOException {
        if (!Files.isDirectory(Path.of(path))) {
            throw new CommandFailed("unable to prepare context: path \"" + path + "\" not found");
        }
        Path root = Path.of(path).toRealPath();
        IgnoreRules rules = IgnoreRules.read(root, root.resolve(DEFAULT_NAME));
        return new BuildContext(root, FOREIGN_NAME, rules, dockerfile.clone());
    }

    /** Nothing, for builds whose context the daemon brings. */
    static BuildContext nothing() {
        return new BuildContext(NOWHERE, DEFAULT_NAME, IgnoreRules.parse(java.util.List.of()), new byte[0]);
    }

    /** Name of the Dockerfile inside the archive. */
    String dockerfile() {
        return dockerfile;
    }

    /** Writes the archive and returns its size in bytes. */
    long writeTo(OutputStream out) throws IOException {
        return writeTo(out, _ -> {}, 0);
    }

    /** Writes something in front of the context. */
    interface Before {
        void writeTo(TarWriter tar) throws IOException;
    }

    /**
     * Writes the archive and returns its size in bytes.
     *
     * @param before writes what comes first
     * @param clearedMode permission bits that are taken away
     */
    long writeTo(OutputStream out, Before before, int clearedMode) throws IOException {
        TarWriter tar = new TarWriter(out);
        before.writeTo(tar);
        FileTree files = new FileTree(tar, false, clearedMode);
        addChildren(files, folder, "", IgnoreRules.Match.NONE);
        if (foreign.length > 0) {
            writeSingle(tar, dockerfile, foreign);
        }
        tar.close();
        return tar.written();
    }

    /** Adds everything to a list. */
    void addTo(ContextList list) throws IOException {
        if (!folder.equals(NOWHERE)) {
            list.addAll(ContextTree.of(folder, rules));
        }
        if (foreign.length > 0) {
            list.add(dockerfile, foreign);
        }
    }

    /** Tells this folder from others of the same machine; fit for the name of a file. */
    String fingerprint() {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256")
                    .digest(folder.toString().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, FINGERPRINT_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** An archive of nothing but a Dockerfile. */
    static long writeOnly(OutputStream out, byte[] dockerfile) throws IOException {
        TarWriter tar = new TarWriter(out);
        writeSingle(tar, DEFAULT_NAME, dockerfile);
        tar.close();
        return tar.written();
    }

    private static void writeSingle(TarWriter tar, String name, byte[] content) throws IOException {
        TarEntry entry = new TarEntry(name, TarEntry.Kind.FILE, 0600, 0, 0, content.length, 0, "");
        tar.write(entry, new ByteArrayInputStream(content));
    }

    private void addChildren(FileTree files, Path parent, String prefix, IgnoreRules.Match above) throws IOException {
        for (Path child : FileTree.children(parent)) {
            String name = prefix + child.getFileName();
            IgnoreRules.Match match = rules.isEmpty() ? above : rules.match(name, above);
            boolean isFolder = Files.isDirectory(child, LinkOption.NOFOLLOW_LINKS);
            if (!match.isIgnored()) {
                files.add(child, name);
            }
            if (isFolder && (!match.isIgnored() || rules.mayKeepBelow(name))) {
                addChildren(files, child, name + "/", match);
            }
        }
    }
}
