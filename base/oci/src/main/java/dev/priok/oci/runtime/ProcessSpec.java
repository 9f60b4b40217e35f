package dev.priok.oci.runtime;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is started inside:
 * {@code {"terminal":false,"user":{"uid":0,"gid":0},"args":["sh","-c","id"],"env":["PATH=/bin"],"cwd":"/"}}.
 *
 * @param terminal whether it gets a pseudo-terminal for its standard streams
 * @param consoleSize first size of that terminal
 * @param user who it runs as
 * @param args the program and its arguments
 * @param env its environment, {@code NAME=value}
 * @param cwd absolute path of its current directory
 * @param capabilities what it may do; absent means none at all
 * @param rlimits its limits
 * @param noNewPrivileges whether executing a set-uid program gains nothing
 * @param apparmorProfile profile to run under, absent for none
 * @param oomScoreAdj how readily the kernel kills it when memory is short, absent to inherit
 * @param selinuxLabel label to run under, absent for none
 * @param ioPriority its class and level, absent to inherit
 * @see <a href="https://github.com/opencontainers/runtime-spec/blob/v1.2.0/config.md#process">OCI runtime spec, process</a>
 */
public record ProcessSpec(
        boolean terminal,
        @Nullable ConsoleSize consoleSize,
        User user,
        List<String> args,
        List<String> env,
        String cwd,
        @Nullable Capabilities capabilities,
        List<Rlimit> rlimits,
        boolean noNewPrivileges,
        @Nullable String apparmorProfile,
        @Nullable Integer oomScoreAdj,
        @Nullable String selinuxLabel,
        @Nullable IoPriority ioPriority) {
    public ProcessSpec {
        user = user == null ? User.ROOT : user;
        args = args == null ? List.of() : List.copyOf(args);
        env = env == null ? List.of() : List.copyOf(env);
        cwd = cwd == null ? "/" : cwd;
        rlimits = rlimits == null ? List.of() : List.copyOf(rlimits);
    }

    /** A process of root in {@code /}, with no capability and nothing else set. */
    public static ProcessSpec of(List<String> args, List<String> env) {
        return new ProcessSpec(false, null, User.ROOT, args, env, "/", null, List.of(), false, null, null, null, null);
    }

    public ProcessSpec withTerminal(boolean terminal, @Nullable ConsoleSize consoleSize) {
        return new ProcessSpec(
                terminal,
                consoleSize,
                user,
                args,
                env,
                cwd,
                capabilities,
                rlimits,
                noNewPrivileges,
                apparmorProfile,
                oomScoreAdj,
                selinuxLabel,
                ioPriority);
    }

    public ProcessSpec withUser(User user) {
        return new ProcessSpec(
                terminal,
                consoleSize,
                user,
                args,
                env,
                cwd,
                capabilities,
                rlimits,
                noNewPrivileges,
                apparmorProfile,
                oomScoreAdj,
                selinuxLabel,
                ioPriority);
    }

    public ProcessSpec withArgs(List<String> args) {
        return new ProcessSpec(
                terminal,
                consoleSize,
                user,
                args,
                env,
                cwd,
                capabilities,
                rlimits,
                noNewPrivileges,
                apparmorProfile,
                oomScoreAdj,
                selinuxLabel,
                ioPriority);
    }

    public ProcessSpec withEnv(List<String> env) {
        return new ProcessSpec(
                terminal,
                consoleSize,
                user,
                args,
                env,
                cwd,
                capabilities,
                rlimits,
                noNewPrivileges,
                apparmorProfile,
                oomScoreAdj,
                selinuxLabel,
                ioPriority);
    }

    public ProcessSpec withCwd(String cwd) {
        return new ProcessSpec(
                terminal,
                consoleSize,
                user,
                args,
                env,
                cwd,
                capabilities,
                rlimits,
                noNewPrivileges,
                apparmorProfile,
                oomScoreAdj,
                selinuxLabel,
                ioPriority);
    }

    public ProcessSpec withCapabilities(@Nullable Capabilities capabilities) {
        return new ProcessSpec(
                terminal,
                consoleSize,
                user,
                args,
                env,
                cwd,
                capabilities,
                rlimits,
                noNewPrivileges,
                apparmorProfile,
                oomScoreAdj,
                selinuxLabel,
                ioPriority);
    }

    public ProcessSpec withRlimits(List<Rlimit> rlimits) {
        return new ProcessSpec(
                terminal,
                consoleSize,
                user,
                args,
                env,
                cwd,
                capabilities,
                rlimits,
                noNewPrivileges,
                apparmorProfile,
                oomScoreAdj,
                selinuxLabel,
                ioPriority);
    }

    public ProcessSpec withNoNewPrivileges(boolean noNewPrivileges) {
        return new ProcessSpec(
                terminal,
                consoleSize,
                user,
                args,
                env,
                cwd,
                capabilities,
                rlimits,
                noNewPrivileges,
                apparmorProfile,
                oomScoreAdj,
                selinuxLabel,
                ioPriority);
    }

    public ProcessSpec withOomScoreAdj(@Nullable Integer oomScoreAdj) {
        return new ProcessSpec(
                terminal,
                consoleSize,
                user,
                args,
                env,
                cwd,
                capabilities,
                rlimits,
                noNewPrivileges,
                apparmorProfile,
                oomScoreAdj,
                selinuxLabel,
                ioPriority);
    }

    /**
     * Size of a terminal.
     *
     * @param height lines
     * @param width characters a line
     */
    public record ConsoleSize(int height, int width) {}

    /**
     * Who a process runs as; ids are those of its user namespace.
     *
     * @param uid user
     * @param gid primary group
     * @param umask mask of new files, absent for 0022
     * @param additionalGids further groups
     */
    public record User(int uid, int gid, @Nullable Integer umask, List<Integer> additionalGids) {
        /** Root, with no further groups. */
        public static final User ROOT = new User(0, 0, null, List.of());

        public User {
            additionalGids = additionalGids == null ? List.of() : List.copyOf(additionalGids);
        }
    }

    /**
     * Capabilities by name, such as {@code CAP_CHOWN}.
     *
     * @param bounding the ceiling of what a later program may gain
     * @param effective in force at once
     * @param inheritable should stay empty (CVE-2022-24769)
     * @param permitted may be made effective
     * @param ambient kept by programs without file capabilities when not root
     */
    public record Capabilities(
            List<String> bounding,
            List<String> effective,
            List<String> inheritable,
            List<String> permitted,
            List<String> ambient) {
        public Capabilities {
            bounding = bounding == null ? List.of() : List.copyOf(bounding);
            effective = effective == null ? List.of() : List.copyOf(effective);
            inheritable = inheritable == null ? List.of() : List.copyOf(inheritable);
            permitted = permitted == null ? List.of() : List.copyOf(permitted);
            ambient = ambient == null ? List.of() : List.copyOf(ambient);
        }

        /** The same names as ceiling, permitted and effective, as Docker gives them. */
        public static Capabilities of(List<String> names) {
            return new Capabilities(names, names, List.of(), names, List.of());
        }
    }

    /**
     * A limit; -1 stands for no limit (the specification's 2^64-1).
     *
     * @param type such as {@code RLIMIT_NOFILE}
     * @param hard the ceiling
     * @param soft what is in force
     */
    public record Rlimit(
            String type,

            @JsonSerialize(using = Unsigned.Writer.class) @JsonDeserialize(using = Unsigned.Reader.class)
            long hard,

            @JsonSerialize(using = Unsigned.Writer.class) @JsonDeserialize(using = Unsigned.Reader.class)
            long soft) {}

    /**
     * Priority of reads and writes.
     *
     * @param ioClass {@code IOPRIO_CLASS_RT}, {@code _BE} or {@code _IDLE}; {@code class} in the document
     * @param priority 0 (first) to 7
     */
    public record IoPriority(@JsonProperty("class") String ioClass, int priority) {}
}
