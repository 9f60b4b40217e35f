package dev.priok.engine.device;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.priok.core.Failure;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One file of the Container Device Interface. For example
 *
 * <pre>{"cdiVersion": "0.6.0", "kind": "vendor.com/device",
 *  "devices": [{"name": "one", "containerEdits": {"env": ["ONE=1"], "deviceNodes": [{"path": "/dev/one"}]}}]}</pre>
 *
 * @param cdiVersion of the specification that it follows
 * @param kind vendor and class
 * @param annotations free
 * @param devices of this kind
 * @param containerEdits what any of its devices changes
 * @see <a href="https://github.com/cncf-tags/container-device-interface/blob/main/SPEC.md">CDI, JSON Schema</a>
 */
public record CdiSpec(
        String cdiVersion,
        String kind,
        Map<String, String> annotations,
        List<Device> devices,
        @Nullable Edits containerEdits) {
    private static final Pattern KIND =
            Pattern.compile("[A-Za-z][A-Za-z0-9_.-]*[A-Za-z0-9]/[A-Za-z]([A-Za-z0-9_-]*[A-Za-z0-9])?");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9_.:-]*[A-Za-z0-9])?");

    public CdiSpec {
        annotations = annotations == null ? Map.of() : annotations;
        devices = devices == null ? List.of() : List.copyOf(devices);
        if (cdiVersion == null || !cdiVersion.matches("(0\\.[3-9]|1\\.[0-9])\\.\\d+")) {
            throw Failure.invalid("unknown cdiVersion \"%s\"", cdiVersion);
        }
        if (kind == null || !KIND.matcher(kind).matches()) {
            throw Failure.invalid("invalid kind \"%s\"", kind);
        }
        if (devices.isEmpty()) {
            throw Failure.invalid("no devices");
        }
    }

    /** A device by its name within the kind. */
    public record Device(
            String name,
            Map<String, String> annotations,
            @Nullable Edits containerEdits) {
        public Device {
            annotations = annotations == null ? Map.of() : annotations;
            if (name == null || !NAME.matcher(name).matches()) {
                throw Failure.invalid("invalid device name \"%s\"", name);
            }
        }
    }

    /** What changes in a container. */
    public record Edits(
            List<String> env,
            List<Node> deviceNodes,
            List<Mount> mounts,
            List<Hook> hooks,
            List<Integer> additionalGids,
            @Nullable Object intelRdt,
            @Nullable Object netDevices) {
        /** Nothing. */
        static final Edits NONE = new Edits(List.of(), List.of(), List.of(), List.of(), List.of(), null, null);

        public Edits {
            env = env == null ? List.of() : List.copyOf(env);
            deviceNodes = deviceNodes == null ? List.of() : List.copyOf(deviceNodes);
            mounts = mounts == null ? List.of() : List.copyOf(mounts);
            hooks = hooks == null ? List.of() : List.copyOf(hooks);
            additionalGids = additionalGids == null ? List.of() : List.copyOf(additionalGids);
        }
    }

    /**
     * A device node.
     *
     * @param path inside
     * @param hostPath outside, null for the same
     * @param type {@code c}, {@code b}, {@code u} or {@code p}; null for that on the host, as the next two
     * @param permissions from {@code rwm}; null for all
     */
    public record Node(
            String path,
            @Nullable String hostPath,
            @Nullable String type,
            @Nullable Long major,
            @Nullable Long minor,
            @Nullable Integer fileMode,
            @Nullable String permissions,
            @Nullable Integer uid,
            @Nullable Integer gid) {
        public Node {
            if (path == null || !path.startsWith("/")) {
                throw Failure.invalid("invalid path of a device node: \"%s\"", path);
            }
            if (permissions != null && !permissions.matches("[rwm]{1,3}|none")) {
                throw Failure.invalid("invalid permissions of device node %s: \"%s\"", path, permissions);
            }
        }
    }

    /** A mount; a bind unless it says otherwise. */
    public record Mount(
            String hostPath, String containerPath, @Nullable String type, List<String> options) {
        public Mount {
            options = options == null ? List.of() : List.copyOf(options);
            if (hostPath == null || hostPath.isEmpty() || containerPath == null || !containerPath.startsWith("/")) {
                throw Failure.invalid("invalid mount of \"%s\" at \"%s\"", hostPath, containerPath);
            }
        }
    }

    /** A program that is run at a point of the container's life, by the name of the OCI specification. */
    public record Hook(
            @JsonProperty("hookName") String name,
            String path,
            List<String> args,
            List<String> env,
            @Nullable Integer timeout) {
        private static final List<String> NAMES =
                List.of("prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop");

        public Hook {
            args = args == null ? List.of() : List.copyOf(args);
            env = env == null ? List.of() : List.copyOf(env);
            if (name == null || !NAMES.contains(name)) {
                throw Failure.invalid("invalid hook name \"%s\"", name);
            }
            if (path == null || !path.startsWith("/")) {
                throw Failure.invalid("invalid path of hook %s: \"%s\"", name, path);
            }
        }
    }
}
