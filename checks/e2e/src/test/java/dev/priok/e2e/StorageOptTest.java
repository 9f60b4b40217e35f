package dev.priok.e2e;

import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** {@code --storage-opt}. */
@ExtendWith(SharedDaemon.class)
class StorageOptTest {
    /** The file system of the tests has no project quotas, or they are off. */
    @Test
    void size_isKeptOrRefused() {
        Docker docker = SharedDaemon.get().docker();
        Program.Result size = docker.run("create", "--storage-opt", "size=8m", Busybox.IMAGE, "true");
        if (size.exit() == 0) {
            docker.ok("rm", size.line());
        } else {
            assertTrue(size.err().contains("'pquota' mount option"), size.err());
        }
        Program.Result unknown = docker.run("create", "--storage-opt", "colour=red", Busybox.IMAGE, "true");
        assertNotEquals(0, unknown.exit());
        assertTrue(unknown.err().contains("unknown option colour"), unknown.err());
        Program.Result bad = docker.run("create", "--storage-opt", "size=lots", Busybox.IMAGE, "true");
        assertTrue(bad.err().contains("invalid size: 'lots'"), bad.err());
    }
}
