package dev.priok.transfer.place;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.priok.archive.Compression;
import dev.priok.archive.TarEntry;
import dev.priok.archive.TarReader;
import dev.priok.core.Digest;
import dev.priok.core.Failure;
import dev.priok.core.ImageReference;
import dev.priok.distribution.ManifestBlob;
import dev.priok.distribution.Repository;
import dev.priok.oci.OciJson;
import dev.priok.oci.image.Descriptor;
import dev.priok.oci.image.Manifest;
import dev.priok.oci.image.MediaTypes;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Unpacks an archive into a layout. Members of the layout keep their names; all others lie under names of our own. */
final class ArchiveReader {
    private static final Pattern LAYOUT_MEMBER =
            Pattern.compile("index\\.json|oci-layout|manifest\\.json|blobs/sha(256/[0-9a-f]{64}|512/[0-9a-f]{128})");
    private static final int MAXIMUM_LINKS = 8;
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final Path folder;
    private final Map<String, Path> members = new HashMap<>();
    private final Map<String, String> links = new HashMap<>();

    private ArchiveReader(Path folder) {
        this.folder = folder;
    }

    static void unpack(Path file, Path folder, String reference) throws IOException {
        ArchiveReader reader = new ArchiveReader(folder);
        try (InputStream in = Files.newInputStream(file)) {
            reader.extract(Compression.decompress(in));
        }
        if (!Files.exists(folder.resolve("index.json"))) {
            reader.convert(file, reference);
        }
    }

    private void extract(InputStream in) throws IOException {
        TarReader tar = new TarReader(in);
        for (var entry = tar.next(); entry.isPresent(); entry = tar.next()) {
            String name = plain(entry.get().name());
            if (entry.get().type() == TarEntry.Type.FILE) {
                Path target = LAYOUT_MEMBER.matcher(name).matches()
                        ? folder.resolve(name)
                        : folder.resolve("other")
                                .resolve(Digest.sha256(name.getBytes(StandardCharsets.UTF_8))
                                        .hex());
                Files.createDirectories(target.resolveSibling("."));
                Files.copy(tar, target, StandardCopyOption.REPLACE_EXISTING);
                members.put(name, target);
            } else if (entry.get().type() == TarEntry.Type.SYMBOLIC_LINK) {
                Path beside = Path.of("/" + name).resolveSibling(entry.get().link());
                links.put(name, plain(beside.normalize().toString().substring(1)));
            } else if (entry.get().type() == TarEntry.Type.HARD_LINK) {
                links.put(name, plain(entry.get().link()));
            }
        }
    }

    private static String plain(String name) {
        return name.startsWith("./") ? name.substring(2) : name;
    }

    private Path member(String name) {
        String at = plain(name);
        for (int i = 0; i < MAXIMUM_LINKS && links.containsKey(at) && !members.containsKey(at); i++) {
            at = links.get(at);
        }
        Path found = members.get(at);
        if (found == null) {
            throw Failure.invalid("the archive lacks its member %s", name);
        }
        return found;
    }

    /** Makes a layout of an archive that docker before version 25 wrote. */
    private void convert(Path file, String reference) throws IOException {
        Path list = folder.resolve("manifest.json");
        if (!Files.exists(list) || Files.size(list) > Repository.MAXIMUM_MANIFEST_BYTES) {
            throw Failure.invalid("%s is neither an OCI layout nor docker's archive", file);
        }
        JsonNode images;
        try {
            images = MAPPER.readTree(Files.readAllBytes(list));
        } catch (JsonProcessingException e) {
            throw new Failure(Failure.Kind.INVALID, file + ": manifest.json: " + e.getOriginalMessage(), e);
        }
        List<JsonNode> meant = new ArrayList<>();
        for (JsonNode image : images) {
            boolean named = reference.isEmpty();
            for (JsonNode tag : image.path("RepoTags")) {
                named |= ImageReference.parse(tag.asText())
                        .equals(ImageReference.parse(reference.isEmpty() ? tag.asText() : reference)
                                .withDefaultTag());
            }
            if (named) {
                meant.add(image);
            }
        }
        if (meant.size() != 1) {
            throw Failure.notFound(
                    "%s has %d images%s", file, meant.size(), reference.isEmpty() ? "" : " of that name");
        }
        LayoutPlace layout = new LayoutPlace(folder, reference);
        Descriptor config = blob(
                MediaTypes.OCI_CONFIG, member(meant.getFirst().path("Config").asText()));
        List<Descriptor> layers = new ArrayList<>();
        for (JsonNode layer : meant.getFirst().path("Layers")) {
            Path tar = member(layer.asText());
            layers.add(blob(mediaType(tar), tar));
        }
        byte[] manifest = OciJson.write(Manifest.oci(config, layers));
        layout.putManifest(new ManifestBlob(MediaTypes.OCI_MANIFEST, Digest.sha256(manifest), manifest), true);
        layout.finish();
    }

    private static String mediaType(Path tar) throws IOException {
        byte[] start = new byte[Compression.MAGIC_BYTES];
        int n;
        try (InputStream in = Files.newInputStream(tar)) {
            n = in.readNBytes(start, 0, start.length);
        }
        return switch (Compression.detect(start, n)) {
            case GZIP -> MediaTypes.OCI_LAYER_GZIP;
            case ZSTD -> MediaTypes.OCI_LAYER_ZSTD;
            default -> MediaTypes.OCI_LAYER;
        };
    }

    private Descriptor blob(String mediaType, Path member) throws IOException {
        MessageDigest hash;
        try {
            hash = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java runtime lacks SHA-256", e);
        }
        try (InputStream in = new DigestInputStream(Files.newInputStream(member), hash)) {
            in.transferTo(java.io.OutputStream.nullOutputStream());
        }
        Digest digest = new Digest("sha256", HexFormat.of().formatHex(hash.digest()));
        Path target = folder.resolve("blobs/sha256").resolve(digest.hex());
        Files.createDirectories(folder.resolve("blobs/sha256"));
        if (!Files.exists(target)) {
            Files.createLink(target, member);
        }
        return new Descriptor(mediaType, digest, Files.size(target));
    }
}
