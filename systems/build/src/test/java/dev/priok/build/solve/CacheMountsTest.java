package dev.priok.build.solve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.build.CancelSignal;
import dev.priok.build.plan.Operation.MountRequest;
import dev.priok.build.plan.Operation.Sharing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CacheMountsTest {
    @TempDir
    Path folder;

    private final CancelSignal cancel = new CancelSignal();
    private int uid;
    private int gid;

    @BeforeEach
    void whoAmI() throws IOException {
        uid = (Integer) Files.getAttribute(folder, "unix:uid");
        gid = (Integer) Files.getAttribute(folder, "unix:gid");
    }

    private MountRequest.Cache request(String id, Sharing sharing) {
        return new MountRequest.Cache(Optional.empty(), "", id, "/c", false, sharing, 0750, uid, gid);
    }

    @Test
    void take_sharedGivesTheSameDirectoryAgain() throws IOException {
        CacheMounts caches = new CacheMounts(folder.resolve("caches"), InstantSource.system());
        try (CacheMounts.InUse one = caches.take(request("../../x", Sharing.SHARED), _ -> {}, cancel);
                CacheMounts.InUse two = caches.take(request("../../x", Sharing.SHARED), _ -> {}, cancel);
                CacheMounts.InUse other = caches.take(request("y", Sharing.SHARED), _ -> {}, cancel)) {
            assertEquals(one.directory(), two.directory());
            assertNotEquals(one.directory(), other.directory());
            assertTrue(one.directory().startsWith(folder.resolve("caches")));
            assertEquals("rwxr-x---", PosixFilePermissions.toString(Files.getPosixFilePermissions(one.directory())));
        }
    }

    @Test
    void take_privateGivesAnotherWhileInUse() throws IOException {
        CacheMounts caches = new CacheMounts(folder, InstantSource.system());
        Path first;
        try (CacheMounts.InUse one = caches.take(request("x", Sharing.PRIVATE), _ -> {}, cancel);
                CacheMounts.InUse two = caches.take(request("x", Sharing.PRIVATE), _ -> {}, cancel)) {
            first = one.directory();
            assertNotEquals(first, two.directory());
        }
        try (CacheMounts.InUse again = caches.take(request("x", Sharing.PRIVATE), _ -> {}, cancel)) {
            assertEquals(first, again.directory());
        }
    }

    @Test
    void take_lockedWaits() throws Exception {
        CacheMounts caches = new CacheMounts(folder, InstantSource.system());
        CountDownLatch begun = new CountDownLatch(1);
        FutureTask<Path> second = new FutureTask<>(() -> {
            begun.countDown();
            try (CacheMounts.InUse use = caches.take(request("x", Sharing.LOCKED), _ -> {}, cancel)) {
                return use.directory();
            }
        });
        try (CacheMounts.InUse first = caches.take(request("x", Sharing.LOCKED), _ -> {}, cancel)) {
            Thread.ofVirtual().start(second);
            begun.await();
            assertFalse(second.isDone());
            assertTrue(Files.isDirectory(first.directory()));
        }
        assertTrue(Files.isDirectory(second.get()));
    }

    @Test
    void take_lockedIsCancelled() throws IOException {
        CacheMounts caches = new CacheMounts(folder, InstantSource.system());
        try (CacheMounts.InUse _ = caches.take(request("x", Sharing.LOCKED), _ -> {}, cancel)) {
            cancel.cancel();
            assertThrows(CancellationException.class, () -> caches.take(request("x", Sharing.LOCKED), _ -> {}, cancel));
        }
    }
}
