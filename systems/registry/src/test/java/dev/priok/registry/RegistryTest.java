package dev.priok.registry;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.content.Blob;
import dev.priok.content.ContentStore;
import dev.priok.core.Digest;
import dev.priok.core.Leases;
import dev.priok.database.Database;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RegistryTest {
    private static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
    private static final RepositoryName APP = new RepositoryName("team/app");
    private static final RepositoryName OTHER = new RepositoryName("team/other");

    @TempDir
    Path folder;

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));
    private final InstantSource clock = now::get;
    private Database database;
    private ContentStore content;
    private Registry registry;
    private GarbageCollection collection;

    @BeforeEach
    void open() throws IOException {
        Leases leases = new Leases();
        database = Database.open(folder.resolve("registry.db"));
        content = ContentStore.open(folder.resolve("content"), leases);
        registry = new Registry(
                Catalog.open(database, clock),
                RegistryStorage.open(content, folder.resolve("uploads"), leases),
                RegistrySettings.DEFAULT,
                clock,
                new SecureRandom());
        collection = new GarbageCollection(
                registry,
                () -> content.sweep(registry::liveBlobs),
                clock,
                true,
                new Retention(registry.catalog(), List.of(), clock));
    }

    @AfterEach
    void close() {
        registry.close();
        database.close();
    }

    private Blob upload(RepositoryName repository, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return registry.begin(repository)
                .finish(OptionalLong.empty(), new ByteArrayInputStream(bytes), Digest.sha256(bytes));
    }

    private static byte[] manifest(Blob config, String more) {
        return """
                {"schemaVersion":2,"mediaType":"%s","config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"%s","size":%d},"layers":[]%s}
                """.formatted(MANIFEST, config.digest(), config.size(), more).getBytes(StandardCharsets.UTF_8);
    }

    private Digest push(RepositoryName repository, String tag, byte[] manifest) {
        return registry.push(repository, new Reference.Tag(tag), MANIFEST, manifest, List.of())
                .digest();
    }

    private static RegistryError.Code code(Runnable what) {
        return assertThrows(RegistryError.class, what::run).code();
    }

    @Test
    void push_thenGet_areTheSameBytes() throws IOException {
        byte[] manifest = manifest(upload(APP, "config"), "");
        Digest digest = push(APP, "v1", manifest);
        assertArrayEquals(
                manifest, registry.manifest(APP, new Reference.Tag("v1")).bytes());
        assertEquals(
                digest, registry.manifest(APP, new Reference.ByDigest(digest)).digest());
        assertEquals(List.of("v1"), registry.tags(APP, "", 10));
    }

    @Test
    void tag_thatMoves_meansTheNewManifestAtOnce() throws IOException {
        push(APP, "v1", manifest(upload(APP, "one"), ""));
        registry.manifest(APP, new Reference.Tag("v1"));
        Digest second = push(APP, "v1", manifest(upload(APP, "two"), ""));
        assertEquals(second, registry.manifest(APP, new Reference.Tag("v1")).digest());
    }

    @Test
    void push_ofAManifestWhoseBlobIsElsewhere_isRefused() throws IOException {
        Blob elsewhere = upload(OTHER, "config");
        assertEquals(RegistryError.Code.MANIFEST_BLOB_UNKNOWN, code(() -> push(APP, "v1", manifest(elsewhere, ""))));
        assertTrue(registry.mount(APP, elsewhere.digest(), Optional.of(OTHER), _ -> true, false));
        push(APP, "v1", manifest(elsewhere, ""));
    }

    @Test
    void mount_fromARepositoryThatOneMayNotRead_isNoMount() throws IOException {
        Blob secret = upload(OTHER, "secret");
        assertFalse(registry.mount(APP, secret.digest(), Optional.of(OTHER), name -> !name.equals(OTHER), false));
        assertFalse(registry.mount(APP, secret.digest(), Optional.empty(), name -> !name.equals(OTHER), false));
        assertEquals(RegistryError.Code.BLOB_UNKNOWN, code(() -> registry.blob(APP, secret.digest())));
    }

    @Test
    void delete_ofABlobThatAManifestNeeds_isRefused() throws IOException {
        Blob config = upload(APP, "config");
        Digest digest = push(APP, "v1", manifest(config, ""));
        assertEquals(RegistryError.Code.UNSUPPORTED, code(() -> registry.deleteBlob(APP, config.digest())));
        registry.delete(APP, new Reference.ByDigest(digest));
        assertEquals(List.of(), registry.tags(APP, "", 10));
        registry.deleteBlob(APP, config.digest());
        assertEquals(RegistryError.Code.BLOB_UNKNOWN, code(() -> registry.blob(APP, config.digest())));
    }

    @Test
    void upload_afterARestart_goesOn() throws IOException {
        BlobUpload upload = registry.begin(APP);
        upload.append(OptionalLong.of(0), new ByteArrayInputStream("hel".getBytes(StandardCharsets.UTF_8)));
        close();
        open();
        BlobUpload again = registry.upload(APP, upload.id());
        assertEquals(3, again.size());
        byte[] hello = "hello".getBytes(StandardCharsets.UTF_8);
        again.finish(
                OptionalLong.of(3),
                new ByteArrayInputStream("lo".getBytes(StandardCharsets.UTF_8)),
                Digest.sha256(hello));
        assertEquals(5, registry.blob(APP, Digest.sha256(hello)));
    }

    @Test
    void append_outOfOrder_isRefusedAndChangesNothing() throws IOException {
        BlobUpload upload = registry.begin(APP);
        assertEquals(
                RegistryError.Code.RANGE_INVALID,
                assertThrows(
                                RegistryError.class,
                                () -> upload.append(OptionalLong.of(7), new ByteArrayInputStream(new byte[3])))
                        .code());
        assertEquals(0, upload.size());
    }

    @Test
    void collect_afterTheGrace_takesWhatNothingNeedsAndNothingElse() throws IOException {
        Blob kept = upload(APP, "kept");
        Digest keptManifest = push(APP, "v1", manifest(kept, ""));
        Digest signature = registry.push(
                        APP,
                        new Reference.Tag("signature"),
                        MANIFEST,
                        manifest(
                                kept,
                                ",\"subject\":{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":1}"
                                        .formatted(MANIFEST, keptManifest)),
                        List.of())
                .digest();
        registry.delete(APP, new Reference.Tag("signature"));
        Blob old = upload(APP, "old");
        Digest oldManifest = push(APP, "old", manifest(old, ""));
        registry.delete(APP, new Reference.Tag("old"));
        collection.collect();
        assertEquals(
                oldManifest,
                registry.manifest(APP, new Reference.ByDigest(oldManifest)).digest());
        now.set(now.get().plus(Duration.ofHours(2)));
        var collected = collection.collect();
        assertEquals(new GarbageCollection.Collected(0, 1, 1, 0), collected);
        assertEquals(
                RegistryError.Code.MANIFEST_UNKNOWN,
                code(() -> registry.manifest(APP, new Reference.ByDigest(oldManifest))));
        assertFalse(content.contains(old.digest()));
        assertTrue(content.contains(kept.digest()));
        assertEquals(
                signature,
                registry.manifest(APP, new Reference.ByDigest(signature)).digest());
    }

    @Test
    void collect_whileAPushIsAboutToNeedABlob_sparesIt() throws IOException {
        Blob blob = upload(APP, "layer");
        now.set(now.get().plus(Duration.ofHours(2)));
        assertEquals(5, registry.blob(APP, blob.digest()));
        assertEquals(0, collection.collect().links());
        push(APP, "v1", manifest(blob, ""));
        now.set(now.get().plus(Duration.ofHours(2)));
        assertEquals(0, collection.collect().links());
    }

    @Test
    void referrers_ofAMissingSubject_areListedByType() throws IOException {
        Digest missing = Digest.sha256(new byte[] {9});
        byte[] artifact = manifest(
                upload(APP, "config"),
                ",\"artifactType\":\"test/one\",\"subject\":{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":1}"
                        .formatted(MANIFEST, missing));
        Digest digest = push(APP, "a", artifact);
        assertEquals(
                List.of(digest),
                registry.catalog().referrers(APP, missing, Optional.of("test/one"), "", 10).stream()
                        .map(Catalog.Referrer::digest)
                        .toList());
        assertEquals(List.of(), registry.catalog().referrers(APP, missing, Optional.of("test/two"), "", 10));
    }
}
