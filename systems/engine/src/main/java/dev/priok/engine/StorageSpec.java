package dev.priok.engine;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is mounted into a container.
 *
 * @param volumes paths that get an anonymous volume unless something else is mounted there
 * @param binds {@code source:target[:mode]}; a source without a slash names a volume
 * @param mounts the structured form
 * @param tmpfs path to mount options
 * @param volumesFrom {@code container[:mode]} whose mounts are taken over
 * @param volumeDriver driver of volumes made for {@code binds}; empty for local
 * @param shmBytes size of /dev/shm; 0 for 64 MiB
 * @param options of the root file system, such as {@code size}
 * @param flatReadOnly whether a read-only bind leaves the mounts below it writable, unless it says otherwise: so it was before API 1.44
 */
public record StorageSpec(
        List<String> volumes,
        List<String> binds,
        List<Mount> mounts,
        Map<String, String> tmpfs,
        List<String> volumesFrom,
        String volumeDriver,
        long shmBytes,
        Map<String, String> options,
        boolean flatReadOnly) {
    /** Nothing beyond what every container has. */
    public static final StorageSpec NONE =
            new StorageSpec(List.of(), List.of(), List.of(), Map.of(), List.of(), "", 0, Map.of());

    /** Whose read-only binds reach the mounts below. */
    public StorageSpec(
            List<String> volumes,
            List<String> binds,
            List<Mount> mounts,
            Map<String, String> tmpfs,
            List<String> volumesFrom,
            String volumeDriver,
            long shmBytes,
            Map<String, String> options) {
        this(volumes, binds, mounts, tmpfs, volumesFrom, volumeDriver, shmBytes, options, false);
    }

    public StorageSpec {
        volumes = Copies.sorted(volumes);
        binds = Copies.list(binds);
        mounts = Copies.list(mounts);
        tmpfs = Copies.map(tmpfs);
        volumesFrom = Copies.list(volumesFrom);
        volumeDriver = Copies.text(volumeDriver);
        options = Copies.map(options);
    }

    /** With other paths for anonymous volumes. */
    public StorageSpec withVolumes(List<String> paths) {
        return new StorageSpec(paths, binds, mounts, tmpfs, volumesFrom, volumeDriver, shmBytes, options, flatReadOnly);
    }

    /** With another size of /dev/shm. */
    public StorageSpec withShmBytes(long bytes) {
        return new StorageSpec(volumes, binds, mounts, tmpfs, volumesFrom, volumeDriver, bytes, options, flatReadOnly);
    }

    /**
     * One entry of HostConfig.Mounts.
     *
     * @param type {@code bind}, {@code volume}, {@code tmpfs} or {@code image}
     * @param source path, volume name or image; empty for tmpfs and anonymous volumes
     * @param target absolute path in the container
     * @param readOnly whether writes are refused
     * @param consistency kept for inspect, without effect on Linux
     * @param bind options of type bind
     * @param volume options of type volume
     * @param tmpfs options of type tmpfs
     * @param imageSubpath of type image
     */
    public record Mount(
            String type,
            String source,
            String target,
            boolean readOnly,
            String consistency,
            @Nullable BindOptions bind,
            @Nullable VolumeOptions volume,
            @Nullable TmpfsOptions tmpfs,
            String imageSubpath) {
        public Mount {
            type = Copies.text(type);
            source = Copies.text(source);
            target = Copies.text(target);
            consistency = Copies.text(consistency);
            imageSubpath = Copies.text(imageSubpath);
        }
    }

    /** Options of a bind mount; an empty propagation is {@code rprivate}. */
    public record BindOptions(
            String propagation,
            boolean nonRecursive,
            boolean createMountpoint,
            boolean readOnlyNonRecursive,
            boolean readOnlyForceRecursive) {
        public BindOptions {
            propagation = Copies.text(propagation);
        }
    }

    /** Options of a volume mount. */
    public record VolumeOptions(
            boolean noCopy,
            Map<String, String> labels,
            String driverName,
            Map<String, String> driverOptions,
            String subpath) {
        public VolumeOptions {
            labels = Copies.map(labels);
            driverName = Copies.text(driverName);
            driverOptions = Copies.map(driverOptions);
            subpath = Copies.text(subpath);
        }
    }

    /** Options of a tmpfs; a size of 0 is the kernel's default, a mode of 0 is 1777. */
    public record TmpfsOptions(long sizeBytes, int mode, List<List<String>> options) {
        public TmpfsOptions {
            options = Copies.list(options);
        }
    }
}
