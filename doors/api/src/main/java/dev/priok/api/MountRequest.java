package dev.priok.api;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One entry of {@code HostConfig.Mounts}; the options of other types than {@code type} are absent. */
public record MountRequest(
        String type,
        String source,
        String target,
        boolean readOnly,
        String consistency,
        @Nullable BindOptions bindOptions,
        @Nullable VolumeOptions volumeOptions,
        @Nullable TmpfsOptions tmpfsOptions,
        @Nullable ImageOptions imageOptions) {
    public MountRequest {
        type = Absent.text(type);
        source = Absent.text(source);
        target = Absent.text(target);
        consistency = Absent.text(consistency);
    }

    /** Options of {@code bind}. */
    public record BindOptions(
            String propagation,
            boolean nonRecursive,
            boolean createMountpoint,
            boolean readOnlyNonRecursive,
            boolean readOnlyForceRecursive) {
        public BindOptions {
            propagation = Absent.text(propagation);
        }
    }

    /** Options of {@code volume}. */
    public record VolumeOptions(
            boolean noCopy,
            Map<String, String> labels,
            @Nullable Driver driverConfig,
            String subpath) {
        public VolumeOptions {
            labels = Absent.map(labels);
            subpath = Absent.text(subpath);
        }
    }

    /** Driver of a volume. */
    public record Driver(String name, Map<String, String> options) {
        public Driver {
            name = Absent.text(name);
            options = Absent.map(options);
        }
    }

    /** Options of {@code tmpfs}. */
    public record TmpfsOptions(long sizeBytes, int mode, List<List<String>> options) {
        public TmpfsOptions {
            options = Absent.list(options);
        }
    }

    /** Options of {@code image}. */
    public record ImageOptions(String subpath) {
        public ImageOptions {
            subpath = Absent.text(subpath);
        }
    }
}
