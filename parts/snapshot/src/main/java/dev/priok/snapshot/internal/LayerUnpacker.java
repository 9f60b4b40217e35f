package dev.priok.snapshot.internal;

import dev.priok.archive.TarEntry;
import dev.priok.archive.TarReader;
import dev.priok.core.Digest;
import dev.priok.core.Failure;
import dev.priok.linux.Fd;
import dev.priok.linux.FileCalls;
import dev.priok.linux.FileStat;
import dev.priok.snapshot.Unpacking;
import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Unpacks a layer's tar into a folder in overlay's form, in one pass, hashing it on the way.
 *
 * @see <a href="https://github.com/opencontainers/image-spec/blob/main/layer.md#whiteouts">OCI image spec, whiteouts</a>
 */
final class LayerUnpacker {
    static final String WHITEOUT = ".wh.";
    /** Names that begin so are AUFS's own; only the opaque mark means something. */
    static final String SPECIAL = ".wh..wh.";

    static final String OPAQUE = ".wh..wh..opq";
    /** A member costs memory for its folder at most; a tar with more of them is an attack on the disk's inodes. */
    private static final long MAXIMUM_MEMBERS = 50_000_000;

    private final FileCalls files = FileCalls.host();
    private final OverlayForm form = OverlayForm.current();

    /**
     * What a layer unpacked to.
     *
     * @param diffId digest of the tar
     * @param size bytes of files
     * @param inodes members
     * @param tarSize bytes of the tar
     * @param implied folders that the tar does not name, whose attributes are those of the layer below; the root is {@code ""}
     * @param opaqueRoot whether nothing of the layers below shows
     */
    record Result(Digest diffId, long size, long inodes, long tarSize, Set<String> implied, boolean opaqueRoot) {}

    /** Unpacks into {@code root}, opened for reading. */
    Result unpack(InputStream tar, Fd root) throws IOException {
        HashedInput hashed = new HashedInput(tar);
        TarReader reader = new TarReader(hashed);
        boolean opaqueRoot = false;
        long members = 0;
        Unpacking how = new Unpacking(Optional.empty(), false, OverlayForm.isRoot());
        try (EntryWriter writer = new EntryWriter(root, how)) {
            writer.folders().implied().add("");
            Optional<TarEntry> next = reader.next();
            while (next.isPresent()) {
                TarEntry entry = next.get();
                TarPath path = TarPath.of(entry.name());
                if (++members > MAXIMUM_MEMBERS) {
                    throw Failure.invalid("invalid tar: more than %d members", MAXIMUM_MEMBERS);
                }
                if (!path.name().startsWith(WHITEOUT)) {
                    writer.write(entry, path, reader);
                } else if (path.name().equals(OPAQUE) && path.folder().isEmpty()) {
                    opaqueRoot = true;
                } else if (path.name().equals(OPAQUE)) {
                    form.makeOpaque(writer.folders().at(path.folder()));
                } else if (!path.name().startsWith(SPECIAL)) {
                    whiteout(writer.folders(), path);
                }
                next = reader.next();
            }
            reader.drain();
            writer.finish();
            Set<String> implied = new LinkedHashSet<>(writer.folders().implied());
            return new Result(hashed.digest(), writer.bytes(), members, hashed.count(), implied, opaqueRoot);
        }
    }

    private void whiteout(Folders folders, TarPath path) throws IOException {
        String name = path.name().substring(WHITEOUT.length());
        if (name.isEmpty() || name.equals(".") || name.equals("..")) {
            throw Failure.invalid("invalid tar: invalid whiteout name %s", path.whole());
        }
        Fd folder = folders.at(path.folder());
        Optional<FileStat> there = files.find(folder, name);
        if (there.isEmpty()) {
            form.whiteout(folder, name);
        } else if (there.get().isDirectory()) {
            // The layer has its own folder of that name: only the one below is deleted.
            form.makeOpaque(folder, name);
        }
    }
}
