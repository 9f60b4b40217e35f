package dev.priok.oci.runtime;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The {@code config.json} of a bundle:
 * {@code {"ociVersion":"1.2.0","process":{"args":["sh"],"cwd":"/"},"root":{"path":"rootfs"},"mounts":[...],"linux":{...}}}.
 *
 * @param ociVersion version of the specification that the document follows
 * @param process what to start, absent for a container that only is created
 * @param root the root file system
 * @param hostname name of the machine inside, absent to keep it
 * @param domainname NIS domain name inside, absent to keep it
 * @param mounts file systems mounted over the root, in this order
 * @param hooks programs that others want run; kept as data
 * @param annotations free attributes
 * @param linux what is particular to Linux
 * @see <a href="https://github.com/opencontainers/runtime-spec/blob/v1.2.0/config.md">OCI runtime spec, config</a>
 */
public record RuntimeSpec(
        String ociVersion,
        @Nullable ProcessSpec process,
        @Nullable Root root,
        @Nullable String hostname,
        @Nullable String domainname,
        List<MountSpec> mounts,
        @Nullable Hooks hooks,
        Map<String, String> annotations,
        LinuxSpec linux) {
    /** The version that Priok writes. */
    public static final String VERSION = "1.2.0";

    public RuntimeSpec {
        ociVersion = ociVersion == null ? VERSION : ociVersion;
        mounts = mounts == null ? List.of() : List.copyOf(mounts);
        annotations = annotations == null ? Map.of() : Map.copyOf(annotations);
        linux = linux == null ? LinuxSpec.none() : linux;
    }

    /**
     * The root file system.
     *
     * @param path folder on the host
     * @param readonly whether nothing may be written to it inside
     */
    public record Root(String path, boolean readonly) {}

    /**
     * Programs run at points of the lifecycle.
     *
     * @param prestart deprecated form of {@code createRuntime}
     * @param createRuntime after the namespaces exist, in those of the runtime
     * @param createContainer before the root is changed, in those of the container
     * @param startContainer before the process starts, in those of the container
     * @param poststart after the process has started
     * @param poststop after the container is deleted
     */
    public record Hooks(
            List<Hook> prestart,
            List<Hook> createRuntime,
            List<Hook> createContainer,
            List<Hook> startContainer,
            List<Hook> poststart,
            List<Hook> poststop) {
        public Hooks {
            prestart = prestart == null ? List.of() : List.copyOf(prestart);
            createRuntime = createRuntime == null ? List.of() : List.copyOf(createRuntime);
            createContainer = createContainer == null ? List.of() : List.copyOf(createContainer);
            startContainer = startContainer == null ? List.of() : List.copyOf(startContainer);
            poststart = poststart == null ? List.of() : List.copyOf(poststart);
            poststop = poststop == null ? List.of() : List.copyOf(poststop);
        }
    }

    /**
     * One program.
     *
     * @param path absolute path on the host
     * @param args its arguments, with the name it is called by first
     * @param env its environment
     * @param timeout seconds after which it is killed, absent for never
     */
    public record Hook(
            String path,
            List<String> args,
            List<String> env,
            @Nullable Integer timeout) {
        public Hook {
            args = args == null ? List.of() : List.copyOf(args);
            env = env == null ? List.of() : List.copyOf(env);
        }
    }
}
