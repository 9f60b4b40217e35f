package dev.priok.engine.lifecycle;

import dev.priok.core.Failure;
import dev.priok.core.ObjectId;
import dev.priok.engine.VolumeCopies.Snapshot;
import dev.priok.engine.spec.Cause;
import dev.priok.engine.state.StateJson;
import dev.priok.engine.state.VolumeRow;
import dev.priok.linux.DescriptorCalls;
import dev.priok.linux.Fd;
import dev.priok.linux.FileCalls;
import dev.priok.linux.OpenFlag;
import dev.priok.volume.TreeCopy;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Snapshots of volumes: a folder each, which appears under its name when it is whole and on disk. */
public final class VolumeSnapshots {
    private static final Logger LOG = LoggerFactory.getLogger(VolumeSnapshots.class);
    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.-]{0,127}");
    private static final DateTimeFormatter BY_TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss.SSS'Z'").withZone(ZoneOffset.UTC);
    private static final String UNFINISHED = ".unfinished-";
    private static final String TREE = "tree";
    private static final String ABOUT = "snapshot.json";
    private static final int FOLDER = OpenFlag.RDONLY | OpenFlag.DIRECTORY;

    private final Machine machine;
    private final VolumeStore volumes;
    private final Signalling signalling;
    private final Path root;

    VolumeSnapshots(Machine machine, VolumeStore volumes, Signalling signalling) {
        this.machine = machine;
        this.volumes = volumes;
        this.signalling = signalling;
        this.root = machine.config().dataRoot().resolve("volume-snapshots");
        for (Path volume : Remover.children(root)) {
            Remover.children(volume).stream()
                    .filter(child -> child.getFileName().toString().startsWith(UNFINISHED))
                    .forEach(VolumeSnapshots::discard);
        }
    }

    /** What is done with files. */
    @FunctionalInterface
    public interface Use<T> {
        T with(Fd tree) throws IOException;
    }

    /** Snapshots of a volume, or of all with an empty name; oldest first. */
    public List<Snapshot> list(String volume) {
        List<Snapshot> all = new ArrayList<>();
        for (Path folder : Remover.children(root)) {
            if (volume.isEmpty() || folder.getFileName().toString().equals(volume)) {
                for (Path child : Remover.children(folder)) {
                    about(child).ifPresent(all::add);
                }
            }
        }
        all.sort(Comparator.comparing(Snapshot::created).thenComparing(Snapshot::name));
        return all;
    }

    private static Optional<Snapshot> about(Path folder) {
        Path file = folder.resolve(ABOUT);
        if (folder.getFileName().toString().startsWith(".") || !Files.exists(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(StateJson.read(Files.readString(file), Snapshot.class));
        } catch (IOException e) {
            LOG.warn("snapshot {} cannot be read", folder, e);
            return Optional.empty();
        }
    }

    private Path folder(String volume, String name) {
        if (!NAME.matcher(volume).matches() || !NAME.matcher(name).matches()) {
            throw Failure.invalid(
                    "invalid snapshot \"%s@%s\": only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed, at most 128",
                    volume, name);
        }
        return root.resolve(volume).resolve(name);
    }

    private Snapshot find(String volume, String name) {
        return about(folder(volume, name)).orElseThrow(() -> Failure.notFound("no such snapshot: %s@%s", volume, name));
    }

    /** Takes one; with an empty name it is named by the time. */
    public Snapshot take(String volume, String name) {
        String chosen = name.isEmpty() ? BY_TIME.format(machine.now()) : name;
        Path folder = folder(volume, chosen);
        if (Files.exists(folder)) {
            throw Failure.conflict("snapshot %s@%s exists already: remove it, or choose another name", volume, chosen);
        }
        List<Snapshot> before = list(volume);
        Optional<Path> earlier = before.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        root.resolve(volume).resolve(before.getLast().name()).resolve(TREE));
        Path place = unfinished(volume);
        try {
            TreeCopy.Counts counts = capture(volume, place, earlier);
            Snapshot made =
                    new Snapshot(volume, chosen, machine.now(), counts.files(), counts.bytes(), counts.copiedBytes());
            finish(place, made, folder);
            machine.publish("volume", "snapshot", volume, Map.of("snapshot", chosen));
            return made;
        } catch (IOException e) {
            throw Failure.internal(e, "snapshot %s@%s: %s", volume, chosen, Cause.text(e));
        } finally {
            discard(place);
        }
    }

    private static void finish(Path place, Snapshot made, Path folder) throws IOException {
        FileCalls files = FileCalls.host();
        DescriptorCalls calls = DescriptorCalls.host();
        int flags = OpenFlag.RDWR | OpenFlag.CREAT | OpenFlag.EXCL;
        try (Fd about = files.open(place.resolve(ABOUT).toString(), flags, 0600)) {
            calls.writeAll(about, StateJson.write(made).getBytes(StandardCharsets.UTF_8));
            calls.syncFileSystem(about);
        }
        Files.move(place, folder, StandardCopyOption.ATOMIC_MOVE);
        try (Fd parent = files.open(folder.resolveSibling(".").toString(), FOLDER)) {
            calls.sync(parent);
        }
    }

    private Path unfinished(String volume) {
        if (volumes.find(volume).isEmpty()) {
            throw VolumeStore.notFound(volume);
        }
        Path place = root.resolve(volume)
                .resolve(UNFINISHED + ObjectId.random(machine.parts().random()).hex());
        try {
            return Files.createDirectories(place);
        } catch (IOException e) {
            throw Failure.internal(e, "snapshot of %s: %s", volume, Cause.text(e));
        }
    }

    /**
     * Copies a volume as it is at one instant into {@code place}, below the name {@link #TREE}. The first copy is made while containers
     * write. Then they are paused, and a second one takes from the first what is still the same: the pause lasts as long as copying the
     * changes of that time.
     */
    private TreeCopy.Counts capture(String volume, Path place, Optional<Path> earlier) throws IOException {
        VolumeRow row = volumes.find(volume).orElseThrow(() -> VolumeStore.notFound(volume));
        // Times of files that another host changes, or a driver's, are by another clock.
        boolean remember = row.local() && (row.options().isEmpty() || BoundedVolume.isAskedFor(row.options()));
        String user = "snapshot-" + place.getFileName();
        try (VolumeStore.Claims _ = volumes.hold(volume)) {
            Path data = Path.of(volumes.uses().attach(volume, user));
            try {
                Path live = Files.createDirectory(place.resolve("live"));
                long uses = volumes.uses().number(volume);
                boolean quiet = volumes.liveUsers(volume).isEmpty();
                TreeCopy.Counts first = copy(data, live, earlier, remember);
                try (VolumeUses.Thaw _ = volumes.uses().freeze(volume)) {
                    List<Container> users = volumes.liveUsers(volume);
                    if (quiet && users.isEmpty() && volumes.uses().number(volume) == uses) {
                        Files.move(live, place.resolve(TREE));
                        return first;
                    }
                    Path tree = Files.createDirectory(place.resolve(TREE));
                    TreeCopy.Counts second = paused(users, () -> copy(data, tree, Optional.of(live), remember));
                    Folders.delete(live);
                    return new TreeCopy.Counts(
                            second.files(), second.bytes(), first.copiedBytes() + second.copiedBytes());
                }
            } finally {
                volumes.uses().detach(volume, user);
            }
        }
    }

    private interface Copying {
        TreeCopy.Counts run() throws IOException;
    }

    private TreeCopy.Counts paused(List<Container> users, Copying copying) throws IOException {
        List<Container> paused = new ArrayList<>();
        try {
            for (Container container : users) {
                if (signalling.pauseForCommit(container)) {
                    paused.add(container);
                }
            }
            return copying.run();
        } finally {
            paused.forEach(signalling::resumeAfterCommit);
        }
    }

    private TreeCopy.Counts copy(Path from, Path to, Optional<Path> earlier, boolean remember) throws IOException {
        FileCalls files = FileCalls.host();
        try (Fd source = files.open(from.toString(), FOLDER);
                Fd target = files.open(to.toString(), FOLDER)) {
            if (earlier.isEmpty()) {
                return TreeCopy.copy(source, target, Optional.empty(), remember, machine.now());
            }
            try (Fd before = files.open(earlier.get().toString(), FOLDER)) {
                return TreeCopy.copy(source, target, Optional.of(before), remember, machine.now());
            }
        }
    }

    public void remove(String volume, String name) {
        Snapshot snapshot = find(volume, name);
        Path aside = root.resolve(volume)
                .resolve(UNFINISHED + ObjectId.random(machine.parts().random()).hex());
        try {
            Files.move(folder(volume, snapshot.name()), aside, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw Failure.internal(e, "removing snapshot %s@%s: %s", volume, name, Cause.text(e));
        }
        discard(aside);
    }

    private static void discard(Path folder) {
        try {
            Folders.delete(folder);
        } catch (IOException e) {
            LOG.warn("{} stays behind until the next start", folder, e);
        }
    }

    /** The files of a snapshot; with an empty name, of one that is taken now and gone afterwards. */
    public <T> T open(String volume, String name, Use<T> use) throws IOException {
        if (!name.isEmpty()) {
            find(volume, name);
            return with(folder(volume, name).resolve(TREE), use);
        }
        Path place = unfinished(volume);
        try {
            capture(volume, place, Optional.empty());
            return with(place.resolve(TREE), use);
        } finally {
            discard(place);
        }
    }

    private static <T> T with(Path folder, Use<T> use) throws IOException {
        try (Fd tree = FileCalls.host().open(folder.toString(), FOLDER)) {
            return use.with(tree);
        }
    }

    /** Puts files in the place of what a volume has. */
    public void restore(String volume, Use<?> fill) throws IOException {
        volumes.replace(volume, fill::with);
        machine.publish("volume", "restore", volume, Map.of());
    }

    /** Copies an open tree into an empty folder. */
    public void spread(Fd tree, Fd folder) throws IOException {
        TreeCopy.copy(tree, folder, Optional.empty(), false, machine.now());
    }
}
