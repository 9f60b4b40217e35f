package dev.priok.content;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.core.Leases;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderContentStoreTest extends ContentStoreContract {
    @TempDir
    Path folder;

    @Override
    protected ContentStore open(Leases leases) throws IOException {
        return ContentStore.open(folder, leases);
    }

    private List<Path> halfWritten() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("ingest"))) {
            return files.toList();
        }
    }

    @Test
    void open_afterAKill_removesWhatWasHalfWritten() throws IOException {
        Ingest ingest = store.begin(Expected.ANYTHING);
        ingest.write(HELLO);
        assertEquals(1, halfWritten().size());
        open(new Leases());
        assertEquals(List.of(), halfWritten());
        ingest.close();
    }

    @Test
    void ingest_knownBlob_leavesNoTemporaryFile() throws IOException {
        put(HELLO);
        put(HELLO);
        assertEquals(List.of(), halfWritten());
    }

    private void putSoon() throws IOException {
        try (Ingest ingest = store.begin(Expected.ANYTHING)) {
            ingest.write(HELLO);
            assertEquals(new Blob(HELLO_DIGEST, 5), ingest.commitSoon(lease));
        }
    }

    @Test
    void commitSoon_blob_isThereAtOnceAndInItsPlaceOnceItIsDurable() throws IOException {
        putSoon();
        assertTrue(store.verify(HELLO_DIGEST));
        assertEquals(List.of(new Blob(HELLO_DIGEST, 5)), store.list());
        assertEquals(1, halfWritten().size());
        store.makeDurable(HELLO_DIGEST);
        assertEquals(List.of(), halfWritten());
        assertTrue(store.verify(HELLO_DIGEST));
    }

    @Test
    void commitSoon_openAfterAKill_isStillThere() throws IOException {
        putSoon();
        ContentStore next = open(new Leases());
        assertTrue(next.verify(HELLO_DIGEST));
        assertEquals(List.of(), halfWritten());
    }

    @Test
    void commitSoon_openAfterTheHostWentDown_isGone() throws IOException {
        putSoon();
        Path late = halfWritten().getFirst();
        String boot = late.getFileName().toString().split("\\.", -1)[1];
        Files.move(late, late.resolveSibling(late.getFileName().toString().replace(boot, "another-boot")));
        ContentStore next = open(new Leases());
        assertFalse(next.contains(HELLO_DIGEST));
        assertEquals(List.of(), halfWritten());
    }

    @Test
    void delete_blobThatIsNotDurableYet_leavesNothing() throws IOException {
        putSoon();
        assertTrue(store.delete(HELLO_DIGEST));
        assertFalse(store.contains(HELLO_DIGEST));
        assertEquals(List.of(), halfWritten());
        store.close();
    }

    @Test
    void verify_damagedFile_isFalse() throws IOException {
        put(HELLO);
        Files.writeString(folder.resolve("blobs/sha256").resolve(HELLO_DIGEST.hex()), "hellO");
        assertFalse(store.verify(HELLO_DIGEST));
        assertTrue(store.contains(HELLO_DIGEST));
    }
}
