package dev.priok.build;

import dev.priok.snapshot.Mount;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One process that the builder wants to run.
 *
 * @param id of the temporary container, 64 hexadecimal characters
 * @param rootfs what to mount as the root file system, in order; the process may write to it, and nothing of it may be mounted
 *     any more when it has ended
 * @param args program and arguments; the program is looked up along PATH of {@code env}
 * @param env the whole environment
 * @param workingDirectory absolute; exists
 * @param user numeric ids
 * @param mounts besides those that every container has
 * @param settings confinement
 * @param privileged whether nothing is closed to it
 */
public record ProcessSpec(
        String id,
        List<Mount> rootfs,
        List<String> args,
        Map<String, String> env,
        String workingDirectory,
        User user,
        List<RunMount> mounts,
        RunSettings settings,
        boolean privileged) {
    public ProcessSpec {
        rootfs = List.copyOf(rootfs);
        args = List.copyOf(args);
        env = Collections.unmodifiableMap(new LinkedHashMap<>(env));
        mounts = List.copyOf(mounts);
    }

    /** Ids that the process runs with. */
    public record User(int uid, int gid, List<Integer> additionalGids) {
        /** The user that images without USER run as. */
        public static final User ROOT = new User(0, 0, List.of());

        public User {
            additionalGids = List.copyOf(additionalGids);
        }
    }

    /** Something that the process sees and that does not become part of the layer. */
    public sealed interface RunMount {
        /** Absolute path inside the container. */
        String target();

        /** A file or directory of the host. */
        record Bind(Path source, String target, boolean readOnly) implements RunMount {}

        /** An empty directory in memory; 0 bytes means the kernel's default size. */
        record Tmpfs(String target, long sizeBytes) implements RunMount {}
    }
}
