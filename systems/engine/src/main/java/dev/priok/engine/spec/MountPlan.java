package dev.priok.engine.spec;

import dev.priok.core.Failure;
import dev.priok.engine.ContainerSpec;
import dev.priok.engine.ContainerView.MountPoint;
import dev.priok.engine.StorageSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Turns binds, mounts, volumes and tmpfs of a request into one list of mounts, as Docker's create does. */
public final class MountPlan {
    private final VolumeSource volumes;
    private final Function<String, List<PlannedMount>> mountsOf;
    private final boolean flatReadOnly;
    private final Path daemonRoot;
    private final Map<String, PlannedMount> byTarget = new LinkedHashMap<>();
    private final List<CopyUp> copies = new ArrayList<>();

    /** A fresh or empty volume, or part of one, that gets what the image has at {@code target}. */
    public record CopyUp(String volume, String volumePath, String subpath, String target) {
        /** The same for a volume that is somewhere else now. */
        public CopyUp at(String path) {
            return new CopyUp(volume, path, subpath, target);
        }
    }

    private MountPlan(
            VolumeSource volumes,
            Function<String, List<PlannedMount>> mountsOf,
            Path daemonRoot,
            boolean flatReadOnly) {
        this.flatReadOnly = flatReadOnly;
        this.volumes = volumes;
        this.mountsOf = mountsOf;
        this.daemonRoot = daemonRoot;
    }

    /**
     * Plans.
     *
     * @param mountsOf the mounts of a container that {@code volumesFrom} names
     * @param daemonRoot the engine's own files: mounts in them must not be kept alive by a container
     */
    public static MountPlan of(
            ContainerSpec spec, VolumeSource volumes, Function<String, List<PlannedMount>> mountsOf, Path daemonRoot) {
        StorageSpec storage = spec.storage();
        MountPlan plan = new MountPlan(volumes, mountsOf, daemonRoot, storage.flatReadOnly());
        storage.volumesFrom().forEach(plan::from);
        Map<String, String> own = new LinkedHashMap<>();
        for (String bind : storage.binds()) {
            BindText parsed = BindText.parse(bind);
            duplicate(own, parsed.target());
            plan.bind(parsed, storage.volumeDriver());
        }
        for (StorageSpec.Mount mount : storage.mounts()) {
            duplicate(own, mount.target().startsWith("/") ? BindText.clean(mount.target()) : mount.target());
            plan.mount(mount);
        }
        storage.tmpfs().forEach((target, options) -> {
            String clean = BindText.target(target, target);
            duplicate(own, clean);
            plan.tmpfs(clean, options);
        });
        for (String target : storage.volumes()) {
            String clean = BindText.target(target, target);
            if (!plan.byTarget.containsKey(clean)) {
                plan.volume("", storage.volumeDriver(), Map.of(), Map.of(), clean, "", false, false, "");
            }
        }
        return plan;
    }

    /** Shallow targets first, so that deeper ones land on top. */
    public List<PlannedMount> mounts() {
        return byTarget.values().stream()
                .sorted(Comparator.comparingInt((PlannedMount m) -> m.target().split("/").length)
                        .thenComparing(PlannedMount::target))
                .toList();
    }

    public List<CopyUp> copies() {
        return List.copyOf(copies);
    }

    private static void duplicate(Map<String, String> seen, String target) {
        if (seen.put(target, target) != null) {
            throw Failure.invalid("Duplicate mount point: %s", target);
        }
    }

    private void from(String text) {
        int colon = text.indexOf(':');
        String container = colon < 0 ? text : text.substring(0, colon);
        String mode = colon < 0 ? "rw" : text.substring(colon + 1);
        if (container.isEmpty()) {
            throw Failure.invalid("invalid volumes-from specification: %s", text);
        }
        for (String word : mode.split(",", -1)) {
            if (!java.util.Set.of("ro", "rw", "z", "Z").contains(word)) {
                throw Failure.invalid("invalid mode: %s", mode);
            }
        }
        boolean readOnly = mode.contains("ro");
        for (PlannedMount mount : mountsOf.apply(container)) {
            MountPoint p = mount.point();
            if (p.type().equals("tmpfs")) {
                continue;
            }
            byTarget.put(
                    p.destination(),
                    new PlannedMount(
                            new MountPoint(
                                    p.type(),
                                    p.name(),
                                    p.source(),
                                    p.destination(),
                                    p.driver(),
                                    p.mode(),
                                    p.writable() && !readOnly,
                                    p.propagation()),
                            mount.options(),
                            mount.recursiveReadOnly(),
                            mount.required(),
                            false,
                            mount.subpath()));
        }
    }

    private void bind(BindText bind, String driver) {
        if (!bind.isBind()) {
            volume(
                    bind.source(),
                    driver,
                    Map.of(),
                    Map.of(),
                    bind.target(),
                    bind.mode(),
                    bind.readOnly(),
                    bind.noCopy(),
                    "");
            return;
        }
        Path source = Path.of(bind.source());
        if (!Files.exists(source)) {
            try {
                Files.createDirectories(source);
            } catch (IOException e) {
                throw Failure.internal(e, "error while creating mount source path '%s': %s", source, Cause.text(e));
            }
        }
        host(bind.source(), bind.target(), bind.mode(), bind.readOnly(), bind.propagation(), false, false, false);
    }

    private void host(
            String source,
            String target,
            String mode,
            boolean readOnly,
            String propagation,
            boolean nonRecursive,
            boolean plainReadOnly,
            boolean forced) {
        byTarget.put(
                target,
                new PlannedMount(
                        new MountPoint(
                                "bind", "", source, target, "", mode, !readOnly, propagation(source, propagation)),
                        List.of(nonRecursive ? "bind" : "rbind"),
                        !nonRecursive && !plainReadOnly && (forced || !flatReadOnly),
                        forced,
                        false));
    }

    /** A private copy of the engine's own mounts would keep them busy for ever (moby {@code daemon/volumes_linux.go}). */
    private String propagation(String source, String asked) {
        Path path = Path.of(source).normalize();
        if (!path.startsWith(daemonRoot) && !daemonRoot.startsWith(path)) {
            return asked.isEmpty() ? "rprivate" : asked;
        }
        if (!java.util.Set.of("", "rslave", "rshared").contains(asked)) {
            throw Failure.invalid(
                    "invalid mount config: must use either propagation mode \"rslave\" or \"rshared\" when mount source is"
                            + " within the daemon root, daemon root: \"%s\", bind mount source: \"%s\", propagation: \"%s\"",
                    daemonRoot, source, asked);
        }
        return asked.isEmpty() ? "rslave" : asked;
    }

    private void volume(
            String name,
            String driver,
            Map<String, String> options,
            Map<String, String> labels,
            String target,
            String mode,
            boolean readOnly,
            boolean noCopy,
            String subpath) {
        VolumeSource.Volume volume = volumes.take(name, driver, options, labels);
        if (subpath.startsWith("/") || List.of(subpath.split("/")).contains("..")) {
            throw Failure.invalid("subpath must be a relative path within the volume: %s", subpath);
        }
        if (!noCopy) {
            copies.add(new CopyUp(volume.name(), volume.path(), subpath, target));
        }
        byTarget.put(
                target,
                new PlannedMount(
                        new MountPoint(
                                "volume", volume.name(), volume.path(), target, volume.driver(), mode, !readOnly, ""),
                        List.of("rbind"),
                        true,
                        false,
                        name.isEmpty(),
                        subpath));
    }

    private void image(StorageSpec.Mount mount, String target) {
        String subpath = mount.imageSubpath();
        if (mount.source().isEmpty()) {
            throw invalid(mount, "field Source must not be empty");
        }
        if (subpath.startsWith("/") || List.of(subpath.split("/")).contains("..")) {
            // Docker's words, also for images.
            throw invalid(mount, "subpath must be a relative path within the volume: " + subpath);
        }
        byTarget.put(
                target,
                new PlannedMount(
                        new MountPoint("image", mount.source(), mount.source(), target, "", "", false, ""),
                        List.of("rbind"),
                        false,
                        false,
                        false,
                        subpath));
    }

    private void tmpfs(String target, String options) {
        List<String> all = new ArrayList<>(List.of("noexec", "nosuid", "nodev"));
        for (String option : options.isEmpty() ? new String[0] : options.split(",", -1)) {
            all.remove(opposite(option));
            all.add(option);
        }
        boolean readOnly = all.remove("ro");
        tmpfs(target, all, readOnly, options);
    }

    private static String opposite(String option) {
        return option.startsWith("no") ? option.substring(2) : "no" + option;
    }

    private void tmpfs(String target, List<String> options, boolean readOnly, String mode) {
        byTarget.put(
                target,
                new PlannedMount(
                        new MountPoint("tmpfs", "", "", target, "", mode, !readOnly, ""),
                        options,
                        false,
                        false,
                        false));
    }

    private void mount(StorageSpec.Mount mount) {
        if (mount.target().isEmpty()) {
            throw invalid(mount, "field Target must not be empty");
        }
        if (!mount.target().startsWith("/")) {
            throw invalid(mount, "invalid mount path: '%s' mount path must be absolute".formatted(mount.target()));
        }
        String target = BindText.clean(mount.target());
        if (target.equals("/")) {
            throw invalid(mount, "invalid specification: destination can't be '/'");
        }
        switch (mount.type()) {
            case "bind" -> bindMount(mount, target);
            case "volume" -> {
                StorageSpec.VolumeOptions options = mount.volume() == null
                        ? new StorageSpec.VolumeOptions(false, Map.of(), "", Map.of(), "")
                        : mount.volume();
                volume(
                        mount.source(),
                        options.driverName(),
                        options.driverOptions(),
                        options.labels(),
                        target,
                        // As Docker has it, with SELinux or without.
                        "z",
                        mount.readOnly(),
                        options.noCopy(),
                        options.subpath());
            }
            case "tmpfs" -> tmpfsMount(mount, target);
            case "image" -> image(mount, target);
            default -> throw invalid(mount, "mount type unknown");
        }
    }

    private void bindMount(StorageSpec.Mount mount, String target) {
        if (mount.source().isEmpty()) {
            throw invalid(mount, "field Source must not be empty");
        }
        if (!mount.source().startsWith("/")) {
            throw invalid(mount, "invalid mount path: '%s' mount path must be absolute".formatted(mount.source()));
        }
        StorageSpec.BindOptions options =
                mount.bind() == null ? new StorageSpec.BindOptions("", false, false, false, false) : mount.bind();
        Path source = Path.of(BindText.clean(mount.source()));
        if (!Files.exists(source)) {
            if (!options.createMountpoint()) {
                throw invalid(mount, "bind source path does not exist: " + mount.source());
            }
            try {
                Files.createDirectories(source);
            } catch (IOException e) {
                throw Failure.internal(e, "error while creating mount source path '%s': %s", source, Cause.text(e));
            }
        }
        host(
                source.toString(),
                target,
                "",
                mount.readOnly(),
                options.propagation(),
                options.nonRecursive(),
                options.readOnlyNonRecursive(),
                options.readOnlyForceRecursive());
    }

    private void tmpfsMount(StorageSpec.Mount mount, String target) {
        if (!mount.source().isEmpty()) {
            throw invalid(mount, "field Source must not be specified");
        }
        List<String> options = new ArrayList<>(List.of("noexec", "nosuid", "nodev"));
        if (mount.tmpfs() != null) {
            if (mount.tmpfs().sizeBytes() > 0) {
                options.add("size=" + mount.tmpfs().sizeBytes());
            }
            if (mount.tmpfs().mode() != 0) {
                options.add("mode=%o".formatted(mount.tmpfs().mode()));
            }
            for (List<String> option : mount.tmpfs().options()) {
                String text = String.join("=", option);
                options.remove(opposite(text));
                options.add(text);
            }
        }
        tmpfs(target, options, mount.readOnly(), "");
    }

    private static Failure invalid(StorageSpec.Mount mount, String why) {
        return Failure.invalid("invalid mount config for type \"%s\": %s", mount.type(), why);
    }
}
