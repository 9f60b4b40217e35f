package dev.priok.e2e;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** An image made by hand, byte by byte, as an OCI layout. */
final class TestImage {
    private static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
    private static final String CONFIG = "application/vnd.oci.image.config.v1+json";

    private final Path folder;
    private final List<String> layers = new ArrayList<>();
    private final List<String> diffIds = new ArrayList<>();

    TestImage(Path folder) throws IOException {
        this.folder = folder;
        Files.createDirectories(folder.resolve("blobs/sha256"));
    }

    static String digest(byte[] bytes) {
        try {
            return "sha256:"
                    + HexFormat.of()
                            .formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private String blob(String mediaType, byte[] bytes, String more) throws IOException {
        Files.write(folder.resolve("blobs/sha256").resolve(digest(bytes).substring(7)), bytes);
        return described(mediaType, bytes, more);
    }

    private static String described(String mediaType, byte[] bytes, String more) {
        return "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d%s}"
                .formatted(mediaType, digest(bytes), bytes.length, more);
    }

    /** A layer as it travels, and the tar that is in it. */
    TestImage layer(String mediaType, byte[] blob, byte[] tar) throws IOException {
        layers.add(blob(mediaType, blob, ""));
        diffIds.add('"' + digest(tar) + '"');
        return this;
    }

    /** A layer that lies somewhere else. */
    TestImage foreign(String mediaType, byte[] blob, byte[] tar, String url) {
        layers.add(described(mediaType, blob, ",\"urls\":[\"" + url + "\"]"));
        diffIds.add('"' + digest(tar) + '"');
        return this;
    }

    /** Writes the rest; returns the digest of the manifest. */
    String write(String command) throws IOException {
        byte[] config = """
                {"architecture":"amd64","os":"linux","config":{"Cmd":[%s]},"rootfs":{"type":"layers","diff_ids":[%s]}}""".formatted(command, String.join(",", diffIds)).getBytes(StandardCharsets.UTF_8);
        byte[] manifest = "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"config\":%s,\"layers\":[%s]}"
                .formatted(MANIFEST, blob(CONFIG, config, ""), String.join(",", layers))
                .getBytes(StandardCharsets.UTF_8);
        Files.writeString(
                folder.resolve("index.json"),
                "{\"schemaVersion\":2,\"manifests\":[" + blob(MANIFEST, manifest, "") + "]}");
        Files.writeString(folder.resolve("oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
        return digest(manifest);
    }
}
