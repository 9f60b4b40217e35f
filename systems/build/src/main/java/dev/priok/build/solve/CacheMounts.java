package dev.priok.build.solve;

import dev.priok.build.CancelSignal;
import dev.priok.build.plan.Operation.MountRequest;
import dev.priok.core.Digest;
import dev.priok.linux.Fd;
import dev.priok.linux.FileCalls;
import dev.priok.linux.OpenFlag;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** The directories of {@code RUN --mount=type=cache}, which live on from build to build. */
final class CacheMounts {
    /** How often a waiting step looks whether its build was cancelled. */
    private static final long LOOK_AGAIN_MILLIS = 200;

    private final Path root;
    private final Map<String, Integer> sharers = new HashMap<>();

    /** Keeps them below {@code root}, which is made when it is first needed. */
    CacheMounts(Path root) {
        this.root = root;
    }

    /** A directory in use by one step. */
    interface InUse extends AutoCloseable {
        Path directory();

        @Override
        void close();
    }

    /** Takes the directory of a request; waits for one that is locked by another step. */
    InUse take(MountRequest.Cache request, CancelSignal cancel) throws IOException {
        String id = Digest.sha256(request.id().getBytes(StandardCharsets.UTF_8)).hex();
        String name = switch (request.sharing()) {
            case SHARED -> shared(id);
            case LOCKED -> locked(id, cancel);
            case PRIVATE -> unused(id);
        };
        try {
            Path directory = root.resolve(name);
            boolean isNew = !Files.isDirectory(directory);
            Files.createDirectories(directory);
            if (isNew) {
                own(directory, request);
            }
            return use(name, directory);
        } catch (IOException | RuntimeException e) {
            release(name);
            throw e;
        }
    }

    private InUse use(String name, Path directory) {
        return new InUse() {
            @Override
            public Path directory() {
                return directory;
            }

            @Override
            public void close() {
                release(name);
            }
        };
    }

    private static void own(Path directory, MountRequest.Cache request) throws IOException {
        try (Fd fd = FileCalls.host().open(directory.toString(), OpenFlag.RDONLY | OpenFlag.DIRECTORY)) {
            FileCalls.host().chown(fd, request.uid(), request.gid());
            FileCalls.host().chmod(fd, request.permissions());
        }
    }

    private synchronized String shared(String id) {
        sharers.merge(id, 1, Integer::sum);
        return id;
    }

    private synchronized String locked(String id, CancelSignal cancel) {
        while (sharers.containsKey(id)) {
            cancel.check();
            try {
                wait(LOOK_AGAIN_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                cancel.cancel();
            }
        }
        return shared(id);
    }

    private synchronized String unused(String id) {
        int number = 0;
        while (sharers.containsKey(number == 0 ? id : id + "-" + number)) {
            number++;
        }
        return shared(number == 0 ? id : id + "-" + number);
    }

    private synchronized void release(String name) {
        sharers.computeIfPresent(name, (_, count) -> count == 1 ? null : count - 1);
        notifyAll();
    }
}
