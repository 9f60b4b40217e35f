package dev.priok.engine.lifecycle;

import dev.priok.core.Failure;
import dev.priok.core.ObjectId;
import dev.priok.engine.spec.Cause;
import dev.priok.engine.spec.PlannedMount;
import dev.priok.engine.spec.VolumeSource;
import dev.priok.engine.state.VolumeRow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Local volumes: a row in the database and a folder each. */
public final class VolumeStore implements VolumeSource {
    private static final Logger LOG = LoggerFactory.getLogger(VolumeStore.class);
    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.-]+");

    /** Folders of removed volumes are called so until they are gone; no volume can have such a name. */
    private static final String REMOVING = ".removing-";

    private final Machine machine;
    private final Registry registry;
    private final Path folder;
    private final Map<String, VolumeRow> volumes = new ConcurrentHashMap<>();
    /** One make or remove at a time: each is a row and a folder. */
    private final ReentrantLock changes = new ReentrantLock();
    /** How many containers that are being made have taken a volume; guarded by {@link #changes}. */
    private final Map<String, Integer> claimed = new HashMap<>();

    VolumeStore(Machine machine, Registry registry) {
        this.machine = machine;
        this.registry = registry;
        this.folder = machine.config().dataRoot().resolve("volumes");
        machine.store().volumes().forEach(row -> volumes.put(row.name(), row));
        sweep();
    }

    /** Folders without a row are what a kill left of a removal, or of a volume that never came to be. */
    private void sweep() {
        for (Path child : Remover.children(folder)) {
            if (!volumes.containsKey(child.getFileName().toString())) {
                try {
                    Folders.delete(child);
                } catch (IOException e) {
                    LOG.warn("{} belongs to no volume and cannot be removed", child, e);
                }
            }
        }
    }

    public Collection<VolumeRow> all() {
        return volumes.values();
    }

    public Optional<VolumeRow> find(String name) {
        return Optional.ofNullable(volumes.get(name));
    }

    /** Where a volume's files are. */
    public Path data(String name) {
        return folder.resolve(name).resolve("_data");
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
        if (!driver.isEmpty() && !driver.equals("local")) {
            throw Failure.notFound("error looking up volume plugin %s: plugin \"%s\" not found", driver, driver);
        }
        if (!options.isEmpty()) {
            throw Failure.notImplemented(
                    "create %s: options of the local driver are not supported yet", name.isEmpty() ? "volume" : name);
        }
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
                return new Volume(name, data(name).toString(), false);
            }
            boolean anonymous = name.isEmpty();
            String chosen =
                    anonymous ? ObjectId.random(machine.parts().random()).hex() : name;
            Map<String, String> own = new java.util.LinkedHashMap<>(labels);
            if (anonymous) {
                own.put("com.docker.volume.anonymous", "");
            }
            Files.createDirectories(data(chosen));
            VolumeRow row = new VolumeRow(chosen, machine.now(), own, options, anonymous);
            machine.store().insertVolume(row);
            volumes.put(chosen, row);
            machine.publish("volume", "create", chosen, Map.of("driver", "local"));
            return new Volume(chosen, data(chosen).toString(), true);
        } catch (IOException e) {
            throw Failure.internal(e, "create %s: %s", name, Cause.text(e));
        } finally {
            changes.unlock();
        }
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
        Path leftover;
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
            machine.store().deleteVolume(name);
            volumes.remove(name);
            leftover = setAside(name);
            machine.publish("volume", "destroy", name, Map.of("driver", "local"));
        } finally {
            changes.unlock();
        }
        delete(leftover, name);
    }

    /** Frees the name for the next volume, whose files the slow deletion must not touch. */
    private Path setAside(String name) {
        Path files = folder.resolve(name);
        Path aside = folder.resolve(
                REMOVING + ObjectId.random(machine.parts().random()).hex());
        try {
            Files.move(files, aside);
        } catch (NoSuchFileException _) {
            LOG.debug("the removed volume {} had no files", name);
        } catch (IOException e) {
            LOG.warn("the folder of the removed volume {} cannot be renamed and is deleted in place", name, e);
            delete(files, name);
        }
        return aside;
    }

    private static void delete(Path files, String name) {
        try {
            Folders.delete(files);
        } catch (IOException e) {
            LOG.warn("files of the removed volume {} stay behind", name, e);
        }
    }

    public static Failure notFound(String name) {
        return Failure.notFound("get %s: no such volume", name);
    }
}
