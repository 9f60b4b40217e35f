package dev.priok.engine.lifecycle;

import dev.priok.core.Failure;
import dev.priok.core.ObjectId;
import dev.priok.engine.spec.Cause;
import dev.priok.engine.spec.PlannedMount;
import dev.priok.engine.spec.VolumeSource;
import dev.priok.engine.state.VolumeRow;
import dev.priok.linux.DescriptorCalls;
import dev.priok.linux.Fd;
import dev.priok.linux.FileCalls;
import dev.priok.linux.OpenFlag;
import dev.priok.linux.SyscallException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Local volumes: a row in the database and a folder each. */
public final class VolumeStore implements VolumeSource {
    private static final Logger LOG = LoggerFactory.getLogger(VolumeStore.class);
    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.-]+");

    /** Folders of removed volumes are called so until they are gone; no volume can have such a name. */
    private static final String REMOVING = ".removing-";

    /** What is to take the place of a volume's content is called so until it does. */
    private static final String FRESH = ".restored-";

    private static final String DATA = "_data";

    /** The unit of statx(2). */
    private static final long BYTES_OF_A_BLOCK = 512;

    private final Machine machine;
    private final Registry registry;
    private final Path folder;
    private final Map<String, VolumeRow> volumes = new ConcurrentHashMap<>();
    /** One make or remove at a time: each is a row and a folder. */
    private final ReentrantLock changes = new ReentrantLock();
    /** How many containers that are being made have taken a volume; guarded by {@link #changes}. */
    private final Map<String, Integer> claimed = new HashMap<>();

    /** Who uses a volume that is mounted for it; guarded by {@link #mounting}. A network may make that slow. */
    private final Map<String, Set<String>> using = new HashMap<>();

    private final ReentrantLock mounting = new ReentrantLock();
    /** Volumes that nobody may begin to use for the moment; guarded by {@link #mounting}. */
    private final Set<String> frozen = new HashSet<>();

    private final Condition thawed = mounting.newCondition();
    /** How often each volume was taken into use: what is in it may have changed since. */
    private final Map<String, Long> uses = new ConcurrentHashMap<>();

    private final VolumePlugins plugins;

    VolumeStore(Machine machine, Registry registry) {
        this.machine = machine;
        this.registry = registry;
        this.plugins = new VolumePlugins(machine.background());
        this.folder = machine.config().dataRoot().resolve("volumes");
        machine.store().volumes().forEach(row -> volumes.put(row.name(), row));
        sweep();
    }

    /** Folders without a row are what a kill left of a removal, or of a volume that never came to be. */
    private void sweep() {
        for (Path child : Remover.children(folder)) {
            if (!volumes.containsKey(child.getFileName().toString())) {
                sweep(child);
            } else {
                Remover.children(child).stream()
                        .filter(part -> part.getFileName().toString().startsWith(FRESH))
                        .forEach(VolumeStore::sweep);
            }
        }
    }

    private static void sweep(Path leftover) {
        try {
            LocalMount.unmountAll(leftover);
            Folders.delete(leftover);
        } catch (IOException e) {
            LOG.warn("{} belongs to no volume and cannot be removed", leftover, e);
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
        return folder.resolve(name).resolve(DATA);
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
                makeFiles(chosen, options);
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

    private void makeFiles(String name, Map<String, String> options) throws IOException {
        Path data = data(name);
        if (BoundedVolume.isAskedFor(options)) {
            BoundedVolume bounded = BoundedVolume.of(name, options);
            Files.createDirectories(data);
            bounded.make(BoundedVolume.file(folder.resolve(name)), machine.now());
            return;
        }
        if (!options.isEmpty()) {
            LocalMount.of(name, options);
        }
        Files.createDirectories(data);
    }

    private Volume volume(VolumeRow row, boolean fresh) {
        return new Volume(row.name(), row.local() ? data(row.name()).toString() : "", row.driver(), fresh);
    }

    /**
     * Makes a volume usable for somebody, until {@link #detach}; mounts it if it has to be.
     *
     * @param user who uses it, such as a container's id
     * @return where it is on the host
     */
    public String attach(String name, String user) {
        VolumeRow row = find(name).orElseThrow(() -> notFound(name));
        awaitThaw(name);
        uses.merge(name, 1L, Long::sum);
        if (!row.local()) {
            String at = plugins.mount(row.driver(), name, user);
            use(name, user);
            return at;
        }
        Path data = data(name);
        if (row.options().isEmpty()) {
            return data.toString();
        }
        mounting.lock();
        try {
            if (!LocalMount.mounted(data, false)) {
                mount(row, data);
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
    public long uses(String name) {
        return uses.getOrDefault(name, 0L);
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

    /** The space that a volume of bounded size takes; empty for others. */
    public OptionalLong boundedBytes(VolumeRow row) {
        if (!row.local() || !BoundedVolume.isAskedFor(row.options())) {
            return OptionalLong.empty();
        }
        Path file = BoundedVolume.file(folder.resolve(row.name()));
        try (Fd fd = FileCalls.host().open(file.toString(), OpenFlag.PATH | OpenFlag.NOFOLLOW)) {
            return OptionalLong.of(FileCalls.host().stat(fd).blocks() * BYTES_OF_A_BLOCK);
        } catch (SyscallException e) {
            throw Failure.internal(e, "measuring volume %s", row.name());
        }
    }

    /** Fills an empty folder. */
    @FunctionalInterface
    interface Content {
        void fill(Fd folder) throws IOException;
    }

    /**
     * Puts other content in the place of a volume's: all of it or nothing, and whoever is killed in between leaves the old one.
     *
     * @throws Failure of kind CONFLICT while a container runs with it
     */
    void replace(String name, Content content) throws IOException {
        VolumeRow row = find(name).orElseThrow(() -> notFound(name));
        boolean bounded = BoundedVolume.isAskedFor(row.options());
        if (!row.local() || !(bounded || row.options().isEmpty())) {
            throw Failure.invalid(
                    "volume %s is a mount of something else, which cannot be replaced: restore into another volume",
                    name);
        }
        try (Claims _ = hold(name);
                Thaw _ = freeze(name)) {
            List<Container> live = liveUsers(name);
            if (!live.isEmpty()) {
                throw Failure.conflict(
                        "restore %s: volume is in use by running containers - [%s]: stop them first",
                        name, String.join(", ", live.stream().map(Container::id).toList()));
            }
            uses.merge(name, 1L, Long::sum);
            Path home = folder.resolve(name);
            Path place = home.resolve(
                    FRESH + ObjectId.random(machine.parts().random()).hex());
            Path file = place.resolveSibling(place.getFileName() + ".ext4");
            Files.createDirectories(place);
            try {
                if (bounded) {
                    BoundedVolume.of(name, row.options()).make(file, machine.now());
                    BoundedVolume.mount(file, place);
                }
                fill(place, content);
                swap(home, place, file, bounded);
            } finally {
                LocalMount.unmountAll(place);
                Folders.delete(place);
                Files.deleteIfExists(file);
            }
        }
    }

    private static void fill(Path place, Content content) throws IOException {
        try (Fd fd = FileCalls.host().open(place.toString(), OpenFlag.RDONLY | OpenFlag.DIRECTORY)) {
            content.fill(fd);
            DescriptorCalls.host().syncFileSystem(fd);
        }
    }

    private static void swap(Path home, Path place, Path file, boolean bounded) throws IOException {
        try (Fd fd = FileCalls.host().open(home.toString(), OpenFlag.RDONLY | OpenFlag.DIRECTORY)) {
            if (bounded) {
                LocalMount.unmountAll(place);
                Files.move(file, BoundedVolume.file(home), StandardCopyOption.ATOMIC_MOVE);
            } else {
                FileCalls.host().exchange(fd, place.getFileName().toString(), fd, DATA);
            }
            DescriptorCalls.host().sync(fd);
        }
    }

    private void mount(VolumeRow row, Path data) throws IOException {
        if (BoundedVolume.isAskedFor(row.options())) {
            BoundedVolume.mount(BoundedVolume.file(folder.resolve(row.name())), data);
        } else {
            LocalMount.of(row.name(), row.options()).mount(data);
        }
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
        Optional<VolumeRow> row = find(name);
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
            boolean live = users(name).stream()
                    .anyMatch(c -> !c.id().equals(user) && c.state().live());
            if (users.isEmpty() && !live) {
                using.remove(name);
                LocalMount.unmountAll(data(name));
            }
        } finally {
            mounting.unlock();
        }
    }

    /** Takes up who uses what after a restart, and unmounts what no running container uses: a kill may have left it so. */
    void tidy() {
        for (Container container : registry.all()) {
            if (container.state().live()) {
                container.definition().mounts().stream()
                        .map(PlannedMount::point)
                        .filter(point -> point.type().equals("volume"))
                        .forEach(point -> use(point.name(), container.id()));
            }
        }
        for (VolumeRow row : volumes.values()) {
            if (row.local() && !row.options().isEmpty()) {
                detach(row.name(), "");
            }
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
        return row.local() ? data(row.name()).toString() : plugins.path(row.driver(), row.name());
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
                LocalMount.unmountAll(folder.resolve(name));
            } else {
                removeAtPlugin(row, force);
            }
            machine.store().deleteVolume(name);
            volumes.remove(name);
            leftover = row.local() ? setAside(name) : null;
            machine.publish("volume", "destroy", name, Map.of("driver", row.driver()));
        } catch (IOException e) {
            throw Failure.internal(e, "remove %s: %s", name, Cause.text(e));
        } finally {
            changes.unlock();
        }
        if (leftover != null) {
            delete(leftover, name);
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
