package dev.priok.engine.lifecycle;

import dev.priok.core.Failure;
import dev.priok.core.ObjectId;
import dev.priok.engine.spec.Cause;
import dev.priok.engine.spec.PlannedMount;
import dev.priok.engine.spec.VolumeSource;
import dev.priok.engine.state.VolumeRow;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Local volumes: a row in the database and a folder each. */
public final class VolumeStore implements VolumeSource {
    private static final Logger LOG = LoggerFactory.getLogger(VolumeStore.class);
    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.-]+");

    private final Machine machine;
    private final Registry registry;
    private final Map<String, VolumeRow> volumes = new ConcurrentHashMap<>();
    /** One make or remove at a time: each is a row and a folder. */
    private final ReentrantLock changes = new ReentrantLock();
    /** How many containers that are being made have taken a volume; guarded by {@link #changes}. */
    private final Map<String, Integer> claimed = new HashMap<>();

    private final VolumeFiles files;
    private final VolumePlugins plugins;
    private final VolumeUses uses;

    VolumeStore(Machine machine, Registry registry) {
        this.machine = machine;
        this.registry = registry;
        this.plugins = new VolumePlugins(machine.background());
        this.files = new VolumeFiles(machine);
        this.uses = new VolumeUses(this, files, plugins);
        machine.store().volumes().forEach(row -> volumes.put(row.name(), row));
        files.sweep(volumes.keySet());
    }

    /** Their files on the host. */
    public VolumeFiles files() {
        return files;
    }

    /** Who uses them. */
    public VolumeUses uses() {
        return uses;
    }

    public Collection<VolumeRow> all() {
        return volumes.values();
    }

    public Optional<VolumeRow> find(String name) {
        return Optional.ofNullable(volumes.get(name));
    }

    /** Containers whose mounts name the volume. */
    public List<Container> users(String name) {
        return registry.all().stream()
                .filter(c -> c.definition().mounts().stream()
                        .map(PlannedMount::point)
                        .anyMatch(p -> p.type().equals("volume") && p.name().equals(name)))
                .toList();
    }

    @Override
    public Volume take(String name, String driver, Map<String, String> options, Map<String, String> labels) {
        String kind = driver.isEmpty() ? VolumeRow.LOCAL : driver;
        boolean local = kind.equals(VolumeRow.LOCAL);
        if (!name.isEmpty() && !NAME.matcher(name).matches()) {
            throw Failure.invalid(
                    "create %s: \"%s\" includes invalid characters for a local volume name, only"
                            + " \"[a-zA-Z0-9][a-zA-Z0-9_.-]\" are allowed. If you intended to pass a host directory, use"
                            + " absolute path",
                    name, name);
        }
        changes.lock();
        try {
            VolumeRow existing = volumes.get(name);
            if (existing != null) {
                if (!driver.isEmpty() && !existing.driver().equals(kind)) {
                    throw Failure.conflict(
                            "create %s: volume name must be unique: it exists with the driver %s",
                            name, existing.driver());
                }
                return volume(existing, false);
            }
            boolean anonymous = name.isEmpty();
            String chosen =
                    anonymous ? ObjectId.random(machine.parts().random()).hex() : name;
            Map<String, String> own = new java.util.LinkedHashMap<>(labels);
            if (anonymous) {
                own.put("com.docker.volume.anonymous", "");
            }
            if (!local) {
                plugins.create(kind, chosen, options);
            } else {
                files.make(chosen, options);
            }
            VolumeRow row = new VolumeRow(chosen, machine.now(), own, options, anonymous, kind);
            machine.store().insertVolume(row);
            volumes.put(chosen, row);
            machine.publish("volume", "create", chosen, Map.of("driver", kind));
            return volume(row, true);
        } catch (IOException e) {
            throw Failure.internal(e, "create %s: %s", name, Cause.text(e));
        } finally {
            changes.unlock();
        }
    }

    private Volume volume(VolumeRow row, boolean fresh) {
        return new Volume(row.name(), row.local() ? files.data(row.name()).toString() : "", row.driver(), fresh);
    }

    /** Keeps a volume from being removed until the result is closed. */
    Claims hold(String name) {
        Claims claims = claims();
        changes.lock();
        try {
            if (!volumes.containsKey(name)) {
                throw notFound(name);
            }
            claims.claim(name);
            return claims;
        } finally {
            changes.unlock();
        }
    }

    /** Containers that live and have it mounted. */
    List<Container> liveUsers(String name) {
        return users(name).stream().filter(c -> c.state().live()).toList();
    }

    /** Whether a container lives that has it mounted. */
    public boolean isLive(String name) {
        return !liveUsers(name).isEmpty();
    }

    /**
     * Puts other content in the place of a volume's: all of it or nothing, and whoever is killed in between leaves the old one.
     *
     * @throws Failure of kind CONFLICT while a container runs with it
     */
    void replace(String name, VolumeFiles.Content content) throws IOException {
        VolumeRow row = find(name).orElseThrow(() -> notFound(name));
        if (!row.local()
                || !(BoundedVolume.isAskedFor(row.options()) || row.options().isEmpty())) {
            throw Failure.invalid(
                    "volume %s is a mount of something else, which cannot be replaced: restore into another volume",
                    name);
        }
        try (Claims _ = hold(name);
                VolumeUses.Thaw _ = uses.freeze(name)) {
            List<Container> live = liveUsers(name);
            if (!live.isEmpty()) {
                throw Failure.conflict(
                        "restore %s: volume is in use by running containers - [%s]: stop them first",
                        name, String.join(", ", live.stream().map(Container::id).toList()));
            }
            uses.count(name);
            files.replace(row, content);
        }
    }

    /** Keeps the volumes of a container that cannot be registered: they are in use all the same. */
    void keep(List<PlannedMount> mounts) {
        changes.lock();
        try {
            mounts.stream()
                    .map(PlannedMount::point)
                    .filter(point -> point.type().equals("volume"))
                    .forEach(point -> claimed.merge(point.name(), 1, Integer::sum));
        } finally {
            changes.unlock();
        }
    }

    /** Whether a container uses it, or one that is being made will. */
    public boolean used(String name) {
        changes.lock();
        try {
            return claimed.containsKey(name) || !users(name).isEmpty();
        } finally {
            changes.unlock();
        }
    }

    /** Where a volume is on the host, as far as its driver tells. */
    public String mountpoint(VolumeRow row) {
        return row.local() ? files.data(row.name()).toString() : plugins.path(row.driver(), row.name());
    }

    /** Begins the claims of one container that is about to be made. */
    Claims claims() {
        return new Claims();
    }

    /**
     * Volumes that a container takes before it is registered: until the claims are closed nobody can remove them. For one
     * thread.
     */
    final class Claims implements VolumeSource, AutoCloseable {
        private final List<String> names = new ArrayList<>();
        private final List<String> fresh = new ArrayList<>();

        @Override
        public Volume take(String name, String driver, Map<String, String> options, Map<String, String> labels) {
            changes.lock();
            try {
                Volume volume = VolumeStore.this.take(name, driver, options, labels);
                claim(volume.name());
                if (volume.fresh()) {
                    fresh.add(volume.name());
                }
                return volume;
            } finally {
                changes.unlock();
            }
        }

        /** Claims what another container has mounted. */
        List<PlannedMount> share(List<PlannedMount> mounts) {
            changes.lock();
            try {
                for (PlannedMount mount : mounts) {
                    if (mount.point().type().equals("volume")) {
                        String name = mount.point().name();
                        if (!volumes.containsKey(name)) {
                            throw notFound(name);
                        }
                        claim(name);
                    }
                }
                return mounts;
            } finally {
                changes.unlock();
            }
        }

        private void claim(String name) {
            claimed.merge(name, 1, Integer::sum);
            names.add(name);
        }

        /** Ends the claims, and removes the volumes that were made for them. */
        void undo() {
            close();
            for (String name : fresh) {
                try {
                    remove(name, true);
                } catch (RuntimeException e) {
                    LOG.warn("volume {} of a container that never came to be stays behind", name, e);
                }
            }
        }

        @Override
        public void close() {
            changes.lock();
            try {
                names.forEach(name -> claimed.computeIfPresent(name, (_, count) -> count == 1 ? null : count - 1));
                names.clear();
            } finally {
                changes.unlock();
            }
        }
    }

    /** Removes a volume that no container uses. */
    public void remove(String name, boolean force) {
        @Nullable Path leftover;
        changes.lock();
        try {
            if (volumes.get(name) == null) {
                if (force) {
                    return;
                }
                throw notFound(name);
            }
            List<Container> users = users(name);
            if (!users.isEmpty()) {
                throw Failure.conflict(
                        "remove %s: volume is in use - [%s]",
                        name,
                        String.join(", ", users.stream().map(Container::id).toList()));
            }
            if (claimed.containsKey(name)) {
                throw Failure.conflict("remove %s: volume is in use - [a container that is being created]", name);
            }
            VolumeRow row = Objects.requireNonNull(volumes.get(name));
            if (row.local()) {
                // What is mounted there belongs to somebody else and is not to be deleted with the folder.
                LocalMount.unmountAll(files.home(name));
            } else {
                removeAtPlugin(row, force);
            }
            machine.store().deleteVolume(name);
            volumes.remove(name);
            leftover = row.local() ? files.setAside(name) : null;
            machine.publish("volume", "destroy", name, Map.of("driver", row.driver()));
        } catch (IOException e) {
            throw Failure.internal(e, "remove %s: %s", name, Cause.text(e));
        } finally {
            changes.unlock();
        }
        if (leftover != null) {
            VolumeFiles.delete(leftover, name);
        }
    }

    private void removeAtPlugin(VolumeRow row, boolean force) {
        try {
            plugins.remove(row.driver(), row.name());
        } catch (Failure e) {
            if (!force) {
                throw e;
            }
            LOG.warn("volume {} is forgotten, though its driver refuses to remove it", row.name(), e);
        }
    }

    public static Failure notFound(String name) {
        return Failure.notFound("get %s: no such volume", name);
    }
}
