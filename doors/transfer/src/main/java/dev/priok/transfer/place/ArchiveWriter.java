package dev.priok.transfer.place;

import dev.priok.archive.TarEntry;
import dev.priok.archive.TarWriter;
import dev.priok.core.Digest;
import dev.priok.core.Failure;
import dev.priok.core.ImageReference;
import dev.priok.core.Platform;
import dev.priok.distribution.ManifestBlob;
import dev.priok.oci.OciJson;
import dev.priok.oci.image.Descriptor;
import dev.priok.oci.image.Index;
import dev.priok.oci.image.Manifest;
import dev.priok.oci.image.MediaTypes;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Packs a layout into an archive; docker's has a list of images more. The same image gives the same bytes. */
final class ArchiveWriter {
    private static final int BUFFER_BYTES = 256 << 10;
    private static final int MODE = 0644;

    private ArchiveWriter() {}

    static void pack(LayoutPlace layout, ArchiveFormat format, Path file) throws IOException {
        if (format == ArchiveFormat.DOCKER) {
            layout.write(layout.folder().resolve("manifest.json"), imageList(layout));
        }
        Path parent = file.toAbsolutePath().resolveSibling(".").normalize();
        Path part = Files.createTempFile(parent, "." + file.getFileName() + "-", ".part");
        try {
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(part), BUFFER_BYTES);
                    TarWriter tar = new TarWriter(out)) {
                for (Path member : members(layout.folder())) {
                    String name = layout.folder().relativize(member).toString();
                    try (InputStream in = Files.newInputStream(member)) {
                        tar.put(TarEntry.file(name, MODE, Files.size(member), 0), in);
                    }
                }
            }
            LayoutPlace.settle(part, file.toAbsolutePath());
        } finally {
            Files.deleteIfExists(part);
        }
    }

    private static List<Path> members(Path folder) throws IOException {
        try (Stream<Path> tree = Files.walk(folder)) {
            return tree.filter(Files::isRegularFile).sorted().toList();
        }
    }

    private static byte[] imageList(LayoutPlace layout) throws IOException {
        ManifestBlob top = layout.top();
        if (MediaTypes.isIndex(top.mediaType())) {
            Index.Entry mine = top.index()
                    .forPlatform(Platform.current())
                    .orElseThrow(() -> Failure.invalid(
                            "%s is for several platforms, and docker's archive names one: give --platform",
                            layout.name()));
            top = layout.manifest(Digest.parse(mine.digest()))
                    .orElseThrow(() -> Failure.notFound("manifest %s is missing", mine.digest()));
        }
        Manifest manifest = top.manifest();
        Descriptor config = manifest.config();
        if (config == null) {
            throw Failure.invalid("%s is no image", layout.name());
        }
        Map<String, Object> image = new LinkedHashMap<>();
        image.put("Config", member(config));
        image.put(
                "RepoTags",
                layout.reference().isEmpty()
                        ? List.of()
                        : List.of(ImageReference.parse(layout.reference())
                                .withDefaultTag()
                                .familiar()));
        image.put(
                "Layers", manifest.layers().stream().map(ArchiveWriter::member).toList());
        return OciJson.write(List.of(image));
    }

    private static String member(Descriptor blob) {
        return "blobs/" + blob.digest().replace(':', '/');
    }
}
