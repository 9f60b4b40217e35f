package dev.priok.snapshot.internal;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlacesTest {
    @TempDir
    private Path root;

    private Path file(String folder) throws Exception {
        Path made = Files.createDirectories(root.resolve(folder));
        return Files.writeString(made.resolve("file"), "x");
    }

    /** As a kill leaves it: a layer on its way in, and the next number already in the trash and not yet emptied. */
    @Test
    void tidy_leftoverBelowTrashNumberIsDiscardedToAFreeOne() throws Exception {
        Path incoming = file("incoming/5");
        Path known = file("layers/4");
        file("trash/6");
        file("trash/7");
        try (Places places = new Places(root)) {
            places.tidy(number -> number == 4, _ -> false);
            assertFalse(Files.exists(incoming));
            assertTrue(Files.exists(known));
            assertTrue(places.nextNumber() > 8, "one was needed for the leftover");
        }
    }
}
