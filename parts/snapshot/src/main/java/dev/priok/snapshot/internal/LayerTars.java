package dev.priok.snapshot.internal;

import dev.priok.archive.TarWriter;
import dev.priok.core.Digest;
import dev.priok.linux.Fd;
import dev.priok.linux.FileCalls;
import dev.priok.linux.OpenFlag;
import dev.priok.snapshot.Usage;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.OptionalLong;

/** Writes folders in overlay's form as the tars of layers. */
final class LayerTars {
    private static final int BUFFER_BYTES = 256 << 10;

    private LayerTars() {}

    /**
     * What was written.
     *
     * @param diffId digest of the tar
     * @param tarSize its bytes
     * @param usage bytes of files and number of members
     */
    record Written(Digest diffId, long tarSize, Usage usage) {}

    /**
     * Writes one folder; {@code out} stays open.
     *
     * @param latest files that are younger get this time, in seconds since 1970, on disk too
     */
    static Written write(Path folder, LayerMarks.Below below, OptionalLong latest, OutputStream out)
            throws IOException {
        HashedOutput hashed = new HashedOutput(out);
        try (Fd root = FileCalls.host().open(folder.toString(), OpenFlag.RDONLY | OpenFlag.DIRECTORY);
                LayerMarks marks = new LayerMarks(below)) {
            TreePacker packer;
            try (TarWriter tar = new TarWriter(new BufferedOutputStream(hashed, BUFFER_BYTES))) {
                packer = new TreePacker(tar, marks, latest);
                packer.packContents(root, "");
            }
            return new Written(hashed.digest(), hashed.count(), new Usage(packer.bytes(), packer.members()));
        }
    }
}
