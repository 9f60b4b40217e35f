package dev.priok.transfer.place;

import dev.priok.core.Digest;
import dev.priok.distribution.ManifestBlob;
import dev.priok.distribution.Repository;
import dev.priok.oci.image.Descriptor;
import dev.priok.oci.image.Index;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** An image in a tar: an OCI layout, or docker's archive, which is one too. Worked on in a folder beside the tar. */
public final class ArchivePlace implements Place {
    private final Path file;
    private final ArchiveFormat format;
    private final LayoutPlace layout;

    private ArchivePlace(Path file, ArchiveFormat format, LayoutPlace layout) {
        this.file = file;
        this.format = format;
        this.layout = layout;
    }

    /** Unpacks an archive to read an image from it; an empty reference means the only one. */
    public static ArchivePlace toRead(Path file, ArchiveFormat format, String reference) throws IOException {
        ArchivePlace place = beside(file, format, reference);
        boolean read = false;
        try {
            ArchiveReader.unpack(file, place.layout.folder(), reference);
            read = true;
            return place;
        } finally {
            if (!read) {
                place.close();
            }
        }
    }

    /** Begins an archive, which {@link #finish} writes. */
    public static ArchivePlace toWrite(Path file, ArchiveFormat format, String reference) throws IOException {
        return beside(file, format, reference);
    }

    private static ArchivePlace beside(Path file, ArchiveFormat format, String reference) throws IOException {
        Path parent = file.toAbsolutePath().resolveSibling(".").normalize();
        return new ArchivePlace(
                file,
                format,
                new LayoutPlace(Files.createTempDirectory(parent, "." + file.getFileName() + "-"), reference));
    }

    @Override
    public String name() {
        return format.prefix() + file;
    }

    @Override
    public ManifestBlob top() throws IOException {
        return layout.top();
    }

    @Override
    public Optional<ManifestBlob> manifest(Digest digest) throws IOException {
        return layout.manifest(digest);
    }

    @Override
    public Repository.Content blob(Descriptor blob) {
        return layout.blob(blob);
    }

    @Override
    public boolean hasBlob(Descriptor blob) throws IOException {
        return layout.hasBlob(blob);
    }

    @Override
    public void putBlob(Descriptor blob, Repository.Content content) throws IOException {
        layout.putBlob(blob, content);
    }

    @Override
    public void putManifest(ManifestBlob manifest, boolean top) throws IOException {
        layout.putManifest(manifest, top);
    }

    @Override
    public List<Index.Entry> referrers(Digest subject) throws IOException {
        return layout.referrers(subject);
    }

    @Override
    public void finish() throws IOException {
        layout.finish();
        ArchiveWriter.pack(layout, format, file);
    }

    @Override
    public void close() throws IOException {
        try (Stream<Path> tree = Files.walk(layout.folder())) {
            for (Path path : tree.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
