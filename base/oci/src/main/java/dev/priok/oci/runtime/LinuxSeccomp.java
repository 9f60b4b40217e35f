package dev.priok.oci.runtime;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A filter of system calls:
 * {@code {"defaultAction":"SCMP_ACT_ERRNO","architectures":["SCMP_ARCH_X86_64"],"syscalls":[{"names":["read"],"action":"SCMP_ACT_ALLOW"}]}}.
 *
 * @param defaultAction what happens to calls that no rule names
 * @param defaultErrnoRet error number that the default action answers with, absent for EPERM
 * @param architectures of the calls that are judged; others are killed
 * @param flags {@code SECCOMP_FILTER_FLAG_LOG} and its kin
 * @param listenerPath socket for {@code SCMP_ACT_NOTIFY}
 * @param listenerMetadata sent over that socket
 * @param syscalls the rules
 * @see <a href="https://github.com/opencontainers/runtime-spec/blob/v1.2.0/config-linux.md#seccomp">OCI runtime spec, seccomp</a>
 */
public record LinuxSeccomp(
        String defaultAction,
        @Nullable Integer defaultErrnoRet,
        List<String> architectures,
        List<String> flags,
        @Nullable String listenerPath,
        @Nullable String listenerMetadata,
        List<Rule> syscalls) {
    public LinuxSeccomp {
        architectures = architectures == null ? List.of() : List.copyOf(architectures);
        flags = flags == null ? List.of() : List.copyOf(flags);
        syscalls = syscalls == null ? List.of() : List.copyOf(syscalls);
    }

    /**
     * What happens to some calls.
     *
     * @param names of the calls
     * @param action such as {@code SCMP_ACT_ALLOW}
     * @param errnoRet error number that the action answers with, absent for EPERM
     * @param args conditions that must all hold
     */
    public record Rule(
            List<String> names, String action, @Nullable Integer errnoRet, List<Argument> args) {
        public Rule {
            names = names == null ? List.of() : List.copyOf(names);
            args = args == null ? List.of() : List.copyOf(args);
        }
    }

    /**
     * A condition on one argument; numbers are unsigned 64 bits.
     *
     * @param index which argument, from 0
     * @param value to compare with, or the mask of {@code SCMP_CMP_MASKED_EQ}
     * @param valueTwo what the masked argument must equal
     * @param op such as {@code SCMP_CMP_EQ}
     */
    public record Argument(
            int index,

            @JsonSerialize(using = Unsigned.Writer.class) @JsonDeserialize(using = Unsigned.Reader.class)
            long value,

            @JsonSerialize(using = Unsigned.Writer.class) @JsonDeserialize(using = Unsigned.Reader.class)
            long valueTwo,

            String op) {}
}
