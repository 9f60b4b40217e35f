package dev.priok.engine.lifecycle;

import dev.priok.core.Failure;
import dev.priok.engine.spec.Cause;
import dev.priok.engine.spec.PlannedMount;
import dev.priok.engine.state.VolumeRow;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who uses volumes: those that have to be mounted are while somebody does, and nobody begins to while one is frozen. */
public final class VolumeUses {
    private static final Logger LOG = LoggerFactory.getLogger(VolumeUses.class);

    private final VolumeStore volumes;
    private final VolumeFiles files;
    private final VolumePlugins plugins;

    private final ReentrantLock mounting = new ReentrantLock();
    private final Condition thawed = mounting.newCondition();
    /** Who uses a volume that is mounted for it; guarded by {@link #mounting}. A network may make that slow. */
    private final Map<String, Set<String>> using = new HashMap<>();
    /** Volumes that nobody may begin to use for the moment; guarded by {@link #mounting}. */
    private final Set<String> frozen = new HashSet<>();
    /** How often each volume was taken into use: what is in it may have changed since. */
    private final Map<String, Long> numbers = new ConcurrentHashMap<>();

    VolumeUses(VolumeStore volumes, VolumeFiles files, VolumePlugins plugins) {
        this.volumes = volumes;
        this.files = files;
        this.plugins = plugins;
    }

    /**
     * Makes a volume usable for somebody, until {@link #detach}; mounts it if it has to be.
     *
     * @param user who uses it, such as a container's id
     * @return where it is on the host
     */
    public String attach(String name, String user) {
        VolumeRow row = volumes.find(name).orElseThrow(() -> VolumeStore.notFound(name));
        awaitThaw(name);
        count(name);
        if (!row.local()) {
            String at = plugins.mount(row.driver(), name, user);
            use(name, user);
            return at;
        }
        Path data = files.data(name);
        if (row.options().isEmpty()) {
            return data.toString();
        }
        mounting.lock();
        try {
            if (!LocalMount.mounted(data, false)) {
                files.mount(row);
            }
            use(name, user);
            return data.toString();
        } catch (IOException e) {
            throw Failure.internal(e, "mounting volume %s: %s", name, Cause.text(e));
        } finally {
            mounting.unlock();
        }
    }

    /** A number that changes whenever somebody begins to use the volume. */
    public long number(String name) {
        return numbers.getOrDefault(name, 0L);
    }

    /** Somebody begins to use it. */
    void count(String name) {
        numbers.merge(name, 1L, Long::sum);
    }

    private void awaitThaw(String name) {
        mounting.lock();
        try {
            while (frozen.contains(name)) {
                thawed.awaitUninterruptibly();
            }
        } finally {
            mounting.unlock();
        }
    }

    /**
     * Lets nobody begin to use a volume until the result is closed; who would waits.
     *
     * @throws Failure of kind CONFLICT when that is so already
     */
    Thaw freeze(String name) {
        mounting.lock();
        try {
            if (!frozen.add(name)) {
                throw Failure.conflict("volume %s is being copied or restored: try again when that is done", name);
            }
        } finally {
            mounting.unlock();
        }
        return () -> {
            mounting.lock();
            try {
                frozen.remove(name);
                thawed.signalAll();
            } finally {
                mounting.unlock();
            }
        };
    }

    /** Ends what {@link #freeze} began. */
    @FunctionalInterface
    interface Thaw extends AutoCloseable {
        @Override
        void close();
    }

    private void use(String name, String user) {
        mounting.lock();
        try {
            using.computeIfAbsent(name, _ -> new HashSet<>()).add(user);
        } finally {
            mounting.unlock();
        }
    }

    private boolean uses(String name, String user) {
        mounting.lock();
        try {
            Set<String> users = using.getOrDefault(name, Set.of());
            return users.contains(user);
        } finally {
            mounting.unlock();
        }
    }

    /** Ends a use; the last one unmounts the volume. */
    public void detach(String name, String user) {
        Optional<VolumeRow> row = volumes.find(name);
        if (row.isEmpty()) {
            return;
        }
        try {
            if (!row.get().local()) {
                if (uses(name, user)) {
                    plugins.unmount(row.get().driver(), name, user);
                    release(name, user);
                }
            } else if (!row.get().options().isEmpty()) {
                release(name, user);
            }
        } catch (IOException | Failure e) {
            LOG.warn("volume {} stays mounted", name, e);
        }
    }

    private void release(String name, String user) throws IOException {
        mounting.lock();
        try {
            Set<String> users = using.computeIfAbsent(name, _ -> new HashSet<>());
            users.remove(user);
            boolean live = volumes.users(name).stream()
                    .anyMatch(c -> !c.id().equals(user) && c.state().live());
            if (users.isEmpty() && !live) {
                using.remove(name);
                LocalMount.unmountAll(files.data(name));
            }
        } finally {
            mounting.unlock();
        }
    }

    /** Takes up who uses what after a restart, and unmounts what no running container uses: a kill may have left it so. */
    void tidy(Collection<Container> containers) {
        for (Container container : containers) {
            if (container.state().live()) {
                container.definition().mounts().stream()
                        .map(PlannedMount::point)
                        .filter(point -> point.type().equals("volume"))
                        .forEach(point -> use(point.name(), container.id()));
            }
        }
        for (VolumeRow row : volumes.all()) {
            if (row.local() && !row.options().isEmpty()) {
                detach(row.name(), "");
            }
        }
    }
}
