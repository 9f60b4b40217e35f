package dev.priok.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.core.Failure;
import dev.priok.oci.runtime.LinuxSpec.IdMapping;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdRemapTest {
    @TempDir
    Path etc;

    @BeforeEach
    void files() throws IOException {
        Files.writeString(etc.resolve("passwd"), "root:x:0:0::/:/bin/sh\nann:x:1000:1000::/:/bin/sh\n");
        Files.writeString(etc.resolve("group"), "root:x:0:\nann:x:1000:\nstaff:x:50:\n");
        Files.writeString(etc.resolve("subuid"), "# ids\nann:200000:1000\n1000:300000:64536\n");
        Files.writeString(etc.resolve("subgid"), "ann:200000:65536\nstaff:400000:65536\n");
    }

    @Test
    void ranges_followOneAnotherInside() throws IOException {
        IdRemap remap = IdRemap.of("ann", etc);
        assertEquals(List.of(new IdMapping(0, 200_000, 1000), new IdMapping(1000, 300_000, 64_536)), remap.uids());
        assertEquals(List.of(new IdMapping(0, 200_000, 65_536)), remap.gids());
        assertEquals(remap, IdRemap.of("1000", etc));
    }

    @Test
    void group_mayBeAnother() throws IOException {
        assertEquals(
                List.of(new IdMapping(0, 400_000, 65_536)),
                IdRemap.of("ann:staff", etc).gids());
        assertEquals(IdRemap.of("ann:staff", etc), IdRemap.of("ann:50", etc));
    }

    @Test
    void defaultUser_getsIdsBehindEverybodysOnce() throws IOException {
        IdRemap remap = IdRemap.of("default", etc);
        assertEquals(List.of(new IdMapping(0, 364_536, 65_536)), remap.uids());
        assertEquals(List.of(new IdMapping(0, 465_536, 65_536)), remap.gids());
        assertTrue(Files.readString(etc.resolve("subuid")).endsWith("\ndockremap:364536:65536\n"));
        assertEquals(remap, IdRemap.of("default", etc));
    }

    @Test
    void wrong_isRefusedByName() {
        refuses("there is no user \"bob\"", "bob");
        refuses("there is no group \"bobs\"", "ann:bobs");
        refuses("\"root\" has no subordinate ids: add a line such as root:100000:65536 to", "root");
        refuses("want default, user or user:group", "a:b:c");
        refuses("want default, user or user:group", "ann:");
    }

    private void refuses(String message, String asked) {
        Failure failure = assertThrows(Failure.class, () -> IdRemap.of(asked, etc));
        assertTrue(failure.message().contains(message), failure.message());
    }
}
