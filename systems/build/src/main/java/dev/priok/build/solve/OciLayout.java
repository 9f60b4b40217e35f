package dev.priok.build.solve;

import dev.priok.archive.TarEntry;
import dev.priok.archive.TarWriter;
import dev.priok.build.tree.Content;
import dev.priok.build.tree.SourceTree;
import dev.priok.core.Digest;
import dev.priok.core.Failure;
import dev.priok.core.Platform;
import dev.priok.oci.OciJson;
import dev.priok.oci.image.Descriptor;
import dev.priok.oci.image.Index;
import dev.priok.oci.image.Manifest;
import dev.priok.oci.image.MediaTypes;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One image of a folder of images.
 *
 * @param tree the folder
 * @param manifest names the image
 * @param config the digest of its configuration, which is the image's id
 * @param blobs everything that it is of
 * @see <a href="https://github.com/opencontainers/image-spec/blob/main/image-layout.md">OCI image layout</a>
 */
record OciLayout(SourceTree tree, Descriptor manifest, Digest config, List<Digest> blobs) {
    private static final String TAG = "org.opencontainers.image.ref.name";
    private static final String ALGORITHM = "sha256";
    private static final int MAXIMUM_DOCUMENT_BYTES = 4 << 20;
    private static final int FILE_PERMISSIONS = 0644;
    private static final byte[] VERSION = "{\"imageLayoutVersion\":\"1.0.0\"}".getBytes(StandardCharsets.US_ASCII);

    /**
     * Finds an image.
     *
     * @param place {@code FOLDER[:TAG][@DIGEST]}; an index of one image needs neither, {@code latest} is taken of several
     * @throws Failure of kind NOT_FOUND when there is no such image
     */
    static OciLayout of(SourceTree tree, String place, Platform platform) throws IOException {
        int last = place.lastIndexOf('/') + 1;
        int at = place.indexOf('@', last);
        String named = at < 0 ? place : place.substring(0, at);
        int colon = named.indexOf(':', last);
        Optional<String> tag = colon < 0 ? Optional.empty() : Optional.of(named.substring(colon + 1));
        Optional<String> digest = at < 0 ? Optional.empty() : Optional.of(place.substring(at + 1));
        Index index = OciJson.read(bytes(tree, "index.json"), Index.class, "index of the OCI layout");
        Descriptor found = choose(index, tag, digest)
                .orElseThrow(() -> Failure.notFound("the OCI layout %s has no such image", place));
        if (MediaTypes.isIndex(found.mediaType())) {
            Index inner = OciJson.read(document(tree, found), Index.class, "index " + found.digest());
            found = inner.forPlatform(platform)
                    .map(Index.Entry::descriptor)
                    .orElseThrow(() -> Failure.notFound("the OCI layout %s has no image for %s", place, platform));
        }
        Manifest manifest = OciJson.read(document(tree, found), Manifest.class, "manifest " + found.digest());
        Set<Digest> blobs = new LinkedHashSet<>();
        Descriptor configuration = manifest.config();
        if (configuration == null) {
            throw Failure.invalid("manifest %s of the OCI layout has no configuration", found.digest());
        }
        blobs.add(known(found));
        blobs.add(known(configuration));
        manifest.layers().forEach(layer -> blobs.add(known(layer)));
        return new OciLayout(
                tree,
                new Descriptor(found.mediaType(), found.parsedDigest(), found.size()),
                known(configuration),
                new ArrayList<>(blobs));
    }

    private static Digest known(Descriptor blob) {
        Digest digest = blob.parsedDigest();
        if (!digest.algorithm().equals(ALGORITHM)) {
            throw Failure.invalid(
                    "blob %s of the OCI layout: digests of %s are not supported, only those of %s",
                    digest, digest.algorithm(), ALGORITHM);
        }
        return digest;
    }

    private static Optional<Descriptor> choose(Index index, Optional<String> tag, Optional<String> digest) {
        List<Descriptor> all =
                index.manifests().stream().map(Index.Entry::descriptor).toList();
        if (digest.isPresent()) {
            return all.stream().filter(d -> d.digest().equals(digest.get())).findFirst();
        }
        return tag.isEmpty() && all.size() == 1
                ? Optional.of(all.getFirst())
                : all.stream()
                        .filter(d -> tag.orElse("latest").equals(d.annotations().get(TAG)))
                        .findFirst();
    }

    private static byte[] document(SourceTree tree, Descriptor blob) throws IOException {
        Digest digest = known(blob);
        byte[] bytes = bytes(tree, path(digest));
        if (!Digest.sha256(bytes).equals(digest)) {
            throw Failure.invalid("blob %s of the OCI layout is not what its name says", blob.digest());
        }
        return bytes;
    }

    private static String path(Digest blob) {
        return "blobs/" + ALGORITHM + "/" + blob.hex();
    }

    private static byte[] bytes(SourceTree tree, String path) throws IOException {
        String real = real(tree, path);
        if (tree.node(real).size() > MAXIMUM_DOCUMENT_BYTES) {
            throw Failure.invalid("%s of the OCI layout is larger than %d bytes", path, MAXIMUM_DOCUMENT_BYTES);
        }
        try (Content content = tree.content(real);
                InputStream in = ContentStream.of(content)) {
            return in.readAllBytes();
        }
    }

    private static String real(SourceTree tree, String path) throws IOException {
        return tree.resolve(path).orElseThrow(() -> Failure.notFound("the OCI layout has no %s", path));
    }

    /** Writes a layout of this image alone, without a name. */
    void writeTo(OutputStream out) throws IOException {
        try (TarWriter tar = new TarWriter(out)) {
            tar.put(TarEntry.file("oci-layout", FILE_PERMISSIONS, VERSION.length, 0), VERSION);
            for (Digest blob : blobs) {
                String real = real(tree, path(blob));
                try (Content content = tree.content(real);
                        InputStream in = ContentStream.of(content)) {
                    tar.put(TarEntry.file(path(blob), FILE_PERMISSIONS, content.size(), 0), in);
                }
            }
            byte[] index = OciJson.write(Index.oci(List.of(new Index.Entry(
                    manifest.mediaType(), manifest.digest(), manifest.size(), null, java.util.Map.of(), ""))));
            tar.put(TarEntry.file("index.json", FILE_PERMISSIONS, index.length, 0), index);
        }
    }
}
